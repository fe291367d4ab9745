"""The latencies of the last day for /dbhealth: from the samples, or from memory while they cannot be read."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import discord

from modelus_bot.database import DatabaseError, DatabaseManager
from modelus_bot.database.administration import HealthSample, health_samples
from modelus_bot.ui.charts import LatencyChart, Point, sparkline

__all__ = ["PICTURE", "latency_field", "latency_file", "recent_points"]

PICTURE = "latency.png"
"""The picture's name among the answer's files."""
DAY = 86_400
TIMEOUT = 1.5
"""Seconds the samples may take to be read."""
GAP = 300
"""Seconds between two samples from which on nothing is known of the time between them."""


async def recent_points(db: DatabaseManager, now: int) -> tuple[Point, ...]:
    """Return the last day's points; while the database does not answer, those of the last hours."""
    try:
        async with asyncio.timeout(TIMEOUT):
            samples = await db.read(health_samples, now - DAY, now)
    except (DatabaseError, TimeoutError):
        samples = tuple(db.health.samples)
    return tuple(_with_gaps(samples))


async def latency_file(
    chart: LatencyChart, points: Sequence[Point], zone: str, folder: Path
) -> Callable[[], discord.File] | None:
    """Return what makes the picture to attach, anew for each try; None where none can be drawn."""
    picture = await chart.picture(points, zone, folder)
    if picture is None:
        return None
    about = f"Latencies of the last hours in milliseconds. {latency_field(points)}"
    return lambda: discord.File(io.BytesIO(picture), PICTURE, description=about[:1000])


def latency_field(points: Sequence[Point]) -> str:
    """Return the slowest hundredth over time as a line of bars, with its range in words."""
    worst = [point.p99 for point in points if point.p99 is not None]
    if not worst:
        return "Nothing was asked lately."
    line = sparkline([point.p99 for point in points])
    low, high = f"{min(worst):.1f}", f"{max(worst):.1f}"
    reach = f"{high} ms" if low == high else f"from {low} to {high} ms"
    return f"`{line}`\np99 {reach}, since <t:{points[0].at}:R>"


def _with_gaps(samples: Iterable[HealthSample]) -> Iterable[Point]:
    """Yield points, and one without values where samples are missing, so that no line is drawn across."""
    before: int | None = None
    for sample in samples:
        if before is not None and sample.at - before > GAP:
            yield Point(before + 1, None, None)
        before = sample.at
        yield Point(sample.at, _ms(sample.p50_us), _ms(sample.p99_us), sample.errors, sample.mode == "normal")


def _ms(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000
