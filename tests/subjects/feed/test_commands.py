"""/feed as people use it, in one server."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.feed.writes.posting import NoteFeedPost, PackEvents, RefuseEvents
from modelus_bot.subjects.laws.writes.standing import SetLawReaders
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.places.jobs import PlacesJob
from tests.commands.acting import dump, labels, rows, words_of
from tests.conftest import BotEnv, open_bot
from tests.subjects.laws.law_cases import legislate

pytestmark = pytest.mark.asyncio(loop_scope="module")
COUNT = 11


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server in which nations were founded, and Utah has a law."""
    async with open_bot(tmp_path_factory.mktemp("feed")) as env:
        for number in range(COUNT):
            write = CreateNation(name=f"*Nation* {number}", gdp=1, population=1)
            await env.db.write(write, Context())
        await legislate(env)
        yield env


async def test_everybody_reads_what_happened(world: BotEnv) -> None:
    """The newest first, ten a page, names drawn as they are; the buttons work after a restart."""
    env = world
    shown = await env.player.slash(env.channel, "feed recent")
    said = words_of(shown)
    assert said.index("Utah enacted law 1: Rain Act") < said.index("Utah has a new president: Max")
    assert r"\*Nation\* 10 was founded" in said
    assert r"\*Nation\* 0 was founded" not in said
    assert shown.response.ephemeral
    assert labels(shown.response) == ["More"]
    await env.restart()
    turned = await env.player.click(shown.response, label="More")
    assert r"\*Nation\* 0 was founded" in words_of(turned)
    assert labels(turned.response) == ["Back"]


async def test_a_law_that_was_closed_is_read_of_by_its_own_people_only(world: BotEnv) -> None:
    """Its president goes on reading of it, a player does not; nor does the page they had open."""
    env = world
    first = await env.player.slash(env.channel, "feed recent")
    assert "Rain Act" in words_of(first)
    second = await env.player.click(first.response, label="More")
    ((law,),) = rows(env, "SELECT id FROM laws WHERE name = 'Rain Act'")
    author = Context(actor=env.manager.id)
    await env.db.write(SetLawReaders(law_id=law, is_public=False), author)
    assert rows(env, "SELECT count(*) FROM events WHERE kind = 'law.enacted'") == [(0,)]
    await env.db.write(SetLawReaders(law_id=law, is_public=True), author)
    assert "lets everybody read law 1" in words_of(await env.player.slash(env.channel, "feed recent"))
    await _as_posted(env)
    await env.db.write(SetLawReaders(law_id=law, is_public=False), author)
    assert "Rain Act" not in words_of(await env.player.slash(env.channel, "feed recent"))
    assert "Rain Act" not in words_of(await env.player.click(second.response, label="Back"))
    assert "Rain Act" in words_of(await env.manager.slash(env.channel, "feed recent"))
    assert "Rain Act" in words_of(await env.admin.slash(env.channel, "feed recent"))


async def _as_posted(env: BotEnv) -> None:
    while (post := await env.db.write(PackEvents(channel_id=900, since=0), Context())) is not None:
        await env.db.write(NoteFeedPost(ids=post.ids, message_id=901), Context())


async def test_where_it_is_posted_is_for_administrators(world: BotEnv) -> None:
    """Where, whether it works, what waits and how to change it; nobody else is told, nothing is written."""
    env = world
    before = dump(env)
    assert "Only administrators" in words_of(await env.manager.slash(env.channel, "feed channel"))
    assert "The feed has no channel" in words_of(await env.admin.slash(env.channel, "feed channel"))
    server = env.bot.settings.server.model_copy(update={"feed_channel_id": env.staff_channel.id})
    env.bot.settings = env.bot.settings.model_copy(update={"server": server})
    said = words_of(await env.admin.slash(env.channel, "feed channel"))
    assert f"Its channel is <#{env.staff_channel.id}>" in said
    assert dump(env) == before


async def test_what_discord_refuses_is_told_once(world: BotEnv) -> None:
    """However often it is looked; and that it can be used again is told, too."""
    env = world
    server = env.bot.settings.server.model_copy(update={"feed_channel_id": env.staff_channel.id})
    env.bot.settings = env.bot.settings.model_copy(update={"server": server})
    pack = PackEvents(channel_id=env.staff_channel.id, since=0)
    await env.db.write(CreateNation(name="Refused", gdp=1, population=1), Context())
    post = await env.db.write(pack, Context())
    assert post is not None
    await env.db.write(RefuseEvents(ids=post.ids, refusal="*Automation* says no"), Context())
    job = PlacesJob(env.bot)
    for _ in range(3):
        await job.run()
    assert [text for text in told(env) if "refuses what is to be posted" in text] == told(env)
    assert len(told(env)) == 1
    assert r"\*Automation\* says no" in told(env)[0]
    again = await env.db.write(pack, Context())
    assert again is not None
    await env.db.write(NoteFeedPost(ids=again.ids, message_id=5), Context())
    await job.run()
    assert told(env)[1:] == ["Every configured channel and role can be used."]


def told(env: BotEnv) -> list[str]:
    """Return what administrators are told of places."""
    protection = env.db.protection
    assert protection is not None
    protection.book.take(time.time())
    return [item.alert.text for item in protection.book.waiting if item.alert.kind.startswith("place")]
