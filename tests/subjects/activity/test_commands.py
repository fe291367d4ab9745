"""/activity as people use it, and messages on their way from Discord into the file, in one server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from discord.utils import DISCORD_EPOCH

from modelus_bot.database.core.context import Context
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.activity.jobs import FLUSH_AT, ActivityFlush, InactivityCheck
from modelus_bot.subjects.activity.model import Count
from modelus_bot.subjects.activity.writes.counting import CountMessages
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from tests.commands.acting import dump, labels, rows, words_of
from tests.commands.away import bring_back, going_on, notice_absence, notice_return, take_away
from tests.conftest import BotEnv, open_bot
from tests.tuning import open_tuning

pytestmark = pytest.mark.asyncio(loop_scope="module")

COUNTS = "SELECT user_id, channel_id, messages FROM activity WHERE day = ? ORDER BY user_id, channel_id"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server in which the leader has been silent for three weeks, and others wrote daily."""
    async with open_bot(tmp_path_factory.mktemp("activity")) as env:
        today = today_of(env)
        since = Context(at=Context().at - 22 * 86_400)
        await env.db.write(CreateNation(name="Texas", gdp=1, population=1), since)
        for person, office in ((env.leader, "president"), (env.player, "vice_president")):
            give = GiveOffice(nation_id=1, user_id=person.id, username=person.name, office=office)
            await env.db.write(give, since)
        counts = [
            Count(env.channel.id, person, today - timedelta(days=back), 2 + back, 1_700_000_000)
            for back in range(1, 22)
            for person in (env.player.id, *range(2**50, 2**50 + 11))
        ]
        await env.db.write(CountMessages(counts=tuple(counts)), Context())
        yield env


def today_of(env: BotEnv) -> date:
    """Return today in the server's zone."""
    return Calendar(env.settings.server.timezone).day_of(Context().at)


def counted_today(env: BotEnv) -> list[tuple[Any, ...]]:
    """Return who is counted with how many messages where."""
    return [tuple(row) for row in rows(env, COUNTS, today_of(env).isoformat())]


async def said(env: BotEnv, who: Any, command: str, **options: Any) -> str:
    """Return what a command answers."""
    return words_of(await who.slash(env.channel, command, **options))


async def test_messages_of_people_are_counted_and_nothing_of_what_they_say(world: BotEnv) -> None:
    """Bots and changes of messages are none; a member who was not known becomes known by their name."""
    env, job = world, ActivityFlush(world.bot)
    robot = env.guild.add_member(env.simulation.create_user("robot", bot=True))
    secret = "what nobody may keep"
    message = await env.manager.send(env.channel, secret)
    await env.manager.send(env.channel, secret)
    await env.manager.edit(message, "changed")
    await env.manager.delete(message)
    await env.manager.send(env.staff_channel, secret)
    await robot.send(env.channel, secret)
    newcomer = env.guild.add_member(env.simulation.create_user("nina", global_name="Nina Newcomer"))
    await newcomer.send(env.channel, secret)
    await job.run()
    assert counted_today(env) == []
    await job.close()
    expected = [(env.manager.id, env.channel.id, 2), (env.manager.id, env.staff_channel.id, 1)]
    assert counted_today(env) == sorted([*expected, (newcomer.id, env.channel.id, 1)])
    assert rows(env, "SELECT username FROM users WHERE discord_id = ?", newcomer.id)[0][0] == "Nina Newcomer"
    assert secret not in str(dump(env))
    assert len(env.bot.cached_messages) == 0


async def test_what_is_a_message_of_a_member(world: BotEnv) -> None:
    """Messages and replies, by the name on the server; no bots, webhooks, joining, pinning."""
    env, at = world, 1_796_000_000
    event = {
        "id": str(((at * 1000 - DISCORD_EPOCH) << 22) + 7), "type": 0, "channel_id": "7", "content": "secret",
        "guild_id": str(env.guild.id), "author": {"id": "9", "username": "nina", "global_name": "Nina"},
        "member": {"nick": None},
    }  # fmt: skip
    robot = {"id": "9", "username": "nina", "bot": True}
    heard: list[tuple[int, int, str, int]] = []
    env.bot.messages.listen(lambda *told: heard.append(told))
    counted = ({}, {"type": 19}, {"member": {"nick": "Senator"}}, {"author": {"id": "9", "username": "nina"}})
    others = ({"author": robot}, {"webhook_id": "5"}, {"type": 7}, {"type": 6}, {"guild_id": "5"})
    for changed in (*counted, *others, {"guild_id": None}):
        env.bot.messages.created(event | changed)
    env.bot.messages.listen(None)
    env.bot.messages.created(event)
    assert heard == [(7, 9, name, at) for name in ("Nina", "Nina", "Senator", "nina")]


