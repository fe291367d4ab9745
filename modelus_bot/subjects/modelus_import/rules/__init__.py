"""Mending what the tables hold, and counting what is not taken in. Pure."""
