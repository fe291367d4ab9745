"""Filling the turns of the horizon, and telling those whose turns move."""
