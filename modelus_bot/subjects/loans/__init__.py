"""Loans between nations: offered, accepted, paid by the turn, and what becomes of those that are not."""
