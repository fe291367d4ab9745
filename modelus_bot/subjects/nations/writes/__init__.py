"""Founding nations, changing, naming and archiving them, giving offices, and what their leaders do."""
