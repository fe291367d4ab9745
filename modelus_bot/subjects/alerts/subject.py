"""Declares the subject `alerts`: what administrators have to know reaches them."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.alerts.jobs.alerts import Alerts

    return Screens(jobs=(Alerts,))


SUBJECT = Subject(
    name="alerts",
    screens=_screens,
)
