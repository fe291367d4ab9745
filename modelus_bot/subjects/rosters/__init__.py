"""Rosters: who takes turns in a discipline, in which order, and when they are away."""
