"""Rotation import."""
