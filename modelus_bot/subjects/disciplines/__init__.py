"""Disciplines."""
