"""What administrators read about a clock that is not believed."""

from __future__ import annotations

from datetime import UTC, datetime

from modelus_bot.clock.belief import Doubt, DoubtReason

__all__ = ["apart_words", "doubt_words", "over_words", "span"]

_UNITS = ((86_400 * 365.25, "years"), (86_400.0, "days"), (3600.0, "hours"), (60.0, "minutes"))
_WAITS = (
    "Until it can be believed, duty is not passed on, no request expires, no notice is sent, and no copy, log"
    " or row is deleted for its age. Commands work."
)
_TODO = "Put the clock right. If it is right as it is, say so with `/database clock trust:True`."


def span(seconds: float) -> str:
    """Return a length of time in words, whichever way it goes."""
    for size, name in _UNITS:
        if abs(seconds) >= 2 * size:
            return f"{abs(seconds) / size:.1f} {name}"
    return f"{abs(seconds):.1f} seconds"


def apart_words(seconds: float) -> str:
    """Return how far the clock is from Discord's, what that does and what to do, where it is not doubted."""
    ahead = seconds > 0
    return (
        f"The machine's clock is {span(seconds)} {'ahead of' if ahead else 'behind'} Discord's. Commands are"
        " answered all the same, but times that are saved and shown are wrong by as much, and what is done by"
        f" the clock is done too {'early' if ahead else 'late'}. Let the machine set its clock by the network"
        " (NTP)."
    )


def doubt_words(doubt: Doubt, *, wall: float, steady_minutes: float) -> str:
    """Return what is wrong, what waits for it, and what to do."""
    now = datetime.fromtimestamp(wall, UTC).strftime("%Y-%m-%d %H:%M UTC")
    what = {
        DoubtReason.AHEAD: f"The machine's clock was set ahead by {span(doubt.seconds)}, to {now}.",
        DoubtReason.BEHIND: f"The machine's clock says {now}, {span(doubt.seconds)} less than it should.",
        DoubtReason.ABSENT: f"By the machine's clock ({now}) {span(doubt.seconds)} have passed"
        " since the last run.",
        DoubtReason.STARTING: f"The machine was just started; nobody has confirmed its clock ({now}) yet.",
        DoubtReason.CONTRADICTED: f"The machine's clock ({now}) is {span(doubt.seconds)}"
        f" {'ahead of' if doubt.seconds > 0 else 'behind'} Discord's.",
    }[doubt.why]
    if doubt.why is DoubtReason.STARTING:
        return f"{what} {_WAITS} It is believed after a minute at most, unless Discord contradicts it."
    if doubt.why is DoubtReason.CONTRADICTED:
        return f"{what} {_WAITS} {_TODO}"
    return (
        f"{what} {_WAITS} {_TODO} Otherwise it is believed as soon as Discord confirms it, or once it has"
        f" gone evenly for {steady_minutes:g} minutes without being contradicted."
    )


def over_words(*, confirmed: bool) -> str:
    """Return that the doubt is over, and why."""
    if confirmed:
        return "The machine's clock is believed again. What waited for it goes on."
    return (
        "The machine's clock has gone evenly for long enough and is believed as it is, although nobody has"
        " confirmed it. What waited for it goes on; what it jumped is left out of all ages."
    )
