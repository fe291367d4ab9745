"""HealthWatch: holds values against the thresholds and says what administrators have to be told, once."""

from __future__ import annotations

from collections.abc import Iterable

from modelus_bot.config import HealthSettings
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.engine import Mode
from modelus_bot.database.health.alert_book import NOTHING_TOLD, ToldAlert
from modelus_bot.database.health.alert_rules import SIGNALS, thresholds
from modelus_bot.database.health.incidents import AlertPace, Incident, continued
from modelus_bot.database.health.messages import about_incident, about_mode
from modelus_bot.database.health.modes import watched
from modelus_bot.database.health.overview import Overview
from modelus_bot.database.health.thresholds import Level, judged

__all__ = ["HealthWatch"]


class HealthWatch:
    """Remembers what is raised and what people were told; ``look`` is called by the clock."""

    def __init__(self, settings: HealthSettings, told: ToldAlert = NOTHING_TOLD) -> None:
        """Go on from what people were ``told``: that is not said again, and its end is."""
        self.settings = settings
        self._levels = {incident.name: Level(incident.calm_since is None) for incident in told.incidents}
        self._incidents = {incident.name: incident for incident in told.incidents}
        self._mode = told.mode
        self.apply(settings)

    @property
    def told(self) -> ToldAlert:
        """What people know by now."""
        return ToldAlert(self.incidents, self._mode)

    def apply(self, settings: HealthSettings) -> None:
        """Go on with other levels; what is no longer watched is no incident any more."""
        self.settings = settings
        self._thresholds = thresholds(settings)
        self._pace = AlertPace(settings.quiet_minutes * 60, settings.reminder_minutes * 60)
        for gone in self._levels.keys() - self._thresholds.keys():
            self._levels.pop(gone)
            self._incidents.pop(gone, None)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """What is wrong at present, oldest first."""
        return tuple(sorted(self._incidents.values(), key=lambda incident: incident.began))

    def raised(self, name: str) -> bool:
        """Say whether a signal is beyond its level at the moment."""
        return self._levels.get(name, Level()).raised

    def look(self, seen: Overview, at: float) -> list[Alert]:
        """Judge an overview that was taken at ``at`` (UTC seconds); return what is to be told now."""
        alerts: list[Alert] = []
        for signal in SIGNALS:
            threshold = self._thresholds.get(signal.name)
            if threshold is None:
                continue
            value = signal.measure(seen, at)
            level = judged(threshold, self._levels.get(signal.name, Level()), value, at)
            self._levels[signal.name] = level
            before = self._incidents.get(signal.name)
            known = before.value if before is not None else threshold.raise_at
            after, news = continued(
                before,
                name=signal.name,
                raised=level.raised,
                value=known if value is None else value,
                at=at,
                pace=self._pace,
            )
            self._remember(signal.name, after)
            told = after if after is not None else before
            if news is not None and told is not None:
                alerts.append(about_incident(signal, threshold, told, news, at))
        return alerts

    def modes(
        self, changes: Iterable[tuple[Mode, float]], cause: str | None, kept: int | None
    ) -> list[Alert]:
        """Follow the mode through ``changes`` of (mode, UTC seconds), oldest first.

        The mode may be the same as before. ``cause`` is why it is not normal, in a sentence; ``kept`` is
        how many changes wait for the database, None where they cannot.
        """
        alerts = []
        for mode, at in changes:
            self._mode, news = watched(self._mode, mode, at, self._pace)
            if news is not None:
                alerts.append(about_mode(news, cause, kept, at))
        return alerts

    def _remember(self, name: str, incident: Incident | None) -> None:
        if incident is None:
            self._incidents.pop(name, None)
        else:
            self._incidents[name] = incident
