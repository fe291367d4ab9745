"""Reporting, every step of an item after that, what the clock does, and what Discord shows of it."""
