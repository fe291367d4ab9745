"""Refusals: a rule said no, in a sentence that names the rule and what to do.

Refusal
├── NotAllowed      the member may not do this
├── NotFound        what was named does not exist
├── InvalidInput    a value breaks a rule
└── Stale           what was shown has changed since
"""

from __future__ import annotations

__all__ = ["InvalidInput", "NotAllowed", "NotFound", "Refusal", "Stale"]


class Refusal(Exception):
    """A rule refused the operation; nothing was changed. ``rule`` is its short name for logs and tests."""

    def __init__(self, sentence: str, *, rule: str = "") -> None:
        """Keep the plain sentence that people read."""
        super().__init__(sentence)
        self.rule = rule


class NotAllowed(Refusal):
    """The member may not do this."""


class NotFound(Refusal):
    """What was named does not exist."""


class InvalidInput(Refusal):
    """A value breaks a rule."""


class Stale(Refusal):
    """What was shown has changed since; look again and decide anew."""
