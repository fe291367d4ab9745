"""Many claim the same items at once, through the whole database: each item has one winner."""

from __future__ import annotations

import asyncio
from pathlib import Path

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.disciplines.model import DEFAULT_DISCIPLINES
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.subjects.triage.queries.items import item
from modelus_bot.subjects.triage.writes.reports import ReportItem
from modelus_bot.subjects.triage.writes.steps import ClaimItem
from tests.daily_size import FULL

CLAIMS = 200
ROUNDS = 20 if FULL else 2
PEOPLE = [2**50 + number for number in range(20)]


async def test_two_hundred_claims_at_once_have_one_winner_each(tmp_path: Path) -> None:
    """20 people claim each of 10 items: 10 win, 190 are told who has it, and the rows say the same."""
    path = tmp_path / "claims.db"
    async with DatabaseManager(path, DatabaseSettings(path=path, synchronous="NORMAL")) as db:
        await db.write(EnsureDisciplines(disciplines=DEFAULT_DISCIPLINES), Context())
        for person in PEOPLE:
            await db.write(SetRole(discord_id=person, username=f"P{person}", role="tester"), Context())
        for reporter in PEOPLE[:ROUNDS]:
            await claim_all(db, reporter)


async def claim_all(db: DatabaseManager, reporter: int) -> None:
    """Report ten items and let everybody claim every one of them at once."""
    context = Context(actor=reporter)
    items = [await db.write(ReportItem(title="T", description="D"), context) for _ in range(10)]
    tries = [(found.id, person) for found in items for person in PEOPLE]
    assert len(tries) == CLAIMS
    claims = (db.write(ClaimItem(item_id=number), Context(actor=person)) for number, person in tries)
    ended = await asyncio.gather(*claims, return_exceptions=True)
    won = {number: person for (number, person), end in zip(tries, ended, strict=True)
           if not isinstance(end, BaseException)}  # fmt: skip
    lost = [end for end in ended if isinstance(end, BaseException)]
    assert len(won) == 10
    assert len(lost) == CLAIMS - 10
    assert all(isinstance(end, InvalidInput) and end.rule == "triage.claimed" for end in lost), lost[:1]
    for number, person in won.items():
        found = await db.read(item, number)
        assert found is not None
        assert (found.assigned_to, found.status, found.version) == (person, "in_review", 2)
        await db.write(ClaimItem(item_id=number), Context(actor=person))
