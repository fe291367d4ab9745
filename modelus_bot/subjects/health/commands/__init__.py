"""/dbhealth."""
