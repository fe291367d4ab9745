"""/bloc as people use it, in one server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
import pytest_asyncio

from modelus_bot.database.core.context import Context
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.blocs.jobs import InvitationExpiry
from modelus_bot.subjects.blocs.model import BlocChange
from modelus_bot.subjects.blocs.writes.inviting import AnswerInvitation, InviteNation
from modelus_bot.subjects.blocs.writes.leaving import LeaveBloc
from modelus_bot.subjects.blocs.writes.making import CreateBloc
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from tests.commands.acting import confirmed, dump, labels, offered, rows, words_of
from tests.conftest import BotEnv, open_bot
from tests.jobs.clock import Clock

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server where Lee leads Texas, Avery leads Dakota, and nobody leads Ohio."""
    async with open_bot(tmp_path_factory.mktemp("blocs")) as env:
        for name in ("Texas", "Dakota", "Ohio"):
            await env.db.write(CreateNation(name=name, gdp=1, population=1), Context())
        for person, nation in ((env.leader, 1), (env.staff("avery"), 2)):
            give = GiveOffice(nation_id=nation, user_id=person.id, username=person.name, office="president")
            await env.db.write(give, Context())
        yield env


async def said(env: BotEnv, who: Any, command: str, **options: Any) -> str:
    """Return what a command answers."""
    return words_of(await who.slash(env.channel, command, **options))


async def test_a_bloc_as_its_members_see_it(world: BotEnv) -> None:
    """Founded, joined by a button, edited, left, and looked at by everybody."""
    env, leader, avery, player = world, world.leader, world.staff("avery"), world.player
    about = "The **sea** is ours."
    dry = await said(env, leader, "bloc create", name="Gulf Pact", description=about, dry_run=True)
    assert "Only a preview" in dry
    assert "Texas has founded Gulf Pact and leads it." in await said(
        env, leader, "bloc create", name="Gulf Pact", description=about
    )
    asked = await leader.slash(env.channel, "bloc invite", bloc="gulf pact", nation="Dakota")
    assert labels(asked.response) == ["Accept", "Decline"]
    pressed = await leader.click(asked.response, label="Accept")
    assert "This invitation is for Dakota" in words_of(pressed)
    await env.restart()
    assert "Dakota has joined Gulf Pact." in words_of(await avery.click(asked.response, label="Accept"))
    assert labels(asked.response) == []
    assert rows(env, "SELECT nation_id, rank FROM bloc_members ORDER BY nation_id") == [
        (1, "leader"),
        (2, "member"),
    ]
    edited = await said(env, leader, "bloc edit", bloc="Gulf Pact", name="Lake Pact")
    assert "Name: Gulf Pact → Lake Pact" in edited
    listed = await player.slash(env.channel, "bloc list")
    assert "**Lake Pact**: Texas with Dakota" in words_of(listed)
    opened = await player.select(listed.response, values=[offered(listed.response)["Lake Pact"]])
    assert r"> The \*\*sea\*\* is ours." in words_of(opened)
    passed = await confirmed(env, leader, "bloc transfer", "Pass it on", bloc="Lake Pact", nation="Dakota")
    assert "Leader of Lake Pact: Texas → Dakota" in passed
    suggestions = await avery.autocomplete(env.channel, "bloc disband", "bloc", "lak")
    assert [one["name"] for one in suggestions] == ["Lake Pact"]
    assert await leader.autocomplete(env.channel, "bloc disband", "bloc", "lak") == []
    left = await confirmed(env, avery, "bloc leave", "Leave", bloc=suggestions[0]["value"])
    assert "Texas, its member of longest standing, leads it from now on." in left
    gone = await confirmed(env, leader, "bloc leave", "Leave", bloc="Lake Pact")
    assert "the bloc is disbanded" in gone
    assert "**Lake Pact**, disbanded" in await said(env, player, "bloc list", status="disbanded")


async def test_a_bloc_that_changed_since_it_was_shown_stays(world: BotEnv) -> None:
    """The question about it is answered too late: nothing is done, and it is said why."""
    env, leader, avery = world, world.leader, world.staff("avery")
    await said(env, leader, "bloc create", name="Old Pact")
    await said(env, leader, "bloc invite", bloc="Old Pact", nation="Dakota")
    asked = await leader.slash(env.channel, "bloc disband", bloc="Old Pact", reason="Over")
    await said(env, avery, "bloc answer", bloc="Old Pact", answer="accept")
    late = words_of(await leader.click(asked.response, label="Disband"))
    assert "has been changed since this was shown" in late
    dry = await said(env, leader, "bloc disband", bloc="Old Pact", dry_run=True)
    assert "Only a preview" in dry
    done = await confirmed(env, leader, "bloc disband", "Disband", bloc="Old Pact", reason="Over")
    assert "Old Pact is disbanded. Reason: Over" in done


