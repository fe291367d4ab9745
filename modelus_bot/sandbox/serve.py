# ruff: noqa: SLF001
"""Start everything of the sandbox in order, and close it in reverse."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import discord
import simcord
from simcord.preview import _markdown

from modelus_bot.app import ModelUsBot, running, spare_collector, stop_on_signals
from modelus_bot.config import Settings
from modelus_bot.sandbox.first_steps import FirstSteps
from modelus_bot.sandbox.page import SandboxPage
from modelus_bot.sandbox.rooms import Room, Rooms
from modelus_bot.sandbox.secret import Secret
from modelus_bot.sandbox.seed import sample_names, seed
from modelus_bot.sandbox.world import World, build_world, leave_errors_to_the_bot

__all__ = ["serve"]

_SETTLE_SECONDS = 30.0
_OF_THE_SANDBOX = ("server.guild_id", "server.duty_channel_id")
_WELCOME = (
    "Welcome to the sandbox. This is the real bot with a real database file; only Discord around it is "
    "simulated.\nType `/` to see its commands, or begin with one of the buttons below. **Viewing as**, "
    "above, lets you look through another person's eyes: players, staff and managers may do different things."
)


async def serve(settings: Settings, announce: Callable[[str], None], *, config: Path | None = None) -> None:
    """Run the bot inside a simulated Discord until a signal asks to stop; raises ``PortInUse``."""
    _draw_mentions_in_embeds()
    stopping = asyncio.Event()
    with stop_on_signals(stopping.set):
        async with (
            running(settings, database=settings.sandbox.path, config=config, fixed=_OF_THE_SANDBOX) as app,
            simcord.run(app.bot, check_errors=False, settle_timeout=_SETTLE_SECONDS) as env,
        ):
            world = await _furnish(env, app.bot)
            seeded = await seed(app.db, world, settings)
            async with Rooms(
                env, Secret.kept_beside(settings.sandbox.path), settings.server.timezone
            ) as rooms:
                first = await _open_rooms(rooms, world)
                async with SandboxPage(rooms, settings.sandbox.host, settings.sandbox.port) as page:
                    spare_collector()
                    announce(f"Sandbox: {page.address_of(first)}")
                    announce(_advice(settings, seeded=seeded))
                    await stopping.wait()


async def _furnish(env: simcord.Env, bot: ModelUsBot) -> World:
    """Make the server, tell the bot where it is, and set the simulated clock to the real time."""
    world = build_world(env, sample_names())
    bot.move_to(
        world.guild.id,
        world.duty_desk.id,
        world.staff.id,
        archive_channel_id=world.staff.id,
        feed_channel_id=world.news.id,
    )
    leave_errors_to_the_bot(bot, bot.error_handler.on_tree_error)
    await env.advance_time(max(0.0, time.time() - env.now().timestamp()))
    if bot.user is not None:
        await bot.user.edit(username="Model US Bot")
    channel = bot.get_channel(world.general.id)
    if isinstance(channel, discord.TextChannel):
        await channel.send(_WELCOME, view=FirstSteps(bot))
    await env.settle()
    return world


async def _open_rooms(rooms: Rooms, world: World) -> Room:
    first = await rooms.open("general", "channel", world.general, world.everybody)
    await rooms.open("staff", "channel", world.staff, world.insiders)
    await rooms.open("duty-desk", "channel", world.duty_desk, world.insiders)
    await rooms.open("news", "channel", world.news, world.everybody)
    for person in world.everybody:
        await rooms.open("Model US Bot", "direct", person.user.dm_channel, [person.user])
    return first


def _advice(settings: Settings, *, seeded: bool) -> str:
    data = "sample data was put in" if seeded else "your data from last time is there"
    return (
        f"Open it in a browser and type / to use the bot; the database is {settings.sandbox.path} ({data}). "
        "Stop with Ctrl+C."
    )


def _draw_mentions_in_embeds() -> None:
    """Discord shows names for mentions in an embed's text and fields; SimCord 3.2.1 shows numbers."""
    for field in ("embed_description", "embed_field_value"):
        _markdown._FIELD_POLICIES[field].update(mentions=True, commands=True)
