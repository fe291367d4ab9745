"""What people change of laws and tags."""
