"""The configured channels and roles: whether they are there, of the right kind, and open to the bot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import discord

from modelus_bot.config import ServerSettings

__all__ = [
    "Trouble",
    "look_at_places",
    "refused_feed",
    "trouble_with_duty_channel",
    "trouble_with_feed_channel",
    "trouble_with_role",
]

WRITING = ("view_channel", "send_messages", "embed_links")
OPENING_THREADS = ("view_channel", "create_private_threads", "send_messages_in_threads", "embed_links")
OF_TEXT = {"duty_channel_id", "triage_channel_id"}
"""Channels that have to be text channels: only those have a topic and private threads."""
KEEPING_FILES = ("attach_files", "read_message_history")
LOOKED_THROUGH = {"feed_channel_id"}
"""Channels in which the bot looks for what it may have sent before it was killed."""
WRITING_IN_THREAD = ("view_channel", "send_messages_in_threads", "embed_links")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one place: ``text`` says to administrators what to do, ``short`` to people what is.

    ``key`` names place and reason, so that the same trouble is told once.
    """

    key: str
    text: str
    short: str


async def look_at_places(
    client: discord.Client,
    guild: discord.Guild,
    me: discord.Member,
    server: ServerSettings,
    roles: Mapping[str, int | None],
    known: Mapping[int, Any],
) -> list[Trouble]:
    """Look at every configured place; ``roles`` are by discipline, ``known`` has the server's channels.

    Channels that are not known are asked for, since old threads are not. Raises discord.py's errors.
    """
    found = []
    for name, setting, number in _channels(server):
        if number is not None:
            channel = known.get(number) or await _asked(client, number)
            kind = discord.TextChannel if setting in OF_TEXT else discord.abc.Messageable
            found.append(_with_channel(name, setting, number, channel, me, kind))
    found += [trouble_with_role(guild, me, label, number) for label, number in roles.items()]
    return [item for item in found if item is not None]


def trouble_with_duty_channel(guild: discord.Guild | None, server: ServerSettings) -> Trouble | None:
    """Say what keeps the bot from the duty channel; None when nothing does, or none is configured."""
    name, setting, number = _channels(server)[0]
    if number is None or guild is None:
        return None
    return _with_channel(name, setting, number, guild.get_channel(number), guild.me, discord.TextChannel)


def trouble_with_feed_channel(guild: discord.Guild | None, server: ServerSettings) -> Trouble | None:
    """Say what keeps the bot from the feed's channel; None when nothing does, or Discord has to be asked."""
    name, setting, number = next(place for place in _channels(server) if place[1] == "feed_channel_id")
    channel = guild.get_channel_or_thread(number) if guild is not None and number is not None else None
    if guild is None or number is None or channel is None:
        return None
    return _with_channel(name, setting, number, channel, guild.me, discord.abc.Messageable)


def refused_feed(number: int, refusal: str) -> Trouble:
    """Say that Discord refuses what is to be posted in the feed's channel, and what it said."""
    return Trouble(
        f"feed_refused:{number}",
        f"Discord refuses what is to be posted in the feed's channel ({number}, server.feed_channel_id):"
        f" {refusal}. Look at the channel's permissions, or set another one.",
        "Discord refuses what is to be posted in the feed's channel.",
    )


def trouble_with_role(
    guild: discord.Guild, me: discord.Member, label: str, number: int | None
) -> Trouble | None:
    """Say why the role that follows a discipline cannot be passed on; None when it can, or none follows."""
    if number is None:
        return None
    role = guild.get_role(number)
    if role is None:
        why, mend = "does not exist any more", "Choose another one with /oncall role"
        shown = str(number)
    elif role.is_default() or role.managed:
        why, mend, shown = "cannot be given to members", "Choose another one with /oncall role", role.name
    elif not me.guild_permissions.manage_roles:
        why, shown = "cannot be given, because the bot may not manage roles", role.name
        mend = "Let the bot manage roles in the server's settings"
    elif role >= me.top_role:
        why, shown = "cannot be given, because it is above the bot's own", role.name
        mend = "Move the bot's own role above it in the server's settings"
    else:
        return None
    return Trouble(
        f"role:{label}:{number}:{why}",
        f"The role that follows {label} ({shown}) {why}. {mend}.",
        f"The Discord role for {label} {why}.",
    )


def _channels(server: ServerSettings) -> tuple[tuple[str, str, int | None], ...]:
    return (
        ("duty channel", "duty_channel_id", server.duty_channel_id),
        ("channel for alerts", "alert_channel_id", server.alert_channel_id),
        ("channel for the weekly post", "weekly_channel_id", server.weekly_channel_id),
        ("channel for reports", "triage_channel_id", server.triage_channel_id),
        ("channel for kept pictures", "archive_channel_id", server.archive_channel_id),
        ("feed's channel", "feed_channel_id", server.feed_channel_id),
    )


def _with_channel(
    name: str, setting: str, number: int, channel: Any, me: discord.Member, kind: type[Any]
) -> Trouble | None:
    if channel is None:
        why, mend = "does not exist any more", f"Set another one in server.{setting}"
    elif getattr(channel, "guild", None) != me.guild:
        why, mend = "is not in this server", f"Set another one in server.{setting}"
    elif not isinstance(channel, kind):
        why, mend = "is no text channel", f"Set a text channel in server.{setting}"
    else:
        wanted: tuple[str, ...] = WRITING_IN_THREAD if isinstance(channel, discord.Thread) else WRITING
        if setting == "triage_channel_id":
            wanted = OPENING_THREADS
        elif setting == "archive_channel_id":
            wanted = (*wanted, *KEEPING_FILES)
        elif setting in LOOKED_THROUGH:
            wanted = (*wanted, "read_message_history")
        can = channel.permissions_for(me)
        missing = [item for item in wanted if not getattr(can, item)]
        if not missing:
            return None
        why = "is not open to the bot"
        rights = ", ".join(item.replace("_", " ") for item in missing)
        mend = f"Give the bot these permissions there: {rights}"
    shown = f"#{channel.name}" if getattr(channel, "name", None) else str(number)
    return Trouble(
        f"{setting}:{number}:{why}",
        f"The {name} ({shown}, server.{setting}) {why}. {mend}.",
        f"The {name} {why}.",
    )


async def _asked(client: discord.Client, number: int) -> Any:
    try:
        return await client.fetch_channel(number)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        return None
