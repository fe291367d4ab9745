"""Declares the subject `heads_up`: people hear of a hand-over on the last working day before."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Wording

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.heads_up.jobs import HeadsUp

    return Screens(jobs=(HeadsUp,))


SUBJECT = Subject(name="heads_up", wording=Wording(fields={"minute": "time of day"}), screens=_screens)
