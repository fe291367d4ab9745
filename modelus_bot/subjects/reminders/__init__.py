"""Reminders: people hear of their turns some days before these begin, with a button to ask for cover."""
