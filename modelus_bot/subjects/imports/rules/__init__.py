"""Taking values as what they should be, and rows in portions. Pure."""
