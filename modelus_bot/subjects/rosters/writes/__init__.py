"""Edits of rosters, and the order of who is on them."""
