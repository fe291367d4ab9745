"""Telling of what happens with the change it tells of, and what becomes of it on its way to the channel."""
