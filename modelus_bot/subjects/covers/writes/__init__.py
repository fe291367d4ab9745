"""Asking for cover, every step of a request after that, and the messages that show it."""