async def test_an_invitation_expires_once(world: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job takes it back when its time has come, and an old message says so when it is pressed."""
    env, leader, avery, clock = world, world.leader, world.staff("avery"), Clock(monkeypatch)
    await said(env, leader, "bloc create", name="Late Pact")
    asked = await leader.slash(env.channel, "bloc invite", bloc="Late Pact", nation="Dakota")
    clock.forward(14 * 86_400 + 60)
    for _ in range(2):
        await InvitationExpiry(env.bot).run()
    told = "SELECT count(*) FROM notifications WHERE title = 'Invitation to Late Pact expired'"
    assert rows(env, told) == [(2,)]
    pressed = await avery.click(asked.response, label="Accept")
    assert "Dakota is not invited to Late Pact" in words_of(pressed)
    assert labels(asked.response) == []
    await confirmed(env, leader, "bloc leave", "Leave", bloc="Late Pact")


async def test_of_all_who_answer_at_once_one_does(world: BotEnv) -> None:
    """One outcome of an invitation, and of two that a nation has no room for both of, one."""
    env = world
    game_master = Context(actor=env.admin.id, discord_admin=True)
    numbers = [
        (await env.db.write(CreateNation(name=name, gdp=1, population=1), Context())).after.id
        for name in ("Iowa", "Utah", "Idaho", "Maine")
    ]
    guest, *leaders = numbers
    blocs = []
    for leader in leaders:
        made = await env.db.write(CreateBloc(bloc_name=f"Bloc {leader}", nation_id=leader), game_master)
        blocs.append(made.after.bloc.id)
        await env.db.write(InviteNation(bloc_id=blocs[-1], to_id=guest), game_master)

    def answer(bloc: int, accept: bool) -> Awaitable[BlocChange]:
        write = AnswerInvitation(bloc_id=bloc, accept=accept, nation_id=guest)
        return env.db.write(write, game_master)

    tries = [answer(blocs[0], accept) for accept in (True, False, True, False)]
    ended = await asyncio.gather(*tries, return_exceptions=True)
    lost = [end for end in ended if isinstance(end, Refusal)]
    assert (len(ended) - len(lost), len(lost)) == (1, 3), ended
    assert {end.rule for end in lost} in ({"bloc.answered"}, {"bloc.not_invited"})
    await env.db.write(CreateBloc(bloc_name="Own", nation_id=guest), game_master)
    inside = "SELECT count(*) FROM bloc_members WHERE nation_id = ? AND rank <> 'invited'"
    if rows(env, inside, guest) == [(2,)]:
        await env.db.write(LeaveBloc(bloc_id=blocs[0], nation_id=guest), game_master)
    ended = await asyncio.gather(*(answer(bloc, True) for bloc in blocs[1:]), return_exceptions=True)
    assert [end.rule for end in ended if isinstance(end, Refusal)] == ["bloc.two"], ended
    assert rows(env, inside, guest) == [(2,)]


async def test_bad_input_to_a_bloc_that_is_there(world: BotEnv) -> None:
    """A sentence that names the rule, and nothing written."""
    env, leader, admin = world, world.leader, world.admin
    await said(env, leader, "bloc create", name="Sea Pact")
    before = dump(env)
    pact = {"bloc": "Sea Pact"}
    for who, command, options, words in (
        (leader, "create", {"name": "SEA  pact"}, "There is a bloc called"),
        (leader, "edit", {**pact, "name": "Sea Pact"}, "Nothing to change"),
        (leader, "edit", pact, "Say what to change"),
        (leader, "edit", {**pact, "description": "x", "no_description": True}, "not both at once"),
        (leader, "invite", {**pact, "nation": "Atlantis"}, "is not a nation"),
        (leader, "invite", {**pact, "nation": "Texas"}, "is in Sea Pact already"),
        (leader, "kick", {**pact, "nation": "Atlantis"}, "is not a nation"),
        (leader, "kick", {**pact, "nation": "Texas"}, "leads Sea Pact"),
        (leader, "kick", {**pact, "nation": "Ohio"}, "neither in Sea Pact nor invited"),
        (leader, "transfer", {**pact, "nation": "Atlantis"}, "is not a nation"),
        (leader, "transfer", {**pact, "nation": "Ohio"}, "is not in Sea Pact"),
        (leader, "answer", {**pact, "answer": "accept"}, "accepted already and is in"),
        (admin, "answer", {**pact, "answer": "accept", "as_nation": "Atlantis"}, "is not a nation"),
        (admin, "leave", {**pact, "as_nation": "Atlantis"}, "is not a nation"),
        (admin, "leave", pact, "You hold no office"),
    ):
        assert words in await said(env, who, f"bloc {command}", **options), (command, options)
    assert dump(env) == before
