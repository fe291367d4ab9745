"""What the journal knows: who waits, what was decided, which number is next. No files, no waiting."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from modelus_bot.database.core.framing import frame
from modelus_bot.database.offline.journal.entry import JournalEntry, Settled, read_entry, read_settled

__all__ = ["JournalPosition", "JournalState", "in_order"]


@dataclass(frozen=True, slots=True)
class JournalPosition:
    """A journal's state at one moment, to be put in lines elsewhere than on the event loop."""

    next: int
    waiting: tuple[JournalEntry, ...]
    settled: tuple[tuple[JournalEntry, Settled], ...]

    def content(self) -> bytes:
        """Return the shortest file that says the same."""
        bodies = [b'{"next":%d}' % self.next]
        for entry, found in self.settled:
            bodies += (entry.body(), found.body())
        bodies += (entry.body() for entry in self.waiting)
        return b"".join(map(frame, bodies))


class JournalState:
    """The lines of a journal, taken together.

    ``settled`` holds what was decided but not told yet. Numbers never come again, also when the file
    was emptied in between.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.waiting: dict[int, JournalEntry] = {}
        self.settled: dict[int, Settled] = {}
        self._by_request: dict[str, JournalEntry] = {}
        self._next = 1

    @classmethod
    def of(cls, bodies: Iterable[bytes]) -> tuple[JournalState, list[bytes]]:
        """Read the bodies of a file's lines; also returns those that are sound and still make no sense."""
        state, strange = cls(), []
        for body in bodies:
            try:
                state._read(json.loads(body))
            except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
                strange.append(body)
        return state, strange

    def take_number(self) -> int:
        """Return the next number."""
        number = self._next
        self._next += 1
        return number

    def known(self, request_id: str) -> JournalEntry | None:
        """Return the entry that was saved under a request id, if it is still here."""
        return self._by_request.get(request_id)

    def request_ids(self) -> frozenset[str]:
        """Return the request ids of all entries, those included whose authors have not been told."""
        return frozenset(self._by_request)

    def add(self, entry: JournalEntry) -> None:
        """Let an entry wait."""
        self.waiting[entry.number] = entry
        self._by_request[entry.request_id] = entry
        self._next = max(self._next, entry.number + 1)

    def settle(self, found: Settled) -> None:
        """Note what became of an entry."""
        if self.waiting.pop(found.number, None) is not None:
            self.settled[found.number] = found

    def tried(self, entry: JournalEntry) -> None:
        """Note one more try of an entry that decided nothing."""
        if entry.number in self.waiting:
            self.waiting[entry.number] = self._by_request[entry.request_id] = entry

    def told(self, found: Iterable[Settled]) -> None:
        """Forget entries whose authors have been told."""
        for item in found:
            self.settled.pop(item.number, None)
            self._by_request.pop(item.request_id, None)

    def in_order(self) -> list[JournalEntry]:
        """Return those who wait in the order of replaying."""
        return in_order(self.waiting.values())

    def state(self) -> JournalPosition:
        """Return everything that a file has to say."""
        settled = ((self._by_request[item.request_id], item) for item in self.settled.values())
        return JournalPosition(self._next, tuple(self.waiting.values()), tuple(settled))

    def _read(self, line: dict[str, Any]) -> None:
        if "next" in line:
            self._next = max(self._next, int(line["next"]))
        elif "operation" in line:
            entry = read_entry(line)
            if self.known(entry.request_id) is None:
                self.add(entry)
        elif "tried" in line:
            self._read_try(int(line["id"]), int(line["tried"]))
        else:
            number = int(line["id"])
            self._next = max(self._next, number + 1)
            if number in self.waiting:
                self.settle(read_settled(line, self.waiting[number]))

    def _read_try(self, number: int, count: int) -> None:
        while (entry := self.waiting.get(number)) is not None and entry.retry_count < count:
            self.tried(entry.again())


def in_order(entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    """Return entries in the order of replaying: by priority, then by number."""
    return sorted(entries, key=lambda entry: entry.place)
