"""Importing people, rosters, sprints, covers and duties, in one transaction."""