async def test_two_hundred_messages_do_not_wait_for_the_minute(world: BotEnv) -> None:
    """And a batch that arrives again, under its own number, counts once."""
    env, job = world, ActivityFlush(world.bot)
    before = sum(row[2] for row in counted_today(env))
    for number in range(FLUSH_AT):
        assert env.bot.messages.hear is not None
        env.bot.messages.hear(env.channel.id, env.player.id, "Paula", Context().at + number % 2)
    await job.run()
    assert sum(row[2] for row in counted_today(env)) - before == FLUSH_AT
    await job.run()
    await job.close()
    assert sum(row[2] for row in counted_today(env)) - before == FLUSH_AT
    batch = CountMessages(counts=(Count(env.channel.id, env.player.id, today_of(env), 5, Context().at),))
    for _ in range(2):
        await env.db.write(batch, Context(request_id="job:activity_flush:5"))
    assert sum(row[2] for row in counted_today(env)) - before == FLUSH_AT + 5


async def test_who_writes_the_most(world: BotEnv) -> None:
    """Paged, by days and channel."""
    env = world
    first = await env.manager.slash(env.channel, "activity top", days=21)
    assert "1. **" in words_of(first)
    second = words_of(await env.manager.click(first.response, label="More"))
    assert "11. **" in second
    assert "Nothing was counted" in await said(env, env.manager, "activity top", channel=env.duty_desk)


async def test_ones_own_numbers_and_those_of_others(world: BotEnv) -> None:
    """A picture where it is wanted; others' numbers are the staff's."""
    env, player = world, world.player
    own = await player.slash(env.channel, "activity member", days=3)
    assert "activity, last 3 days" in words_of(own)
    assert own.response.ephemeral
    assert labels(own.response) == []
    assert "Only staff can do this" in await said(env, player, "activity member", user=env.leader)
    other = await env.manager.slash(env.channel, "activity member", user=player, days=21, picture="dark")
    assert [file.filename for file in other.response.attachments] == ["activity.png"]


async def test_who_is_inactive_becomes_one_item(world: BotEnv) -> None:
    """Shown by days without making any, then made once, by hand and by the clock."""
    env = world
    looked = await said(env, env.manager, "activity inactive", days=10)
    assert "president of Texas: ⚠️ inactive, silent for 21 days (10 make inactive)" in looked
    assert rows(env, "SELECT * FROM inactivity_items") == []
    made = await said(env, env.manager, "activity inactive")
    assert "1 new item for whoever is on duty" in made
    assert "(item 1, pending)" in made
    await InactivityCheck(env.bot).run()
    again = await said(env, env.manager, "activity inactive", office="president")
    assert "new item" not in again
    assert len(rows(env, "SELECT * FROM triage_items")) == 1


async def test_leave_of_absence(world: BotEnv) -> None:
    """Said, seen by the staff, and ended."""
    env, leader = world, world.leader
    assert "is on leave" in await said(env, leader, "activity leave", to="in 9 days")
    assert "on leave until" in await said(env, env.manager, "activity inactive")
    assert "is back" in await said(env, leader, "activity leave")
    assert "no leave that could end" in await said(env, leader, "activity leave")
    assert "only set your own" in await said(env, leader, "activity leave", to="in 9 days", user=env.player)


async def test_while_the_database_is_away_counts_are_saved_for_later(world: BotEnv) -> None:
    """And are there once when it is back."""
    env = world
    with open_tuning():
        async with going_on(env) as db:
            job = ActivityFlush(env.bot)
            before = sum(row[2] for row in counted_today(env))
            path = env.settings.database.path
            take_away(path)
            await notice_absence(db)
            assert env.bot.messages.hear is not None
            for _ in range(FLUSH_AT):
                env.bot.messages.hear(env.channel.id, env.player.id, "Paula", Context().at)
            await job.run()
            bring_back(path)
            await notice_return(db)
            await job.close()
    assert sum(row[2] for row in counted_today(env)) - before == FLUSH_AT
