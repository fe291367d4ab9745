"""Proposing treaties, answering and ending them, and what time and archiving do to them."""
