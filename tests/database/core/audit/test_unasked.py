"""Entries with the right hash at the end of the chain that nobody asked for are named; all others are not."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from loguru import logger

from modelus_bot.database.core.audit.chain import AuditChain
from modelus_bot.database.core.audit.entry import AuditEntry, command_entry, restored_entry
from modelus_bot.database.core.audit.fallback_log import AuditFile
from modelus_bot.database.recovery.audit_renewal import RenewAuditChain
from modelus_bot.database.recovery.audit_trail import REQUESTS_KEPT
from modelus_bot.subjects.audit.queries import verify
from tests.database.core.audit.conftest import Open
from tests.database.core.audit.faults import break_table, mend_table
from tests.database.core.audit.test_audit_renewal import ask

if TYPE_CHECKING:
    from loguru import Message


def forged(request: str | None = "nobody", *, ago: int = 0, table: str = "settings") -> AuditEntry:
    """Return an entry as somebody may make it up."""
    at = int(time.time()) - ago
    return AuditEntry(table, "a", "UPDATE", None, None, {"value": 9}, 7, "r", request, 1, at)


def put_at_the_end(path: Path, *entries: AuditEntry) -> None:
    """Append entries beside the bot, each linked with the right hash."""
    with closing(sqlite3.connect(path)) as raw:
        chain = AuditChain()
        chain.load(raw)
        for entry in entries:
            chain.append(raw, entry)
        raw.commit()


def contradictions(path: Path) -> list[str]:
    """Verify as it is done now and return what contradicts a chain that fits."""
    report = ask(path, verify, (), int(time.time()))
    assert report.first_broken is None
    assert report.intact == (not report.contradictions)
    return list(report.contradictions)


@pytest.fixture
def others() -> Iterator[list[dict[str, Any]]]:
    """What the log says of entries that were added beside the bot."""
    said: list[dict[str, Any]] = []

    def hear(message: Message) -> None:
        if message.record["message"] == "audit_entries_of_others":
            said.append(dict(message.record["extra"]))

    sink = logger.add(hear)
    yield said
    logger.remove(sink)


@pytest.mark.parametrize("request_id", ["nobody", None])
async def test_an_entry_nobody_asked_for_is_named(path: Path, opened: Open, request_id: str | None) -> None:
    """Its hash is right, so the chain holds; but no request was answered that it could belong to."""
    async with opened() as kept:
        await kept.put("a")
        await kept.put("b")
    assert contradictions(path) == []
    put_at_the_end(path, forged(request_id))
    async with opened() as kept:
        await kept.put("c")
    (said,) = contradictions(path)
    assert said == (
        "Entry 3 (settings a) belongs to no request that was answered: it was not written by this program."
    )
    assert ask(path, verify).intact


async def test_what_the_bot_itself_writes_is_explained(path: Path, opened: Open) -> None:
    """Entries that waited in the file, those of several in one group, and a new chain after damage."""
    async with opened() as kept:
        await kept.put("a")
        break_table(path, "trigger")
        await kept.put("b")
        assert isinstance(kept.file, AuditFile)
        assert kept.file.waiting
        await kept.file.append(command_entry("database", "mode", at=int(time.time())))
        mend_table(path, "trigger")
        await kept.transactions.merge_audit()
        await kept.put("c")
        assert contradictions(path) == []
        await kept.write(RenewAuditChain(problem="tried"), "renew")
        await kept.put("d")
    assert contradictions(path) == []


async def test_requests_that_are_gone_for_good_reasons(path: Path, opened: Open) -> None:
    """Forgotten by maintenance, moved into quarantine, or lost in a recovery that left its entry."""
    async with opened() as kept:
        await kept.put("a")
    put_at_the_end(path, forged(ago=REQUESTS_KEPT + 60))
    assert contradictions(path) == []
    moved = AuditEntry("requests", "quarantined", "DELETE", None, {}, {}, None, None, "put-a-1", 1, 5)
    put_at_the_end(path, forged("quarantined"), moved)
    assert contradictions(path) == []
    put_at_the_end(path, forged("lost"))
    assert len(contradictions(path)) == 1
    put_at_the_end(path, restored_entry(9, 5, source="salvage", at=int(time.time())))
    assert contradictions(path) == []


async def test_entries_added_beside_the_bot_are_in_its_log(
    path: Path, opened: Open, others: list[dict[str, Any]]
) -> None:
    """Which ones, and the hash they end with; the bot's own are not."""
    async with opened() as kept:
        await kept.put("a")
        await kept.put("b")
        put_at_the_end(path, forged(), forged())
        await kept.put("c")
        await kept.put("d")
    assert [(other["first"], other["last"]) for other in others] == [(3, 4)]
    assert len(others[0]["audit_head"]) == 64
