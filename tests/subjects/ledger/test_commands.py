"""/economy as people use it, in one server."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.commands.acting import dump, rows, words_of
from tests.conftest import BotEnv, open_bot
from tests.subjects.ledger.ledger_cases import endow

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server in which the leader leads Texas, which was given money."""
    async with open_bot(tmp_path_factory.mktemp("ledger")) as env:
        await endow(env)
        yield env


async def said(env: BotEnv, who: Any, command: str, **options: Any) -> str:
    """Return what a command answers, which nobody else is shown."""
    result = await who.slash(env.channel, command, **options)
    assert result.response is None or result.response.ephemeral
    return words_of(result)


async def test_a_leader_reads_the_books(world: BotEnv) -> None:
    """Accounts, statement, and the statement as a file; another nation's are not theirs."""
    env, leader = world, world.leader
    accounts = await said(env, leader, "economy balance")
    for words in ("The accounts of Texas", "All in all: **$9,000,000,000**", "Income a turn", "$400,000,000"):
        assert words in accounts
    assert "**+$9,000,000,000** · Set by an administrator (the world) · A grant" in await said(
        env, leader, "economy statement"
    )
    result = await leader.slash(env.channel, "economy statement", csv=True)
    file = result.response.attachments[0]
    assert file.filename == "statement-1.csv"
    lines = list(csv.DictReader(io.StringIO((await file.read()).decode("utf-8-sig"))))
    assert [(line["amount"], line["balance"], line["memo"]) for line in lines] == [
        ("9000000000", "9000000000", "A grant")
    ]
    assert "for those who hold an office in it" in await said(env, leader, "economy balance", nation="Dakota")
    assert "You lead no nation" in await said(env, env.player, "economy statement")
    found = await env.admin.autocomplete(env.channel, "economy balance", "nation", "dak")
    assert "The accounts of Dakota" in await said(env, env.admin, "economy balance", nation=found[0]["value"])


async def test_an_administrator_takes_a_transaction_back(world: BotEnv) -> None:
    """Shown first, done once, with the reason; what cannot be taken back changes nothing."""
    env, admin = world, world.admin
    given = {"nation": "Dakota", "metric": "treasury", "mode": "add", "value": "2 B", "reason": "A grant"}
    assert "**Treasury:** $0 → $2 B" in await said(env, admin, "nation-admin edit", **given)
    before = dump(env)
    for options, sentence in (
        ({"transaction": 2, "reason": " "}, "The reason is missing"),
        ({"transaction": 99, "reason": "x"}, "no transaction of this number"),
        ({"transaction": 2, "reason": "x", "dry_run": True}, "nothing was saved"),
    ):
        assert sentence in await said(env, admin, "economy reverse", **options)
    assert dump(env) == before
    done = await said(env, admin, "economy reverse", transaction=2, reason="*A* mistake")
    for words in (
        "Transaction 2 is reversed",
        "$2,000,000,000: Dakota (treasury) → the world",
        "**Dakota:** treasury $2,000,000,000 → $0",
        "Booked as transaction 3",
    ):
        assert words in done
    assert "reversed already, by transaction 3" in await said(
        env, admin, "economy reverse", transaction=2, reason="x"
    )
    memo = "SELECT memo, by_user FROM ledger_transactions WHERE id = 3"
    assert rows(env, memo) == [("*A* mistake", admin.id)]
    statement = await admin.slash(env.channel, "economy statement", nation="Dakota")
    assert r"Reversal (the world) · \*A\* mistake" in words_of(statement)


async def test_administrators_get_the_whole_journal(world: BotEnv) -> None:
    """As a file for Beancount, which says what each nation has."""
    result = await world.admin.slash(world.channel, "economy journal")
    file = result.response.attachments[0]
    assert file.filename == "journal.beancount"
    text = (await file.read()).decode()
    assert "balance Assets:N1:Treasury 9000000000 USD" in text
    assert '* "Set by an administrator: A grant"' in text
