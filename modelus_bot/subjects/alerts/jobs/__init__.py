"""Delivering alerts, however long it takes."""
