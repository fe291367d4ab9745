"""Conversations: what was said through the bot about an item, or between two people.

What is ``internal`` is for staff alone; everybody else's queries never return it. A text that was taken
back keeps its place and its time.
"""
