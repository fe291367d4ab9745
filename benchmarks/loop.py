"""How late the event loop is at worst, event by event, and what of that is the bot's own doing."""

from __future__ import annotations

import statistics

from rich.console import Console
from rich.table import Table

from tests.loop.events import EVENTS
from tests.loop.playing import play

__all__ = ["measure_loop"]


def measure_loop(console: Console, *, rounds: int, only: str = "", explain: bool = False) -> None:
    """Play every event so often and print the worst figures of each round as medians, in milliseconds."""
    table = Table(title=f"event loop, medians of {rounds} rounds (worst of all), ms")
    for column in ("event", "work in a turn", "in a callback", "own waits", "late", "latest because of"):
        table.add_column(column, justify="left" if column in {"event", "latest because of"} else "right")
    for name in (item for item in EVENTS if only in item):
        found = [play(name, full=True) for _ in range(rounds)]
        latest = max(found, key=lambda item: item.late)
        table.add_row(
            name,
            _figure([item.turn for item in found]),
            _figure([item.step for item in found]),
            _figure([item.waited for item in found]),
            _figure([item.late for item in found]),
            latest.latest,
        )
        if explain:
            console.print("\n".join([name, *latest.lines]), markup=False, highlight=False, soft_wrap=True)
    console.print(table)


def _figure(values: list[float]) -> str:
    return f"{statistics.median(values) * 1000:.0f} ({max(values) * 1000:.0f})"
