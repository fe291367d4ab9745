"""/loan, /loan-admin and /economy turn as people use them, in one server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from modelus_bot.subjects.turns.jobs import TurnJob
from tests.commands.acting import dump, labels, rows, words_of
from tests.conftest import BotEnv, open_bot
from tests.jobs.clock import Clock
from tests.subjects.ledger.ledger_cases import endow

pytestmark = pytest.mark.asyncio(loop_scope="module")
TERMS = {"borrower": "Dakota", "amount": "2 B", "rate": "30 %", "term": 72, "repayment": "amortizing"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server in which the leader leads Texas, which has money, and a player Dakota."""
    async with open_bot(tmp_path_factory.mktemp("loans")) as env:
        await endow(env)
        office = GiveOffice(nation_id=2, user_id=env.player.id, username="Pat", office="president")
        await env.db.write(office, Context())
        yield env


async def said(env: BotEnv, who: Any, command: str, **options: Any) -> str:
    """Return what a command answers, which nobody else is shown."""
    result = await who.slash(env.channel, command, **options)
    assert result.response is None or result.response.ephemeral
    return words_of(result)


async def offered(env: BotEnv, **changed: Any) -> str:
    """Let the leader offer a loan, and return its code."""
    found = re.search(r"Loan (L-\w{6})", await said(env, env.leader, "loan offer", **{**TERMS, **changed}))
    assert found is not None
    return found[1]


async def test_a_loan_from_its_offer_to_its_payment(world: BotEnv) -> None:
    """Its cost and its risk are shown before it is accepted; each answer says what moved."""
    env, leader, player = world, world.leader, world.player
    code = await offered(env, description="For *dams*")
    asked = await player.slash(env.channel, "loan answer", code=code.lower(), decision="accept")
    for words in (f"Accept the loan {code}?", "Extreme risk", r"For \*dams\*", "$2,000,000,000", "each turn"):
        assert words in words_of(asked)
    assert labels(asked.response) == ["Accept", "Cancel"]
    assert rows(env, "SELECT status FROM loans WHERE code = ?", code) == [("pending",)]
    done = words_of(await player.click(asked.response, label="Accept"))
    assert "**Treasury of Dakota:** $0 → $2,000,000,000" in done
    assert "it is active" in await said(env, player, "loan answer", code=code, decision="decline")

    paid = await said(env, player, "loan pay", code=code, amount="500 M")
    assert "**Owed:** $2,000,000,000 → $1,500,000,000" in paid
    shown = await leader.slash(env.channel, "loan show", code=code)
    assert "Owed now" in words_of(shown)
    instalments = words_of(await leader.click(shown.response, label="The instalments"))
    assert "`1` $" in instalments
    listed = await leader.slash(env.channel, "loan list", status="active", nation="Dakota")
    assert f"**{code}** Texas → Dakota: runs, $1,500,000,000 owed" in words_of(listed)
    suggested = await player.autocomplete(env.channel, "loan pay", "code", code[2:5])
    assert [choice["name"] for choice in suggested] == [f"{code} Texas to Dakota (active)"]
    assert await env.manager.autocomplete(env.channel, "loan show", "code", "") == []
    assert "no loan of this code" in await said(env, env.manager, "loan show", code=code)
    assert f" {code} (Dakota)" in await said(env, leader, "economy statement")
    await said(env, env.admin, "economy turn", action="run")
    assert f"lent to others · Interest {code} (Dakota)" in await said(env, leader, "economy statement")


async def test_administrators_and_turns(world: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn is seen before it comes, comes by hand or by the clock, and is held; loans are ended."""
    env, admin = world, world.admin
    code = await offered(env, amount="1 B", term=1)
    asked = await env.player.slash(env.channel, "loan answer", code=code, decision="accept")
    await env.player.click(asked.response, label="Accept")
    before = dump(env)
    seen = await said(env, admin, "economy turn", action="preview")
    assert "2 nations would get $800,000,000" in seen
    assert "would be settled" in seen
    assert dump(env) == before
    assert "Turn 2 is over" in await said(env, admin, "economy turn", action="run")
    assert rows(env, "SELECT status FROM loans WHERE code = ?", code) == [("paid",)]
    assert "Turns are held" in await said(env, admin, "economy turn", action="pause")
    assert "held already" in await said(env, admin, "economy turn", action="pause")
    assert "The next one is due" in await said(env, admin, "economy turn", action="resume")

    clock = Clock(monkeypatch)
    clock.forward(3 * 86_400)
    await TurnJob(env.bot).run()
    assert "Turn 5 is over" in await said(env, admin, "economy turn", action="status")

    other = await offered(env, amount="1 B", term=2)
    assert "declined" in await said(env, env.player, "loan answer", code=other, decision="decline")
    third = await offered(env, amount="1 B", term=2)
    assert "taken back" in await said(env, env.leader, "loan cancel", code=third)
    running = rows(env, "SELECT code FROM loans WHERE status = 'active'")[0][0]
    for step, words in (("default", "Runs → in default"), ("void", "In default → void")):
        shown = await said(env, admin, f"loan-admin {step}", code=running, reason="x", dry_run=True)
        assert "nothing was saved" in shown
        assert words in shown
        assert words in await said(env, admin, f"loan-admin {step}", code=running, reason="x")
    assert rows(env, "SELECT count(*) FROM nations WHERE debt <> 0") == [(0,)]
