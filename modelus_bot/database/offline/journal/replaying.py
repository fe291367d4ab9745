"""One replay: windows of saved changes go to the writer in order; what it decides is flushed, then told."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.operation import Write
from modelus_bot.database.offline.journal.entry import JournalEntry, JournalOutcome, Settled
from modelus_bot.database.offline.journal.outcomes import Explain, expired, judge, may_pass, rebuild, too_old
from modelus_bot.database.offline.journal.reconciliation import Reconciliation
from modelus_bot.database.offline.journal.registry import deferrable_writes, operation_name
from modelus_bot.database.offline.journal.state import in_order
from modelus_bot.database.offline.journal.store import Store
from modelus_bot.runtime.tasks import owned

__all__ = ["Answered", "Replay", "Submit", "Telling"]

Telling = Callable[[Sequence[Settled]], Write[Any]]
"""Makes the write that queues messages to the authors of changes; repeating it must add nothing."""
Answered = Callable[[Sequence[str]], Awaitable[frozenset[str]]]
"""Returns those of the request ids that the database has answered already."""

Prepared = tuple[JournalEntry, Write[Any]]


class Submit(Protocol):
    """Queues a change at once and saves nothing for later; what it returns has the result after COMMIT.

    Changes that are ``together`` go into one COMMIT, so that none is made after one that could not be.
    """

    def __call__(
        self, write: Write[Any], context: Context, *, together: object | None = None
    ) -> Awaitable[Any]:
        """Queue one."""


WINDOW = 256
"""Changes that are with the writer at a time; as many as one COMMIT carries by default."""
TOLD_AT_ONCE = 100
"""Authors that one write has messages for."""
TELLING = 1000
"""Authors told in one COMMIT, so that other writes do not wait for long."""
TIMEOUT = 10.0
"""Seconds a change may wait for the writer."""


class Replay:
    """Works through a journal until nothing waits, or until the database is away again."""

    def __init__(
        self,
        store: Store,
        submit: Submit,
        telling: Telling | None,
        explain: Explain,
        answered: Answered | None,
        hours: int,
        clock: Clock,
    ) -> None:
        """Start with nothing decided; ``hours`` is how old a change may be by the ``clock``."""
        self._store = store
        self._hours, self._clock = hours, clock
        self._submit = submit
        self._telling = telling
        self._explain = explain
        self._answered = answered
        self._known = {operation_name(cls): cls for cls in deferrable_writes()}
        self._decided: dict[JournalOutcome, list[Settled]] = {outcome: [] for outcome in JournalOutcome}

    async def run(self) -> Reconciliation:
        """Replay everything, tell the authors, and say what was done."""
        started = time.perf_counter()
        goes_on = True
        while goes_on:
            goes_on = await self._everything_waiting()
            goes_on = await self._everybody_told() and goes_on and self._store.depth > 0
        report = self._report(time.perf_counter() - started)
        if not report.empty:
            logger.bind(
                applied=report.applied,
                repeated=report.repeated,
                refused=len(report.refused),
                expired=len(report.expired),
                waiting=report.waiting,
                milliseconds=round(report.seconds * 1000),
            ).info("journal_replayed")
        return report

    async def _everything_waiting(self) -> bool:
        """Decide all that waits; False means that the database does not take any more now."""
        goes_on = True
        while goes_on and self._store.depth:
            await self._store.all_saved()
            goes_on = await self._round(await asyncio.to_thread(in_order, self._store.waiting()))
        return goes_on

    async def _round(self, entries: Sequence[JournalEntry]) -> bool:
        """Go once through what waits; False means that the database does not take any more now.

        While the writer has a window, the next one is made ready and decisions on the last go to the disk.
        """
        repeated = await self._ask(entries)
        settling = owned(self._settle((), ()), name="journal-settling")
        try:
            first, *others = _windows(entries)
            ready = await self._sort_out(first)
            for following in (*others, ()):
                decided, writes = ready
                ends = self._together(writes)
                await asyncio.sleep(0)  # so that the writer begins
                ready = await self._sort_out(following)
                left = self._judge(writes, await ends, repeated, decided)
                await settling
                settling = owned(self._settle(decided, left), name="journal-settling")
                if left:
                    return False
            return True
        finally:
            await settling

    async def _settle(self, decided: Sequence[Settled], left: Sequence[JournalEntry]) -> None:
        counted = [entry for entry in left if entry is not self._store.state.waiting.get(entry.number)]
        await self._store.settle(decided, counted)
        for item in decided:
            self._decided[item.outcome].append(item)

    def _together(self, writes: Sequence[Prepared]) -> asyncio.Future[list[Any]]:
        """Hand changes to the writer, who takes them in order and commits them together."""
        submit, window = self._submit, object()
        return asyncio.gather(
            *(
                submit(write, _context(entry, place), together=window)
                for place, (entry, write) in enumerate(writes)
            ),
            return_exceptions=True,
        )

    def _judge(
        self, writes: Sequence[Prepared], ends: list[Any], repeated: frozenset[str], decided: list[Settled]
    ) -> list[JournalEntry]:
        """Add to ``decided`` what the ends decide, and return what has to be tried again."""
        left: list[JournalEntry] = []
        for (entry, _), end in zip(writes, ends, strict=True):
            verdict = judge(entry, end if isinstance(end, BaseException) else None, self._explain)
            if isinstance(verdict, JournalEntry):
                left.append(verdict)
            else:
                decided.append(_as_repeated(verdict) if verdict.request_id in repeated else verdict)
        return left

    async def _sort_out(self, entries: Sequence[JournalEntry]) -> tuple[list[Settled], list[Prepared]]:
        """Tell those that cannot be applied any more, whatever the database says, from the others."""
        cutoff = self._clock.cutoff(self._hours * 3600)
        decided: list[Settled] = []
        strange: list[JournalEntry] = []
        writes: list[Prepared] = []
        for entry in entries:
            found = expired(entry, self._hours) if too_old(entry, cutoff) else None
            made = found or rebuild(entry, self._known)
            if not isinstance(made, Settled):
                writes.append((entry, made))
                continue
            decided.append(made)
            if found is None:
                strange.append(entry)
        if strange:
            await self._store.set_refused_aside(strange)
        return decided, writes

    async def _ask(self, entries: Sequence[JournalEntry]) -> frozenset[str]:
        """Return which of the requests had been applied before this try."""
        if self._answered is None or not entries:
            return frozenset()
        try:
            return await self._answered([entry.request_id for entry in entries])
        except DatabaseError:
            return frozenset()

    async def _everybody_told(self) -> bool:
        """Queue messages to the authors; False means that some are told after the next replay."""
        found = tuple(self._store.state.settled.values())
        told: list[Settled] = []
        ready = await self._messages(found[:TELLING])
        for following in range(TELLING, len(found) + TELLING, TELLING):
            messages = ready
            ends = asyncio.gather(*(self._tell(write) for _, write in messages))
            ready = await self._messages(found[following : following + TELLING])
            for (part, _), end in zip(messages, await ends, strict=True):
                told += part if end else ()
        if told:
            try:
                await self._store.told(told)
            except DatabaseError as error:
                logger.bind(error=error.detail).warning("journal_not_emptied")
        return len(told) == len(found)

    async def _messages(self, found: Sequence[Settled]) -> list[tuple[Sequence[Settled], Write[Any] | None]]:
        """Make the writes that tell authors, each with those it is about; None where nobody is to be told."""
        made = []
        for first in range(0, len(found), TOLD_AT_ONCE):
            await asyncio.sleep(0)  # putting a part into words takes a moment: others have theirs between
            part = found[first : first + TOLD_AT_ONCE]
            made.append((part, self._message(part)))
        return made

    def _message(self, found: Sequence[Settled]) -> Write[Any] | None:
        authors = [item for item in found if item.actor is not None]
        if self._telling is None or not authors:
            return None
        try:
            return self._telling(authors)
        except Exception as error:  # noqa: BLE001 - a fault in the words must not hold up the changes
            logger.opt(exception=error).error("authors_not_told")
            return None

    async def _tell(self, write: Write[Any] | None) -> bool:
        """Queue messages; False means that this may work later."""
        if write is None:
            return True
        try:
            await self._submit(write, Context(reason="changes saved for later"))
        except Exception as error:  # noqa: BLE001 - nor must any other fault of theirs
            if may_pass(error):
                return False
            logger.opt(exception=error).error("authors_not_told")
        return True

    def _report(self, seconds: float) -> Reconciliation:
        decided = self._decided
        return Reconciliation(
            applied=len(decided[JournalOutcome.APPLIED]),
            repeated=len(decided[JournalOutcome.REPEATED]),
            refused=tuple(decided[JournalOutcome.REFUSED]),
            expired=tuple(decided[JournalOutcome.EXPIRED]),
            waiting=self._store.depth,
            seconds=seconds,
        )


def _windows(entries: Sequence[JournalEntry]) -> list[Sequence[JournalEntry]]:
    """Cut entries into windows, each of one priority, so that one COMMIT can carry it; at least one."""
    windows: list[Sequence[JournalEntry]] = []
    for _, same in itertools.groupby(entries, key=lambda entry: entry.priority):
        waiting = tuple(same)
        windows += (waiting[place : place + WINDOW] for place in range(0, len(waiting), WINDOW))
    return windows or [()]


def _context(entry: JournalEntry, place: int) -> Context:
    """Return the context of the moment it was asked for.

    Later ones give up sooner, so that no earlier one is given up while a later one is made.
    """
    asked = entry.context
    return Context(
        asked.actor,
        asked.request_id,
        asked.reason,
        asked.at,
        asked.zone,
        asked.handoff_minute,
        asked.seed,
        asked.discord_admin,
        TIMEOUT - place * 0.001,
    )


def _as_repeated(found: Settled) -> Settled:
    return (
        replace(found, outcome=JournalOutcome.REPEATED) if found.outcome is JournalOutcome.APPLIED else found
    )
