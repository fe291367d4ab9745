"""Covers: somebody else takes a turn, with a manager's approval.

A request is open or taken, then approved, declined, withdrawn, revoked or expired; when its turn begins and
ends is decided in ``domain.calendar``. ``writes.requests`` asks, ``writes.steps`` has every step after that,
``writes.posted`` the messages that show a request. ``buttons`` are pressed
in channels and direct messages, ``enclosures`` go with notices.
"""
