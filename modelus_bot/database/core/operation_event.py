"""One finished operation, and the log event it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from loguru import logger

from modelus_bot.database.core.operation import Query, Write
from modelus_bot.database.core.statement_fields import told

if TYPE_CHECKING:
    from modelus_bot.database.core.transaction import Step

__all__ = ["Failure", "Kind", "OperationEvent", "Recorder", "bound", "fields_of"]

Kind = Literal["read", "write", "preview"]


@dataclass(slots=True)
class OperationEvent:
    """One finished operation. ``seconds`` from submitting to the answer, ``ran`` on the thread."""

    kind: Kind
    operation: Write[Any] | Query[..., Any]
    seconds: float
    ran: float
    statements: int
    rows: int
    attempt: int
    group: int
    error: BaseException | None = None
    repeated: bool = False
    request_id: str | None = None
    actor: int | None = None
    steps: Sequence[Step] = ()
    """The statements it ran, in order."""

    @property
    def name(self) -> str:
        """The operation's name: a Write's class, a Query's module and function."""
        return self.operation.name if isinstance(self.operation, Query) else type(self.operation).__name__


class Recorder(Protocol):
    """Who is told how operations end; called on the event loop, by whoever answered them."""

    def record(self, event: OperationEvent) -> None:
        """Count one finished operation."""

    def group_committed(self, size: int) -> None:
        """Count a commit of ``size`` writes."""

    def retried(self, writes: int) -> None:
        """Count writes that were tried again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as operators look it up: when (UTC seconds), what, under which reference code."""

    at: int
    operation: str
    error_type: str
    reference: str
    detail: str
    code: str = ""
    attempt: int = 1
    sql: tuple[str, ...] = ()
    """The statements that were run, without values."""


def bound(event: OperationEvent, *, debug: bool = False) -> Any:
    """Return the logger with what an event says, whatever its outcome; ``debug`` adds what may be told."""
    return logger.bind(
        operation=event.name,
        kind=event.kind,
        milliseconds=round(event.seconds * 1000, 3),
        ran_milliseconds=round(event.ran * 1000, 3),
        statements=event.statements,
        rows=event.rows,
        attempt=event.attempt,
        group=event.group,
        repeated=event.repeated,
        request_id=event.request_id,
        actor=event.actor,
        sql=told(event.steps, parameters=debug and not event.operation.confidential),
    )


def fields_of(event: OperationEvent) -> dict[str, Any] | None:
    """Return a change's own fields, for a log that may show them; None for what is not."""
    write = event.operation
    if not isinstance(write, Write) or write.confidential:
        return None
    return write.model_dump(mode="json")
