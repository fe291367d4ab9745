"""Declares the subject `places`: configured channels and roles can be used."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.places.jobs import PlacesJob

    return Screens(jobs=(PlacesJob,))


SUBJECT = Subject(
    name="places",
    screens=_screens,
)
