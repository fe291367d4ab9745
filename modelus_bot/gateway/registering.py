"""Which commands Discord knows: compared at each start, registered where people use them and nowhere else."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from loguru import logger

from modelus_bot.gateway.turned_away import Ending, TurnedAway
from modelus_bot.runtime.os_errors import in_words

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Registered", "differs", "invitation", "register", "register_once"]

Payload = dict[str, Any]

MISSING_ACCESS, UNKNOWN_GUILD = 50001, 10004
SERVERS_AT_MOST = 100
"""Servers whose left commands are looked for; this bot is meant for one."""
NEEDS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    manage_channels=True,
    manage_roles=True,
)
OF_ONE_SERVER = {"dm_permission", "contexts", "integration_types"}
"""What Discord leaves out of a server's own commands."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What was done: how many commands there are, whether they were sent, and where others were removed."""

    commands: int
    server: int | None
    sent: bool
    cleared: tuple[int | None, ...]
    """Servers from which commands were removed; None stands for everywhere."""


async def register(bot: ModelUsBot, record: Path | None, *, force: bool = False) -> Registered:
    """Let Discord know the bot's commands in its server, or everywhere without one, and only there.

    ``record`` is a file that remembers what was registered last. Raises ``TurnedAway`` when the bot is not
    in its server, and discord.py's errors.
    """
    home = bot.settings.server.guild_id
    wanted = [command.to_dict(bot.tree) for command in bot.tree.get_commands()]
    digest = _digest(bot.application_id, home, wanted)
    try:
        known = await _known(bot, home)
        sent = force or (record is not None and _recorded(record) != digest)
        sent = sent or differs(wanted, known, of_one_server=home is not None)
        if sent:
            await _send(bot, home, wanted)
    except (discord.Forbidden, discord.NotFound) as error:
        if home is not None and error.code in {MISSING_ACCESS, UNKNOWN_GUILD}:
            raise await _not_there(bot, home) from error
        raise
    if sent and record is not None:
        _record(record, digest)
    cleared = await _clear_elsewhere(bot, home)
    if sent or cleared:
        logger.bind(commands=len(wanted), server=home, sent=sent, cleared=cleared).info("commands_registered")
    return Registered(len(wanted), home, sent, cleared)


async def register_once(bot: ModelUsBot, token: str) -> Registered:
    """Log in, register whatever Discord knows already, and leave; raises ``TurnedAway``."""
    try:
        await bot.http.static_login(token)
        application: Any = await bot.http.application_info()
        bot._connection.application_id = int(application["id"])  # noqa: SLF001 - as Client.login does it
        return await register(bot, None, force=True)
    except discord.LoginFailure as error:
        raise TurnedAway(Ending.TOKEN) from error
    finally:
        await bot.close()


def differs(wanted: list[Payload], known: list[Payload], *, of_one_server: bool) -> bool:
    """Say whether Discord knows other commands than these; what it fills in by itself does not count."""
    ignored = OF_ONE_SERVER if of_one_server else set()
    by_name = {(item.get("type", 1), item["name"]): item for item in known}
    if len(known) != len(wanted) or set(by_name) != {(item.get("type", 1), item["name"]) for item in wanted}:
        return True
    for item in wanted:
        ours = _canonical({name: value for name, value in item.items() if name not in ignored})
        theirs = _canonical(by_name[item.get("type", 1), item["name"]])
        # What we leave to Discord it fills in as it likes, but not who may use a command.
        names = {name for name in item if item[name] is not None} - ignored | {"default_member_permissions"}
        if any(ours.get(name) != theirs.get(name) for name in names):
            return True
    return False


def _canonical(value: Any) -> Any:
    """Return a payload without what is the same as nothing, with numbers and texts written one way."""
    if isinstance(value, dict):
        parts = {name: _canonical(part) for name, part in value.items() if name not in _OF_DISCORD}
        return {name: part for name, part in parts.items() if part not in (None, "", False, [], {})}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    return str(float(value)) if isinstance(value, int | float) else _number(value)


def _number(text: str) -> str:
    """Write a text of digits as its number, since Discord returns permissions as texts."""
    return str(float(text)) if text.isdecimal() else text


_OF_DISCORD = {"id", "application_id", "version", "guild_id", "default_permission"}


async def _known(bot: ModelUsBot, server: int | None) -> list[Payload]:
    http, own = bot.http, _own(bot)
    found: Any = await (
        http.get_global_commands(own) if server is None else http.get_guild_commands(own, server)
    )
    return list(found)


async def _send(bot: ModelUsBot, server: int | None, commands: list[Payload]) -> None:
    http, own = bot.http, _own(bot)
    payload: Any = commands
    if server is None:
        await http.bulk_upsert_global_commands(own, payload)
    else:
        await http.bulk_upsert_guild_commands(own, server, payload)


async def _clear_elsewhere(bot: ModelUsBot, home: int | None) -> tuple[int | None, ...]:
    """Remove what was registered for another scope, so that nobody sees each command twice."""
    places: list[int | None] = [] if home is None else [None]
    places += [server for server in await _servers(bot) if server != home]
    cleared = []
    for place in places:
        try:
            if await _known(bot, place):
                await _send(bot, place, [])
                cleared.append(place)
        except discord.Forbidden as error:  # invited there without commands: none can be left
            logger.bind(server=place, error=str(error)).debug("commands_not_looked_for")
    return tuple(cleared)


async def _servers(bot: ModelUsBot) -> list[int]:
    return [guild.id async for guild in bot.fetch_guilds(limit=SERVERS_AT_MOST, with_counts=False)]


async def _not_there(bot: ModelUsBot, home: int) -> TurnedAway:
    """Say why the server's commands cannot be registered, and what to do."""
    link = invitation(bot, home)
    servers = await _servers(bot)
    if home in servers:
        return TurnedAway(
            Ending.NOT_INVITED,
            f"The bot may not have commands in its server. Invite it again with this link: {link}",
        )
    if not servers:
        return TurnedAway(
            Ending.NOT_INVITED,
            f"The bot is in no server yet. Invite it with this link, then start it again: {link}",
        )
    where = ", ".join(map(str, servers[:5]))
    return TurnedAway(
        Ending.WRONG_SERVER,
        f"The bot is not in the server {home} that server.guild_id names, but in {where}."
        f" Correct the setting, or invite the bot there: {link}",
    )


def invitation(bot: ModelUsBot, server: int) -> str:
    """Return the link with which somebody who manages a server lets the bot in."""
    return discord.utils.oauth_url(
        _own(bot), permissions=NEEDS, guild=discord.Object(server), scopes=("bot", "applications.commands")
    )


def _own(bot: ModelUsBot) -> int:
    number = bot.application_id
    if number is None:
        raise discord.app_commands.MissingApplicationID
    return number


def _digest(application: int | None, server: int | None, wanted: list[Payload]) -> str:
    text = json.dumps([application, server, wanted], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _recorded(path: Path) -> str | None:
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return None


def _record(path: Path, digest: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(digest + "\n")
    except OSError as error:
        logger.bind(path=str(path), error=in_words(error)).warning("command_record_not_written")
