"""Feature: the feed: what happens is posted once, whatever Discord refuses and whenever the bot is killed."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
import pytest_asyncio

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.feed.jobs import FeedJob
from modelus_bot.subjects.feed.writes.posting import NoteFeedPost
from modelus_bot.subjects.laws.writes.standing import SetLawReaders
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation, RestoreNation
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from modelus_bot.subjects.places.jobs import PlacesJob
from modelus_bot.ui.sending import PAUSES
from tests.commands.acting import card_words, rows, words_of
from tests.conftest import BotEnv, open_bot
from tests.jobs.clock import Clock
from tests.subjects.laws.law_cases import legislate
from tests.tuning import Tuning

pytestmark = pytest.mark.asyncio(loop_scope="module")

MESSAGES = "/channels/*/messages"
HOSTILE = "[evil](https://evil.ex) @everyone"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server without a feed."""
    async with open_bot(tmp_path_factory.mktemp("feed")) as env:
        yield env


@pytest.fixture
def env(server: BotEnv) -> BotEnv:
    """Return it with its feed in #staff, and nothing told of yet."""
    with closing(sqlite3.connect(server.settings.database.path)) as connection, connection:
        connection.execute("DELETE FROM events")
    settle_in(server, server.staff_channel.id)
    return server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, server: BotEnv) -> Clock:
    """Return the jobs' clock."""
    clock = Clock(monkeypatch)
    clock.now = max(clock.now, int(server.simulation.now().timestamp()))
    return clock


def settle_in(env: BotEnv, channel: int | None, **more: Any) -> None:
    """Let the feed be posted in a channel."""
    server = env.bot.settings.server.model_copy(update={"feed_channel_id": channel, **more})
    env.bot.settings = env.bot.settings.model_copy(update={"server": server})
    env.settings = env.bot.settings


async def found(env: BotEnv, name: str, at: int) -> int:
    """Found a nation, which is told of."""
    write = CreateNation(name=name, gdp=1, population=1)
    return (await env.db.write(write, Context(at=at))).after.id


def posts(channel: Any, words: str) -> list[str]:
    """Return the messages of a channel that say something."""
    return [said for said in map(card_words, channel.history()) if words in said]


def fates(env: BotEnv) -> list[Any]:
    """Return what became of each event, the oldest first."""
    return [row[0] for row in rows(env, "SELECT fate FROM events ORDER BY id")]


async def pass_by(env: BotEnv, clock: Clock, seconds: int) -> None:
    """Let time pass, for the bot and for Discord."""
    clock.forward(seconds)
    await env.simulation.advance_time(seconds)


async def test_a_burst_is_one_message(env: BotEnv, clock: Clock) -> None:
    """Gathered for ten seconds; names are harmless, nobody is pinged, people have the name they have now."""
    job = FeedJob(env.bot)
    for name in ("Alpha", "Beta", "Gamma"):
        number = await found(env, name, clock.now)
    office = GiveOffice(nation_id=number, user_id=env.leader.id, username=HOSTILE, office="president")
    await env.db.write(office, Context(at=clock.now))
    await job.run()
    assert posts(env.staff_channel, "Alpha") == []
    await pass_by(env, clock, 10)
    for _ in range(3):
        await job.run()
    (post,) = posts(env.staff_channel, "Alpha was founded")
    assert post.index("Alpha was founded") < post.index("Beta was founded") < post.index("Gamma was founded")
    assert r"Gamma has a new president: \[evil\](https\://evil\.ex)" in post
    assert fates(env) == ["posted"] * 4
    stored = env.staff_channel.history()[-1]
    assert not stored.mentions
    assert "@everyone" not in post


