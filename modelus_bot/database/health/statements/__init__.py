"""Statements by their normalised text: what each costs, how SQLite goes about it, and what would help."""
