"""/help with more commands than fit on a page, after a restart, and without a database."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from modelus_bot.subjects import DECLARED
from modelus_bot.ui.commands.needs import commands_of
from modelus_bot.ui.paginator import PageButton
from tests.commands.acting import card_words, chosen, labels, offered, words_of
from tests.conftest import BotEnv


def add_commands(env: BotEnv, count: int) -> list[str]:
    """Give a subject more commands, and return the names of all that it has then."""
    group: Any = env.bot.tree.get_command("cover")

    async def nothing(interaction: discord.Interaction) -> None:
        """Do nothing: only its place in the list matters."""

    for number in range(count):
        name = f"more{number:02}"
        group.add_command(app_commands.Command(name=name, description="One more", callback=nothing))
    found = [item.qualified_name for item in commands_of(env.bot.tree)]
    return [item for item in found if item.startswith("cover ")]


async def test_a_long_subject_comes_in_pages(rota_env: BotEnv) -> None:
    """Each has ten commands at most; after a restart with fewer, the last page there is is shown."""
    env = rota_env
    names = add_commands(env, 15)
    asked = await env.admin.slash(env.channel, "help")
    assert f"**Covers** ({len(names)})" in words_of(asked)
    await env.admin.select(asked.response, ["covers"])
    pages = [card_words(asked.response)]
    while "More" in labels(asked.response):
        await env.admin.click(asked.response, label="More")
        pages.append(card_words(asked.response))
    assert [page.count("`/cover ") for page in pages] == [10, 10, len(names) - 20]
    assert all("".join(pages).count(f"`/{name}`") == 1 for name in names)
    assert chosen(asked.response) == ["covers"]
    await env.restart()
    await env.admin.click(asked.response, label="Back")
    assert "`/cover request`" in card_words(asked.response)
    assert "Page" not in card_words(asked.response)
    await env.admin.select(asked.response, ["duty"])
    assert "`/oncall now`" in card_words(asked.response)


async def test_buttons_of_before_the_menu_go_on_working(rota_env: BotEnv) -> None:
    """A message of /help that has a button for each subject is turned into one with the menu."""
    env = rota_env
    channel: Any = env.bot.get_channel(env.channel.id)
    view = discord.ui.View(timeout=None)
    view.add_item(PageButton("help", "covers", 0, "Covers"))
    await channel.send("Help", view=view)
    await env.restart()
    await env.admin.click(env.channel.last_message, label="Covers")
    assert "`/cover take`" in card_words(env.channel.last_message)
    assert chosen(env.channel.last_message) == ["covers"]


async def test_the_menu_works_without_the_database(rota_env: BotEnv) -> None:
    """While nobody can say who may do what, every command is listed, and each page says why."""
    env = rota_env
    asked = await env.player.slash(env.channel, "help")
    assert "Maintenance" not in offered(asked.response)
    assert len(offered(asked.response)) < len(DECLARED.topics)
    await env.db.close()
    asked = await env.player.slash(env.channel, "help")
    assert offered(asked.response) == {topic.name: topic.key for topic in DECLARED.topics}
    add_commands(env, 15)
    for topic in DECLARED.topics:
        await env.player.select(asked.response, [topic.key])
        page = card_words(asked.response)
        assert f"What you can do here: {topic.name}" in page
        assert "every command is listed" in page
