"""/treaty as people use it, in one server; and two who answer at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from modelus_bot.database.core.context import Context
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from modelus_bot.subjects.notices.jobs.outbox import Outbox
from modelus_bot.subjects.treaties.jobs import TreatyExpiry
from modelus_bot.subjects.treaties.writes.answering import AnswerTreaty, WithdrawTreaty
from modelus_bot.subjects.treaties.writes.proposing import ProposeTreaty
from tests.commands.acting import card_words, confirmed, dump, labels, offered, rows, words_of
from tests.conftest import BotEnv, open_bot
from tests.daily_size import FULL
from tests.jobs.clock import Clock

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUNDS = 100 if FULL else 8


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server where Lee leads Texas with Bo, Avery leads Dakota, and nobody leads Ohio."""
    async with open_bot(tmp_path_factory.mktemp("treaties")) as env:
        for name in ("Texas", "Dakota", "Ohio"):
            await env.db.write(CreateNation(name=name, gdp=1, population=1), Context())
        for person, nation, office in (
            (env.leader, 1, "president"),
            (env.staff("bo"), 1, "vice_president"),
            (env.staff("avery"), 2, "president"),
        ):
            give = GiveOffice(nation_id=nation, user_id=person.id, username=person.name, office=office)
            await env.db.write(give, Context())
        yield env


async def said(env: BotEnv, who: Any, command: str, **options: Any) -> str:
    """Return what a command answers."""
    return words_of(await who.slash(env.channel, command, **options))


async def send_notices(env: BotEnv) -> None:
    """Send what waits."""
    for _ in range(5):
        await Outbox(env.bot).run()


async def test_a_treaty_as_people_see_it(world: BotEnv) -> None:
    """Proposed in public, accepted by a button after a restart, listed, and ended after a question."""
    env, leader, avery, player = world, world.leader, world.staff("avery"), world.player
    offer = {"nation": "Dakota", "kind": "alliance", "terms": "We **stand** together."}
    assert "Only a preview" in await said(env, leader, "treaty propose", dry_run=True, **offer)
    asked = await leader.slash(env.channel, "treaty propose", **offer)
    assert "Texas proposes an alliance to Dakota." in words_of(asked)
    assert r"> We \*\*stand\*\* together." in words_of(asked)
    assert labels(asked.response) == ["Accept", "Decline", "Withdraw"]
    assert "has no part" not in words_of(asked)
    for who, words in (
        (player, "You hold no office"),
        (leader, "the answer is Dakota's"),
        (env.staff("bo"), "Only the president of Texas"),
        (env.admin, "You hold no office"),
    ):
        assert words in words_of(await who.click(asked.response, label="Accept"))
    await env.restart()
    accepted = await avery.click(asked.response, label="Accept")
    assert "Dakota accepted: the alliance is in force." in words_of(accepted)
    assert labels(asked.response) == []
    listed = await player.slash(env.channel, "treaty list", nation="Texas")
    assert "Alliance: Texas and Dakota, for less than a day" in words_of(listed)
    opened = await player.select(listed.response, values=[offered(listed.response)["Texas and Dakota"]])
    assert "**Status:** In force since" in words_of(opened)
    picks = await leader.autocomplete(env.channel, "treaty end", "treaty", "dak")
    ended = await confirmed(env, leader, "treaty end", "End it", treaty=picks[0]["value"], reason="A dam")
    assert "The alliance has ended." in ended
    assert "**Reason:** A dam" in ended
    assert "lasted less than a day" in await said(env, player, "treaty list", status="ended")


async def test_the_picture_is_shown_to_everybody(world: BotEnv) -> None:
    """With the words for those who cannot see it; of a nation that has nothing it is said."""
    env, player = world, world.player
    await said(env, world.admin, "treaty propose", nation="Ohio", kind="defense", as_nation="Texas")
    number = rows(env, "SELECT max(id) FROM treaties")[0][0]
    await said(env, world.admin, "treaty answer", treaty=str(number), answer="accept", as_nation="Ohio")
    shown = await player.slash(env.channel, "treaty picture", theme="light")
    assert "Defense pact: 1" in words_of(shown)
    assert shown.response is not None
    (picture,) = shown.response.attachments
    assert picture.filename == "alliances.png"
    assert picture.description is not None
    assert "Defense pact: Texas and Ohio." in picture.description
    assert "No treaty in force" in await said(env, player, "treaty picture", nation="Dakota")
    assert "Treaties: Defense pact: Ohio" in await said(env, player, "nation show", nation="Texas")


async def test_what_the_other_side_proposed_is_offered_instead(world: BotEnv) -> None:
    """Proposing it back shows their proposal with its buttons, and pressing one is all it takes."""
    env, leader, avery = world, world.leader, world.staff("avery")
    await said(env, avery, "treaty propose", nation="Texas", kind="trade")
    back = await leader.slash(env.channel, "treaty propose", nation="Dakota", kind="trade")
    assert "Dakota proposed the same" in words_of(back)
    assert labels(back.response) == ["Accept", "Decline"]
    assert "the trade agreement is in force" in words_of(await leader.click(back.response, label="Accept"))


