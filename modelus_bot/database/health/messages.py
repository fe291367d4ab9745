"""What people read about incidents and modes: what is wrong, what still works, what to do."""

from __future__ import annotations

from typing import Literal

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.engine import Mode
from modelus_bot.database.health.alert_rules import Signal
from modelus_bot.database.health.incidents import Incident, IncidentNews
from modelus_bot.database.health.modes import ModeNews, Said
from modelus_bot.database.health.thresholds import Threshold

__all__ = ["about_incident", "about_mode", "amount", "duration", "what_works"]

Severity = Literal["info", "warning", "critical"]
_SEVERITY: dict[Mode, Severity] = {
    Mode.NORMAL: "info",
    Mode.READ_ONLY: "warning",
    Mode.DEGRADED: "critical",
}
_NOW = {
    Mode.NORMAL: "The database works.",
    Mode.READ_ONLY: "The database can be read, but nothing can be saved in it.",
    Mode.DEGRADED: "The database cannot be used.",
}


def about_incident(
    signal: Signal, threshold: Threshold, incident: Incident, news: IncidentNews, at: float
) -> Alert:
    """Return the alert about an incident."""
    words = {
        "value": amount(incident.value, signal.unit),
        "level": amount(threshold.raise_at, signal.unit),
    }
    fields = {"signal": signal.name, "value": round(incident.value, 3), "level": threshold.raise_at}
    kind = f"health_{signal.name}_{news.value}"
    if news is IncidentNews.OVER:
        lasted = duration((incident.calm_since or at) - incident.began)
        again = f" It came and went {incident.times} times." if incident.times > 1 else ""
        return Alert(kind, f"{signal.over} It lasted {lasted}.{again}", "info", fields)
    text = f"{signal.begun.format_map(words)} {signal.advice}"
    if news is IncidentNews.LASTING:
        text = f"For {duration(at - incident.began)} now: {text}"
    side = "reaches" if threshold.high else "falls to"
    text += f" (You are told when it {side} {words['level']}.)"
    return Alert(kind, text, "critical" if signal.critical else "warning", fields)


def about_mode(news: ModeNews, cause: str | None, kept: int | None, at: float) -> Alert:
    """Return the alert about a mode: what it is, why, and what still works."""
    fields = {"mode": news.mode.value, "changes": news.changes}
    works = what_works(news.mode, kept)
    why = f" {cause}" if cause is not None and news.mode is not Mode.NORMAL else ""
    lasted = duration(at - news.since)
    if news.said is Said.FLAPPING:
        text = (
            f"The database keeps going away and coming back: {news.changes} changes in {lasted}."
            f" You will hear when it stays the same. At the moment: {_NOW[news.mode]}{why}"
        )
        return Alert("mode_flapping", text, "critical", fields)
    kind = f"mode_{news.mode.value}"
    if news.said is Said.SETTLED:
        settled = f"The database has settled after {news.changes} changes in {lasted}."
        text = f"{settled} {_NOW[news.mode]}{why} {works}".rstrip()
    elif news.said is Said.LASTING:
        text = f"For {lasted} now: {_NOW[news.mode]}{why} {works}"
    elif news.mode is Mode.NORMAL:
        text = f"{_NOW[news.mode]} It did not for {lasted}. {works}".rstrip()
    else:
        text = f"{_NOW[news.mode]}{why} {works}"
    return Alert(kind, text, _SEVERITY[news.mode], fields)


def what_works(mode: Mode, kept: int | None) -> str:
    """Say what people can do; ``kept`` is how many changes wait for the database, None where they cannot."""
    if mode is Mode.NORMAL:
        return f"{kept} kept {'change is' if kept == 1 else 'changes are'} being made." if kept else ""
    later = (
        "Changes are refused."
        if kept is None
        else "Changes that can wait are kept and made later, others are refused."
    )
    if mode is Mode.READ_ONLY:
        return f"Everything can be looked up. {later}"
    return f"Commands that do not need it go on. {later} It is tried again by itself."


def amount(value: float, unit: str) -> str:
    """Return a value as people read it."""
    if unit == "%":
        return f"{value:.2g} %" if value < 10 else f"{value:.0f} %"
    if unit == "hours":
        return duration(value * 3600)
    if unit == "ms" and value >= 10_000:
        return f"{value / 1000:.0f} s"
    return f"{value:.0f} {unit}"


def duration(seconds: float) -> str:
    """Return a duration in its largest sensible unit."""
    seconds = max(0.0, seconds)
    for size, item, many in ((86_400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes")):
        if seconds >= 2 * size or (seconds >= size and size < 86_400):
            count = round(seconds / size)
            return f"{count} {item if count == 1 else many}"
    count = round(seconds)
    return f"{count} {'second' if count == 1 else 'seconds'}"
