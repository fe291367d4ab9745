"""Sprints: numbered stretches of days, one after another; who holds their turns and is away in them.

Archived ones lose their number.
"""
