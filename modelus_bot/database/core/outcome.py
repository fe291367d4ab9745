"""What became of one operation, and how its caller hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from modelus_bot.database.core.errors import QueryFailed
from modelus_bot.database.core.transaction import ReadTransaction, Step

__all__ = ["OperationOutcome", "answer", "raisable", "reject"]


@dataclass(slots=True)
class OperationOutcome:
    """A value or an error, and what it took: seconds on the thread, statements, rows touched, each step.

    ``repeated`` is true when a stored result was returned to a request that came again.
    """

    value: Any = None
    error: BaseException | None = None
    seconds: float = 0.0
    statements: int = 0
    rows: int = 0
    repeated: bool = False
    steps: Sequence[Step] = ()

    def after(self, tx: ReadTransaction, seconds: float) -> Self:
        """Take over what a transaction that took ``seconds`` has done; returns the outcome itself."""
        self.seconds, self.statements, self.rows, self.steps = seconds, tx.statements, tx.rows, tx.steps
        return self


def raisable(error: BaseException) -> Exception:
    """Return what an operation raised in a form that can be handed over to its caller.

    A future cannot carry ``StopIteration``; ``SystemExit``, ``CancelledError`` and their like would
    end whoever serves the operations instead of telling its author.
    """
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    failure = QueryFailed(f"the operation raised {type(error).__name__}: {error}")
    failure.__cause__ = error
    return failure


def answer(future: asyncio.Future[Any], outcome: OperationOutcome) -> None:
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
