"""Sprints, the holders of their turns, and turns that somebody keeps although away."""