async def test_the_other_sides_leaders_are_told_with_buttons(world: BotEnv) -> None:
    """Their president can press them in the direct message; an old copy elsewhere says what was answered."""
    env, leader, avery = world, world.leader, world.staff("avery")
    await send_notices(env)
    here = await avery.slash(env.channel, "treaty propose", nation="Texas", kind="defense")
    await send_notices(env)
    told, deputys = (person.user.dm_channel.history()[-1] for person in (leader, env.staff("bo")))
    assert labels(told) == ["Accept", "Decline"]
    assert labels(deputys) == []
    assert "Dakota proposes a defense pact" in card_words(told)
    assert "the defense pact" in words_of(await leader.user.click(told, label="Decline"))
    late = await avery.click(here.response, label="Withdraw")
    assert "Texas declined this proposal" in words_of(late)
    assert labels(here.response) == []


async def test_a_proposal_expires_once(world: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """After any time without a run it is closed by the first one; both sides read it once."""
    env, leader, clock = world, world.leader, Clock(monkeypatch)
    asked = await leader.slash(env.channel, "treaty propose", nation="Dakota", kind="non_aggression")
    clock.forward(14 * 86_400 - 60)
    await TreatyExpiry(env.bot).run()
    pending = "SELECT count(*) FROM treaties WHERE kind = 'non_aggression' AND status = 'pending'"
    assert rows(env, pending) == [(1,)]
    clock.forward(90 * 86_400)
    for _ in range(2):
        await TreatyExpiry(env.bot).run()
    assert rows(env, pending) == [(0,)]
    told = "SELECT count(*) FROM notifications WHERE title = 'A non-aggression pact was not answered'"
    assert rows(env, told) == [(3,)]
    pressed = await leader.click(asked.response, label="Withdraw")
    assert "This proposal expired" in words_of(pressed)


async def test_of_all_who_answer_at_once_one_does(world: BotEnv) -> None:
    """President, administrator and the other side's withdrawal: one outcome, everybody else reads which."""
    env = world
    game_master = Context(actor=env.admin.id, discord_admin=True)
    for _ in range(ROUNDS):
        offer = ProposeTreaty(to_id=2, treaty_kind="alliance", nation_id=1)
        number = (await env.db.write(offer, game_master)).after.id
        tries = [
            env.db.write(AnswerTreaty(treaty_id=number, accept=True), Context(actor=env.staff("avery").id)),
            env.db.write(AnswerTreaty(treaty_id=number, accept=False), Context(actor=env.staff("avery").id)),
            env.db.write(AnswerTreaty(treaty_id=number, accept=False, nation_id=2), game_master),
            env.db.write(WithdrawTreaty(treaty_id=number), Context(actor=env.leader.id)),
        ]
        ended = await asyncio.gather(*tries, return_exceptions=True)
        won = [end for end in ended if not isinstance(end, BaseException)]
        lost = [end for end in ended if isinstance(end, InvalidInput)]
        assert (len(won), len(lost)) == (1, 3), ended
        (kept,) = rows(env, "SELECT status, version FROM treaties WHERE id = ?", number)
        assert kept == (won[0].after.status, 2)
        word = {"active": "accepted", "declined": "declined", "withdrawn": "withdrew"}[kept[0]]
        assert all(f" {word} this proposal <t:" in str(end) for end in lost)
        if kept[0] == "active":
            await said(env, env.leader, "treaty end", treaty=str(number), dry_run=True)
            await confirmed(env, env.leader, "treaty end", "End it", treaty=str(number))


async def test_two_presses_of_one_message_at_once(world: BotEnv) -> None:
    """Whoever was first is kept, and the other reads it."""
    env = world
    asked = await env.leader.slash(env.channel, "treaty propose", nation="Dakota", kind="defense")
    presses = await env.press_at_once(
        asked.response, (env.staff("avery"), "Accept"), (env.leader, "Withdraw")
    )
    told = [words_of(press) for press in presses]
    (status,) = rows(env, "SELECT status FROM treaties WHERE kind = 'defense' ORDER BY id DESC LIMIT 1")[0]
    assert status in {"active", "withdrawn"}
    assert any("so there is nothing left to answer" in words for words in told), told


async def test_bad_input_changes_nothing(world: BotEnv) -> None:
    """A sentence that names the rule."""
    env, leader = world, world.leader
    before = dump(env)
    for command, options, words in (
        ("answer", {"treaty": "1", "answer": "accept"}, "proposed this itself"),
        ("withdraw", {"treaty": "1"}, "so there is nothing left to answer"),
        ("end", {"treaty": "1"}, "so there is nothing to end"),
        ("end", {"treaty": "0"}, "is not a treaty"),
    ):
        assert words in await said(env, leader, f"treaty {command}", **options), (command, options)
    assert dump(env) == before
