"""Alerts: administrators are told what they have to know, by direct message and in a channel."""
