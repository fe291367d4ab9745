"""What waits in the journal, and what became of it: both as plain values and as lines of the file."""

from __future__ import annotations

import functools
import json
import random
import re
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Priority, Write

__all__ = [
    "JournalEntry",
    "JournalOutcome",
    "Settled",
    "entry_of",
    "new_request_id",
    "read_entry",
    "read_settled",
    "settled_as",
]

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class JournalOutcome(StrEnum):
    """How a saved change ended. ``REPEATED``: it had been applied before it was saved."""

    APPLIED = "applied"
    REPEATED = "repeated"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A change that waits. ``parameters`` is the write as JSON, ``saved_at`` UTC seconds.

    ``context`` is that of the moment it was asked for, without its deadline; it has a request id.
    """

    number: int
    operation: str
    parameters: str
    context: Context
    saved_at: int
    priority: Priority = Priority.MEDIUM
    retry_count: int = 0
    max_retries: int = 20

    @property
    def request_id(self) -> str:
        """What makes it happen once, however often it is replayed."""
        return self.context.request_id or ""

    @property
    def change(self) -> str:
        """The operation as people say it."""
        return _spoken(self.operation)

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the order of replaying."""
        return self.priority, self.number

    def again(self) -> JournalEntry:
        """Return it after one more try that decided nothing."""
        return replace(self, retry_count=self.retry_count + 1)

    def tried_body(self) -> bytes:
        """Return the JSON of the line that says how often it was tried."""
        return b'{"id":%d,"tried":%d}' % (self.number, self.retry_count)

    def body(self) -> bytes:
        """Return it as the JSON of its line."""
        context = self.context
        head = {
            "id": self.number,
            "operation": self.operation,
            "priority": self.priority.name,
            "timestamp": self.saved_at,
            "retry_count": self.retry_count,
            "max_retries": self.max_retries,
            "context": {
                "actor": context.actor,
                "request_id": context.request_id,
                "reason": context.reason,
                "at": context.at,
                "zone": context.zone,
                "handoff_minute": context.handoff_minute,
                "seed": context.seed,
                "discord_admin": context.discord_admin,
            },
        }
        return f'{_compact(head)[:-1]},"parameters":{self.parameters}}}'.encode()


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a saved change; ``reason`` is the sentence its author reads when it was not applied."""

    number: int
    operation: str
    outcome: JournalOutcome
    actor: int | None
    request_id: str
    saved_at: int
    reason: str | None = None

    @property
    def change(self) -> str:
        """The operation as people say it."""
        return _spoken(self.operation)

    def body(self) -> bytes:
        """Return it as the JSON of its line; the rest is in the entry's own line."""
        if self.reason is None:
            return b'{"id":%d,"outcome":"%b"}' % (self.number, self.outcome.value.encode())
        return _compact({"id": self.number, "outcome": self.outcome, "reason": self.reason}).encode()


@functools.lru_cache(maxsize=512)
def _spoken(operation: str) -> str:
    """Return the name of an operation in words: ``sprints.AddSprint`` is "add sprint"."""
    return _CAPITAL.sub(" ", operation.rpartition(".")[2]).lower()


def new_request_id() -> str:
    """Return an id for a request that has none, so that the change happens once whenever it is applied.

    Ids rise with time, as Discord's do: in any other order each row would be on a page of its own, and a
    COMMIT of many would write them all.
    """
    return f"journal:{time.time_ns():016x}{random.getrandbits(48):012x}"


def entry_of(
    number: int, operation: str, write: Write[Any], context: Context, *, saved_at: int, max_retries: int
) -> JournalEntry:
    """Return a new entry for a write whose context has a request id."""
    return JournalEntry(
        number,
        operation,
        write.model_dump_json(),
        replace(context, deadline=None),
        saved_at,
        write.priority,
        max_retries=max_retries,
    )


def read_entry(line: dict[str, Any]) -> JournalEntry:
    """Return the entry of a line; raises ``KeyError``, ``TypeError`` or ``ValueError`` if it is none."""
    context = Context(**line["context"])
    if not isinstance(context.request_id, str) or not isinstance(line["operation"], str):
        raise TypeError("an entry has a request id and names its operation")
    return JournalEntry(
        int(line["id"]),
        line["operation"],
        _compact(line["parameters"]),
        context,
        int(line["timestamp"]),
        Priority[line["priority"]],
        int(line["retry_count"]),
        int(line["max_retries"]),
    )


def read_settled(line: dict[str, Any], entry: JournalEntry) -> Settled:
    """Return what a line says became of its entry; ``KeyError`` or ``ValueError`` if it says nothing."""
    return settled_as(entry, JournalOutcome(line["outcome"]), line.get("reason"))


def settled_as(entry: JournalEntry, outcome: JournalOutcome, reason: str | None = None) -> Settled:
    """Return what became of an entry."""
    return Settled(
        entry.number,
        entry.operation,
        outcome,
        entry.context.actor,
        entry.request_id,
        entry.saved_at,
        reason,
    )


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
