"""Queueing notices, marking what became of them, and telling authors of saved changes."""
