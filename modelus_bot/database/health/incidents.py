"""Incidents: told when they begin, seldom while they last, and when they are over; never more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

__all__ = ["AlertPace", "Incident", "IncidentNews", "continued"]

LONGEST_PAUSE = 86_400.0
"""Seconds between two reminders at most."""


class IncidentNews(Enum):
    """What is to be told about an incident."""

    BEGUN = "begun"
    LASTING = "lasting"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class AlertPace:
    """Seconds of quiet until an incident is over, and until it is first reminded of."""

    quiet: float = 600.0
    remind: float = 3600.0

    def pause(self, reminded: int) -> float:
        """Return the seconds until the next reminder: each pause is twice the one before."""
        return float(min(max(self.remind, LONGEST_PAUSE), self.remind * 2 ** min(reminded, 32)))


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is wrong: since when, how often it came back, and when people were told; UTC seconds."""

    name: str
    began: float
    told: float
    value: float
    """The last value that was too bad."""
    times: int = 1
    reminded: int = 0
    calm_since: float | None = None
    """Since when all has been well; the incident is over when that stays so."""


def continued(
    incident: Incident | None, *, name: str, raised: bool, value: float, at: float, pace: AlertPace
) -> tuple[Incident | None, IncidentNews | None]:
    """Return what becomes of an incident, or of there being none, and what is to be told about it.

    One that comes back before ``pace.quiet`` is over joins the old one, and nobody is told.
    """
    if incident is None:
        return (Incident(name, at, at, value), IncidentNews.BEGUN) if raised else (None, None)
    if raised:
        came_back = incident.calm_since is not None
        incident = replace(incident, value=value, calm_since=None, times=incident.times + came_back)
        if at - incident.told < pace.pause(incident.reminded):
            return incident, None
        return replace(incident, told=at, reminded=incident.reminded + 1), IncidentNews.LASTING
    if incident.calm_since is None or at < incident.calm_since:
        return replace(incident, calm_since=at), None
    if at - incident.calm_since < pace.quiet:
        return incident, None
    return None, IncidentNews.OVER
