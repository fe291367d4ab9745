"""Plans an import of the original bot's database: its rows in portions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from modelus_bot.subjects.imports.model.outcome import Left, Ready
from modelus_bot.subjects.imports.rules.portions import in_portions
from modelus_bot.subjects.modelus_import.model.rows import ModelusRow
from modelus_bot.subjects.modelus_import.model.source import ModelusSource
from modelus_bot.subjects.modelus_import.rules.mending import mended_rows

__all__ = ["portions_of"]


def portions_of(
    source: ModelusSource, zone: ZoneInfo, size: int
) -> Iterator[tuple[Sequence[Ready[ModelusRow]], Sequence[Left]]]:
    """Yield the rows in their order, ``size`` at a time: those to take in, and those that are left out."""
    return in_portions(mended_rows(source, zone), size)
