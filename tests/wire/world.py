"""A Discord of our own on loopback, over which the whole bot runs unmodified, as users run it.

A test reads like what people do::

    async with World() as discord, discord.bot(tmp_path) as bot:
        answer = await discord.command("oncall now", by=discord.server.owner)
        assert "Nobody" in answer.text  # all that the person reads in the end
        days = {"start": "2026-11-02", "end": "2026-11-16"}
        answer = await discord.command("sprint add", {"name": "S1", **days})
        answer = await discord.press(answer.message, "Add")

``discord.server`` is what is there: ``add_person``, ``add_role``, ``add_channel``, ``owner``, ``general``,
``duty``, ``alerts``, ``oncall_role``, ``invited``, ``messages``, ``closed_to_direct``; ids are texts.
``discord.gateway`` has what Discord does with connections: ``drop``, ``close(4000)``, ``reconnect``,
``invalidate``, ``forget``, ``silence``, ``refuse_with``, ``close_identify``. ``discord.faults`` has what goes
wrong with requests::

    discord.faults.add(r"POST /webhooks/", "drop", when="after")  # done, but the answer is lost
    discord.faults.add(r"POST /channels/", 429, retry_after=2.0, times=5)
    discord.faults.add(r"POST .*/callback", "hang", seconds=10)
    discord.faults.limit_like_discord()

``discord.go_away()`` and ``discord.come_back()`` take Discord from the network and return it.
``discord.rest`` counts what was asked (``asked``, ``log``) and can be slow (``latency``). Nobody needs to
wait for an answer: ``ask`` and ``ask_press`` return at once, and ``one.settled(seconds)`` waits later.
``thinking``, ``answered``, ``callbacks`` and ``posted`` tell what a person saw. ``bot`` is a ``BotProcess``:
``start``, ``stop``, ``kill``, ``ended``, ``output``, ``events``, ``rows``, ``health``, ``command_line``.

Every payload is checked against the limits that Discord documents, every request against the routes that
are known here; the end of a World fails for each violation, so that every test over the wire is one of
payloads, too.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.wire.faults import Faults
from tests.wire.gateway import Gateway
from tests.wire.interactions import (
    COMMAND,
    COMPONENT,
    FORM,
    SUGGEST,
    Interaction,
    Interactions,
    labels,
    words,
)
from tests.wire.process import BotProcess, free_port, until
from tests.wire.rest import Rest
from tests.wire.server import Payload, Server

__all__ = ["TOKEN", "World"]

TOKEN = "token-of-the-wire"


class World:
    """The stand-in; ``async with`` listens. ``heartbeat`` is the seconds between two heartbeats."""

    def __init__(self, *, heartbeat: float = 41.25, away: bool = False) -> None:
        """Build it; ``away`` begins without listening."""
        self.server = Server()
        self.faults = Faults()
        self.gateway = Gateway(self.server, TOKEN, heartbeat=heartbeat)
        self.interactions = Interactions(self.server)
        self.rest = Rest(self.server, self.interactions, self.faults, self.gateway.emit)
        self.rest.token = TOKEN
        self.port = free_port()
        self.address = self.server.address = f"http://127.0.0.1:{self.port}"
        self.gateway.address = f"ws://127.0.0.1:{self.port}/gateway/"
        self._away = away
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        if not self._away:
            await self.come_back()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stop listening; raises ``AssertionError`` for payloads that Discord would have refused."""
        await self.go_away()
        if kind is None:
            self.judge()

    def judge(self) -> None:
        """Raise ``AssertionError`` for payloads that Discord would have refused."""
        assert not self.server.violations, "\n".join(self.server.violations)

    async def come_back(self) -> None:
        """Listen at the address, where nobody listened."""
        app = web.Application(client_max_size=30 * 2**20)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_route("*", "/api/v10/{path:.*}", self.rest.serve)
        app.router.add_get("/cdn/attachments/{channel}/{file}/{name}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def go_away(self) -> None:
        """Drop every connection and refuse new ones."""
        if self._runner is not None:
            self.gateway.drop()
            await self._runner.cleanup()
            self._runner = None

    async def reset_token(self, token: str) -> None:
        """Take another token from now on, and end the sessions of the old one."""
        self.gateway.token = self.rest.token = token
        await self.gateway.close(4004)

    @asynccontextmanager
    async def bot(
        self,
        folder: Path,
        settings: dict[str, dict[str, Any]] | None = None,
        *,
        environment: dict[str, str] | None = None,
        token: str = TOKEN,
        wait: bool = True,
    ) -> AsyncIterator[BotProcess]:
        """Run the bot in a folder, and stop it if it still runs then.

        ``settings`` are sections of config.toml beside those that name this server and its channels.
        ``wait`` True waits until it is connected and its commands are registered.
        """
        server = {
            "guild_id": int(self.server.id),
            "duty_channel_id": int(self.server.duty),
            "alert_channel_id": int(self.server.alerts),
        }
        sections = {**(settings or {}), "server": server | (settings or {}).get("server", {})}
        sections["server"] = {name: value for name, value in sections["server"].items() if value is not None}
        bot = BotProcess(folder, self.address, sections, {"DISCORD_TOKEN": token} | (environment or {}))
        bot.start()
        try:
            if wait:
                await self.connected(bot)
            yield bot
            if bot.running:
                await bot.stop()
        finally:
            bot.kill()

    async def connected(self, bot: BotProcess, seconds: float = 40.0) -> None:
        """Wait until the bot has a session and commands."""

        def there() -> bool:
            assert bot.running, f"the bot ended\n{bot.output[-4000:]}"
            return self.gateway.connected and any(self.server.commands.values())

        await until(there, "a session", seconds)

    # what people do

    async def begin(
        self, kind: int, fill: Callable[[Interaction], None], *, deliveries: int = 1, **rest: Any
    ) -> Interaction:
        """Send an interaction without waiting for its answer."""
        one = Interaction(kind, **rest)
        fill(one)
        one.at = time.monotonic()
        for _ in range(deliveries):
            await self.gateway.emit("INTERACTION_CREATE", one.event)
        return one

    async def ask(self, name: str, options: dict[str, Any] | None = None, **rest: Any) -> Interaction:
        """Send a command as ``command`` does, without waiting for its answer."""
        return await self.begin(
            COMMAND, lambda item: self.interactions.of_command(name, options or {}, item), **self._who(rest)
        )

    async def command(
        self, name: str, options: dict[str, Any] | None = None, *, seconds: float = 30.0, **rest: Any
    ) -> Interaction:
        """Send a command, such as "oncall now", and wait for its answer.

        People, roles and channels are given by id, files as name and bytes. ``by`` is who asks (the owner),
        ``channel`` where (#general), ``ahead`` by how many seconds the id's own time is off, ``deliveries``
        how often it arrives.
        """
        return await (await self.ask(name, options, **rest)).settled(seconds)

    async def suggestions(
        self, name: str, option: str, typed: str = "", options: dict[str, Any] | None = None, **rest: Any
    ) -> list[Payload]:
        """Return what is suggested for an option while somebody types."""
        values = {**(options or {}), option: typed}
        one = await self.begin(
            SUGGEST, lambda item: self.interactions.of_command(name, values, item, option), **self._who(rest)
        )
        await one.settled(5.0)
        assert one.choices is not None, f"no suggestions for {name} {option}"
        return one.choices

    async def menu(self, name: str, target: str, *, seconds: float = 30.0, **rest: Any) -> Interaction:
        """Choose a command of a person's context menu."""
        one = await self.begin(
            COMMAND, lambda item: self.interactions.of_user_menu(name, target, item), **self._who(rest)
        )
        return await one.settled(seconds)

    async def ask_press(self, message: Payload, label: str, **rest: Any) -> Interaction:
        """Press a button as ``press`` does, without waiting for the answer."""
        custom_id = labels(message)[label]
        more = {"source": message, "channel": message["channel_id"]} | rest
        return await self.begin(
            COMPONENT, lambda item: self.interactions.of_component(custom_id, item), **self._who(more)
        )

    async def press(self, message: Payload, label: str, *, seconds: float = 30.0, **rest: Any) -> Interaction:
        """Press a button of a message by its label, and wait for the answer."""
        return await (await self.ask_press(message, label, **rest)).settled(seconds)

    async def choose(self, message: Payload, *values: str, seconds: float = 30.0, **rest: Any) -> Interaction:
        """Choose values from the one list of a message."""
        parts = [part for row in message["components"] for part in row["components"] if part["type"] == 3]
        more = {"source": message, "channel": message["channel_id"]} | rest
        one = await self.begin(
            COMPONENT,
            lambda item: self.interactions.of_component(parts[0]["custom_id"], item, values),
            **self._who(more),
        )
        return await one.settled(seconds)

    async def submit(
        self, shown: Interaction, answers: dict[str, str], *, seconds: float = 30.0, **rest: Any
    ) -> Interaction:
        """Send the form that ``shown`` was answered with; answers by label."""
        form = shown.form
        assert form is not None, shown.text
        more = {"source": shown.source, "channel": shown.channel, "by": shown.by} | rest
        one = await self.begin(
            FORM, lambda item: self.interactions.of_form(form, answers, item), **self._who(more)
        )
        return await one.settled(seconds)

    def _who(self, rest: dict[str, Any]) -> dict[str, Any]:
        return {"by": self.server.owner, "channel": self.server.general} | rest

    async def message_menu(
        self, name: str, message: Payload, *, seconds: float = 30.0, **rest: Any
    ) -> Interaction:
        """Choose a command of a message's menu."""
        more = {"channel": message["channel_id"]} | rest
        one = await self.begin(
            COMMAND, lambda item: self.interactions.of_message_menu(name, message, item), **self._who(more)
        )
        return await one.settled(seconds)

    # what people see

    def in_channel(self, channel: str) -> list[Payload]:
        """Return the messages of a channel that everybody there sees, oldest first."""
        return [
            message
            for message in self.server.messages.values()
            if message["channel_id"] == channel and not message["flags"] & 64
        ]

    def to(self, person: str) -> list[str]:
        """Return the texts of the direct messages that a person got, oldest first."""
        channel = self.server.direct.get(person)
        return [words(item) for item in self.in_channel(channel)] if channel else []

    # what changes on the server

    async def delete_channel(self, channel: str) -> None:
        """Delete a channel, and tell the bot."""
        await self.gateway.emit("CHANNEL_DELETE", self.server.channels.pop(channel))

    async def delete_thread(self, thread: str) -> None:
        """Delete a thread by hand, and tell the bot."""
        gone = self.server.channels.pop(thread)
        kept = {name: gone[name] for name in ("id", "guild_id", "parent_id", "type")}
        await self.gateway.emit("THREAD_DELETE", kept)

    async def delete_role(self, role: str) -> None:
        """Delete a role, and tell the bot."""
        self.server.roles.pop(role)
        await self.gateway.emit("GUILD_ROLE_DELETE", {"guild_id": self.server.id, "role_id": role})

    async def deny(self, channel: str, permissions: int) -> None:
        """Take permissions in a channel from the bot, and tell it."""
        await self.gateway.emit("CHANNEL_UPDATE", self.server.deny(channel, permissions))

    async def throw_out(self) -> None:
        """Remove the bot from the server, and tell it."""
        self.server.invited = False
        await self.gateway.emit("GUILD_DELETE", {"id": self.server.id})

    async def invite(self) -> None:
        """Let the bot in again, and tell it; its commands are forgotten."""
        self.server.invited = True
        self.server.commands.clear()
        guild = self.server.guild()
        del guild["unavailable"]  # Discord tells a new server from one that is back by this
        await self.gateway.emit("GUILD_CREATE", guild)

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.interactions.files[request.match_info["file"]])
