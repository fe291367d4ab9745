"""Sprints."""
