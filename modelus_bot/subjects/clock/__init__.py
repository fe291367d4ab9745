"""The clock: asks Discord when it was set, tells administrators, undoes what a wrong one did."""
