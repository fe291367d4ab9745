"""What became of one operation, and how its caller hears of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

__all__ = ["Outcome", "answer", "reject"]


@dataclass(slots=True)
class Outcome:
    """A value or an error, and what it took: seconds on the thread, statements, rows touched.

    ``repeated`` is true when a stored result was returned to a request that came again.
    """

    value: Any = None
    error: BaseException | None = None
    seconds: float = 0.0
    statements: int = 0
    rows: int = 0
    repeated: bool = False


def answer(future: asyncio.Future[Any], outcome: Outcome) -> None:
    """Give a waiting caller the outcome; one that was cancelled meanwhile is passed over."""
    if future.done():
        return
    if outcome.error is not None:
        future.set_exception(outcome.error)
    else:
        future.set_result(outcome.value)


def reject(future: asyncio.Future[Any], error: BaseException) -> None:
    """Give a waiting caller an error, unless it was cancelled or answered before."""
    if not future.done():
        future.set_exception(error)
