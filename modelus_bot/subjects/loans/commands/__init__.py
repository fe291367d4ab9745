"""/loan and /loan-admin."""
