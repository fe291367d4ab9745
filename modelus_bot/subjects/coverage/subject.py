"""Declares the subject `coverage`: how evenly duty is shared, and what is missing."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject
from modelus_bot.subjects.oncall.model import TOPIC

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.coverage.commands import CoverageCommands

    return Screens(commands=(CoverageCommands,))


SUBJECT = Subject(
    name="coverage",
    topic=TOPIC,
    needs={"coverage": "staff"},
    screens=_screens,
)
