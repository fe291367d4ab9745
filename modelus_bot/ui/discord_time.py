"""What time it is at Discord: every answer of its HTTP interface says so in its ``Date``."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp
import discord

from modelus_bot.clock.clock import Clock

__all__ = ["moment_of", "noting_dates"]

ASK_SECONDS = 5.0
ROUNDING = 0.5
"""Seconds that a date is behind on the average, since it has whole ones only."""


def moment_of(headers: Mapping[str, str]) -> float | None:
    """Return when an answer was made, in UTC seconds; None where it does not say, or came out of a cache."""
    if "Age" in headers or "Date" not in headers:
        return None
    try:
        return parsedate_to_datetime(headers["Date"]).timestamp() + ROUNDING
    except (ValueError, TypeError, OverflowError):
        return None


async def time_at_discord() -> float | None:
    """Ask what time it is, without a token; None when nobody answers within a few seconds."""
    timeout = aiohttp.ClientTimeout(total=ASK_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{discord.http.Route.BASE}/gateway") as response,
        ):
            return moment_of(response.headers)
    except (aiohttp.ClientError, OSError, TimeoutError):
        return None


def noting_dates(clock: Clock) -> aiohttp.TraceConfig:
    """Return what tells the clock of Discord's time whenever an answer arrives."""

    async def answered(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, seen: aiohttp.TraceRequestEndParams
    ) -> None:
        moment = moment_of(seen.response.headers)
        if moment is not None:
            clock.told(moment)

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(answered)
    return trace
