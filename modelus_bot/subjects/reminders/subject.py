"""Declares the subject `reminders`: people hear of their turns some days before these begin."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Wording
from modelus_bot.subjects.reminders.writes import REMINDED_OF

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.reminders.enclosures import enclosure_of
    from modelus_bot.subjects.reminders.jobs import Reminders

    return Screens(jobs=(Reminders,), enclosures={REMINDED_OF: enclosure_of})


SUBJECT = Subject(
    name="reminders",
    wording=Wording(fields={"days_before": "days before a turn"}),
    screens=_screens,
)
