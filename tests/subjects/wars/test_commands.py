"""/war as people use it, in one server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.nations.writes.founding import CreateNation
from tests.commands.acting import dump, labels, offered, words_of
from tests.conftest import BotEnv, open_bot
from tests.subjects.wars.war_cases import wage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server with two nations and their war."""
    async with open_bot(tmp_path_factory.mktemp("wars")) as env:
        await wage(env)
        yield env


async def said(env: BotEnv, who: Any, command: str, **options: Any) -> str:
    """Return what a command answers."""
    return words_of(await who.slash(env.channel, command, **options))


async def test_a_war_as_everybody_sees_it(world: BotEnv) -> None:
    """Administrators let it begin, change and end; everybody lists it, opens it, and reads it day by day."""
    env, admin, player = world, world.admin, world.player
    begun = await said(
        env, admin, "war start", name="Hill War", side_a="Ohio", side_b="iowa", description="About a hill."
    )
    assert "The war Hill War has begun." in begun
    assert "Casualties: 0 → 1,200" in await said(
        env, admin, "war update", war="Hill War", casualties=1200, note="An avalanche"
    )
    noted = await said(env, admin, "war update", war="Hill War", casualties=1200, note="Snow")
    assert "It is noted in what happened day by day." in noted
    await env.db.write(CreateNation(name="Utah", gdp=1, population=1), Context())
    joined = await said(env, admin, "war join", war="Hill War", nation="Utah", side="B")
    assert "Utah has joined the war (Side B)." in joined
    assert "Utah has left the war (Side B)." in await said(
        env, admin, "war leave", war="Hill War", nation="Utah"
    )
    listed = await player.slash(env.channel, "war list", status="active")
    assert "**Hill War** (goes on, day 1): Ohio against Iowa, Utah (left), 1,200" in words_of(listed)
    opened = await player.select(listed.response, values=[offered(listed.response)["Hill War"]])
    assert "About a hill." in words_of(opened)
    shown = await player.slash(env.channel, "war show", war="hill war")
    days = words_of(await player.click(shown.response, label="Day by day"))
    assert "It began" in days
    assert "1,200 casualties in all: An avalanche" in days
    suggestions = await admin.autocomplete(env.channel, "war end", "war", "hil")
    asked = await admin.slash(env.channel, "war end", war=suggestions[0]["value"], reason="A treaty")
    assert labels(asked.response) == ["End it", "Cancel"]
    assert "The war Hill War has ended." in words_of(await admin.click(asked.response, label="End it"))
    assert "A treaty" in await said(env, player, "war show", war="Hill War")


async def test_a_map_of_the_sides_of_a_war(world: BotEnv) -> None:
    """The newest that goes on, or one that is picked; suggested only where there is something to choose."""
    env, player = world, world.player
    shown = await player.slash(env.channel, "nation map", by="war", theme="light")
    assert [file.filename for file in shown.response.attachments] == ["map.png"]
    assert shown.response.embeds[0].image.url is not None
    assert "Map of the nations by side in “River War”" in words_of(shown)
    (picked,) = await player.autocomplete(env.channel, "nation map", "which", "river", by="war")
    assert picked["name"] == "River War"
    drawn = {"by": "war", "theme": "light"}
    chosen = await said(env, player, "nation map", **drawn, which=picked["value"])
    assert "A: Side A" in chosen
    assert chosen.index("Ohio") < chosen.index("B: Side B") < chosen.index("Iowa")
    assert "River War" in await said(env, player, "nation map", **drawn, which="river war")
    assert await player.autocomplete(env.channel, "nation map", "which", "river", by="gdp") == []


async def test_nations_are_suggested_where_they_fight(world: BotEnv) -> None:
    """One more after those that stand there; of a war that was chosen those who are in it."""
    env, admin = world, world.admin

    async def names(command: str, option: str, typed: str, **options: Any) -> list[str]:
        return [
            one["name"] for one in await admin.autocomplete(env.channel, command, option, typed, **options)
        ]

    assert await names("war start", "side_a", "ohi") == ["Ohio"]
    assert await names("war start", "side_b", "Ohio, i") == ["Ohio, Iowa"]
    assert await names("war leave", "nation", "", war="River War") == ["Ohio", "Iowa"]
    assert await names("war leave", "nation", "iow", war="nothing") == ["Iowa"]
    assert await env.player.autocomplete(env.channel, "war start", "side_a", "ohi") == []


async def test_bad_input_to_wars_that_are_there(world: BotEnv) -> None:
    """A sentence that names the rule, and nothing written."""
    env, admin = world, world.admin
    before = dump(env)
    sides = {"side_a": "Ohio", "side_b": "Iowa"}
    for command, options, words in (
        ("start", {"name": "River War", **sides}, "goes on already"),
        ("start", {"name": "W", "on": "someday", **sides}, "is not a day"),
        ("start", {"name": "W", "side_a": "Ohio", "side_b": "ohio"}, "on both sides"),
        ("join", {"war": "River War", "nation": "Ohio", "side": "A"}, "fights in this war already"),
        ("join", {"war": "River War", "nation": "Atlantis", "side": "A"}, "is not a nation"),
        ("leave", {"war": "River War", "nation": "Ohio"}, "the last one on its side"),
        ("leave", {"war": "River War", "nation": "Atlantis"}, "is not a nation"),
        ("update", {"war": "River War", "casualties": 0}, "Nothing to change"),
        ("end", {"war": "River War", "reason": "r", "on": "2026-01-01"}, "Give that day or a later one"),
    ):
        assert words in await said(env, admin, f"war {command}", **options), (command, options)
    assert dump(env) == before