async def test_what_is_taken_back_in_time_is_never_posted(env: BotEnv, clock: Clock) -> None:
    """Archived and restored within seconds: nothing; restored afterwards, that is told, too."""
    job = FeedJob(env.bot)
    number = await found(env, "Delta", clock.now)
    await pass_by(env, clock, 10)
    await job.run()
    await env.db.write(ArchiveNation(nation_id=number), Context(at=clock.now))
    await env.db.write(RestoreNation(nation_id=number), Context(at=clock.now))
    await pass_by(env, clock, 10)
    await job.run()
    assert posts(env.staff_channel, "Delta was archived") == []
    await env.db.write(ArchiveNation(nation_id=number), Context(at=clock.now))
    await pass_by(env, clock, 10)
    await job.run()
    await env.db.write(RestoreNation(nation_id=number), Context(at=clock.now))
    await pass_by(env, clock, 10)
    await job.run()
    assert len(posts(env.staff_channel, "Delta was archived")) == 1
    assert len(posts(env.staff_channel, "Delta is back")) == 1


@pytest.mark.parametrize("sent", [True, False])
async def test_killed_between_message_and_note(
    env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    """What is in the channel is found by its foot and noted; what is not is sent."""
    name = f"Omega {sent}"
    await found(env, name, clock.now)
    await pass_by(env, clock, 10)

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as here:
        here.setattr(FeedJob, "_note" if sent else "_send", killed)
        with pytest.raises(KeyboardInterrupt):
            await FeedJob(env.bot).run()
    assert len(posts(env.staff_channel, name)) == sent
    assert rows(env, "SELECT count(packed_at) FROM events") == [(1,)]
    await env.manager.send(env.staff_channel, "Event 1")
    await env.restart()
    settle_in(env, env.staff_channel.id)
    await pass_by(env, clock, 1800)
    for _ in range(2):
        await FeedJob(env.bot).run()
    assert len(posts(env.staff_channel, name)) == 1
    assert fates(env) == ["posted"]


async def test_what_is_on_its_way_leaves_for_the_channel_that_is_set(
    env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never sent to the old channel, which was looked through, it is posted in the new one, once."""
    await found(env, "Moved", clock.now)
    await pass_by(env, clock, 10)

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as here:
        here.setattr(FeedJob, "_send", killed)
        with pytest.raises(KeyboardInterrupt):
            await FeedJob(env.bot).run()
    settle_in(env, env.duty_desk.id)
    job = FeedJob(env.bot)
    await job.run()
    await job.run()
    assert posts(env.staff_channel, "Moved was") == []
    assert len(posts(env.duty_desk, "Moved was")) == 1


async def test_a_law_that_is_closed_before_it_is_sent(
    env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a message that was packed and never sent the rest is posted, and nothing of the law."""
    await legislate(env)

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as here:
        here.setattr(FeedJob, "_send", killed)
        await pass_by(env, clock, 10)
        with pytest.raises(KeyboardInterrupt):
            await FeedJob(env.bot).run()
    ((law,),) = rows(env, "SELECT id FROM laws")
    await env.db.write(SetLawReaders(law_id=law, is_public=False), Context(actor=env.manager.id))
    job = FeedJob(env.bot)
    for _ in range(3):
        await job.run()
    assert len(posts(env.staff_channel, "Utah was founded")) == 1
    assert posts(env.staff_channel, "Rain Act") == []


@pytest.mark.parametrize("status", [500, 503])
async def test_what_passes_is_tried_again(env: BotEnv, clock: Clock, tuning: Tuning, status: int) -> None:
    """A fault of Discord's, again and again: there once in the end."""
    tuning(PAUSES.at((0.01, 0.01)))
    job, name = FeedJob(env.bot), f"Patience {status}"
    await found(env, name, clock.now)
    await pass_by(env, clock, 10)
    env.simulation.inject_error("POST", MESSAGES, status=status, message="no", times=4)
    for _ in range(4):
        await job.run()
        await pass_by(env, clock, 20)
    assert len(posts(env.staff_channel, name)) == 1


async def test_a_channel_that_refuses(env: BotEnv, clock: Clock) -> None:
    """Told to administrators once; nothing is lost, nothing old floods it when it is set right."""
    job, places = FeedJob(env.bot), PlacesJob(env.bot)
    env.simulation.inject_error("POST", MESSAGES, status=403, message="Automation says no", times=1)
    await found(env, "Old", clock.now)
    await pass_by(env, clock, 10)
    await job.run()
    assert posts(env.staff_channel, "Old was") == []
    asked = await env.admin.slash(env.channel, "feed channel")
    assert "The feed cannot be posted" in words_of(asked)
    assert "Automation says no" in words_of(asked)
    assert rows(env, "SELECT refusal IS NOT NULL, packed_at FROM events") == [(1, None)]
    assert places is not None
    await job.run()
    assert fates(env) == [None]
    await pass_by(env, clock, 25 * 3600)
    await found(env, "New", clock.now)
    await pass_by(env, clock, 10)
    await job.run()
    await job.run()
    assert posts(env.staff_channel, "Old was") == []
    assert len(posts(env.staff_channel, "New was")) == 1
    assert fates(env) == ["too_old", "posted"]
    assert "The feed is posted" in words_of(await env.admin.slash(env.channel, "feed channel"))


async def test_a_channel_that_is_not_open(env: BotEnv, clock: Clock) -> None:
    """Nothing is tried where it can be seen that it would be refused; another channel counts at once."""
    job = FeedJob(env.bot)
    settle_in(env, 12345)
    await found(env, "Elsewhere", clock.now)
    await pass_by(env, clock, 10)
    await job.run()
    assert rows(env, "SELECT refusal, packed_at FROM events") == [
        ("404 Not Found (error code: 10003): Unknown Channel", None)
    ]
    settle_in(env, env.staff_channel.id)
    await job.run()
    assert len(posts(env.staff_channel, "Elsewhere was")) == 1


async def test_content_that_discord_does_not_take_holds_up_nothing(env: BotEnv, clock: Clock) -> None:
    """It is given up, stays in the list, and what follows is posted."""
    job = FeedJob(env.bot)
    env.simulation.inject_error("POST", MESSAGES, status=400, message="Invalid Form Body", times=1)
    await found(env, "Bad", clock.now)
    await pass_by(env, clock, 10)
    await job.run()
    await found(env, "Good", clock.now)
    await pass_by(env, clock, 10)
    await job.run()
    assert fates(env) == ["refused", "posted"]
    assert "Bad was founded" in words_of(await env.player.slash(env.channel, "feed recent"))


async def test_a_channel_that_cannot_be_looked_through(
    env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may be there already is not posted again, and holds up nothing."""
    await found(env, "Unclear", clock.now)
    await pass_by(env, clock, 10)

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as here:
        here.setattr(FeedJob, "_note", killed)
        with pytest.raises(KeyboardInterrupt):
            await FeedJob(env.bot).run()
    env.simulation.inject_error("GET", MESSAGES, status=403, message="Missing Access", times=1)
    job = FeedJob(env.bot)
    await job.run()
    assert fates(env) == ["unclear"]
    await found(env, "Next", clock.now)
    await pass_by(env, clock, 10)
    await job.run()
    assert fates(env) == ["unclear", "posted"]
    assert len(posts(env.staff_channel, "Unclear was")) == 1
    assert await env.db.write(NoteFeedPost(ids=(1,), message_id=5), Context()) == 0


async def test_without_a_channel_nothing_is_posted(env: BotEnv, clock: Clock) -> None:
    """What happens meanwhile waits, and is posted when a channel is set, unless it is too old by then."""
    settle_in(env, None, feed_hours=1)
    job = FeedJob(env.bot)
    await found(env, "Long ago", clock.now)
    await pass_by(env, clock, 3000)
    await found(env, "Lately", clock.now)
    await pass_by(env, clock, 1000)
    await job.run()
    assert fates(env) == [None, None]
    assert "The feed has no channel" in words_of(await env.admin.slash(env.channel, "feed channel"))
    settle_in(env, env.staff_channel.id)
    await job.run()
    assert fates(env) == ["too_old", "posted"]
