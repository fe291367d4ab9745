"""/economy."""
