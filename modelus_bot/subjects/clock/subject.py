"""Declares the subject `clock`: what was done by a wrong clock is undone, and administrators are told."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.clock.jobs import ClockWatch

    return Screens(jobs=(ClockWatch,))


SUBJECT = Subject(
    name="clock",
    screens=_screens,
)
