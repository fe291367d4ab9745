"""Watching over the health, taking samples, logging statistics, asking for plans of slow statements."""
