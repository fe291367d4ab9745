"""A Discord of one's own on loopback: enough of its HTTP end and its gateway for a bot to log in."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
import yarl
from aiohttp import WSMsgType, web
from discord.gateway import DiscordWebSocket

__all__ = ["TOKEN", "DiscordEnd", "discord_end"]

TOKEN = "token-of-the-test"
USER = {
    "id": "900000000000000001",
    "username": "modelus",
    "discriminator": "0",
    "global_name": None,
    "avatar": None,
    "bot": True,
}
APPLICATION = {
    "id": USER["id"],
    "name": "modelus",
    "icon": None,
    "description": "",
    "bot_public": False,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "summary": "",
    "owner": USER,
    "team": None,
}


class DiscordEnd:
    """What was asked of it: ``asked`` counts requests by method and path, and gateway messages by name."""

    def __init__(self) -> None:
        """Accept nothing yet."""
        self.asked: Counter[str] = Counter()
        self.logged_in = asyncio.Event()
        self.status = 200
        """What the first request of a login is answered with, if the token is right."""

    def application(self) -> web.Application:
        """Return the pages."""
        app = web.Application()
        app.router.add_get("/api/users/@me", self._me)
        app.router.add_get("/api/oauth2/applications/@me", self._application)
        app.router.add_route("*", "/api/{rest:.*}", self._anything)
        app.router.add_get("/gateway", self._gateway)
        return app

    async def _me(self, request: web.Request) -> web.Response:
        self.asked["GET /users/@me"] += 1
        if request.headers["Authorization"] != f"Bot {TOKEN}":
            return _answer({"message": "401: Unauthorized", "code": 0}, status=401)
        if self.status != 200:
            return _answer({"message": "No", "code": 0}, status=self.status)
        return _answer(USER)

    async def _application(self, request: web.Request) -> web.Response:
        self.asked["GET /oauth2/applications/@me"] += 1
        return _answer(APPLICATION)

    async def _anything(self, request: web.Request) -> web.Response:
        self.asked[f"{request.method} /{request.match_info['rest']}"] += 1
        return _answer([])

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            await self._hear(socket, message.json())
        return socket

    async def _hear(self, socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        if message["op"] == 1:
            await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
        elif message["op"] == 2:
            self.asked["IDENTIFY"] += 1
            ready = {
                "v": 10,
                "user": USER,
                "guilds": [],
                "session_id": "session",
                "resume_gateway_url": "ws://127.0.0.1:9/",
                "application": {"id": USER["id"], "flags": 0},
            }
            await socket.send_json({"op": 0, "d": ready, "s": 1, "t": "READY"})
            self.logged_in.set()


def _answer(content: Any, status: int = 200) -> web.Response:
    """Return JSON as Discord does: discord.py does not take it for JSON when a character set is named."""
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(content).encode(), status=status, headers=headers)


@asynccontextmanager
async def discord_end(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordEnd]:
    """Serve it, and let discord.py look for Discord there."""
    end = DiscordEnd()
    runner = web.AppRunner(end.application(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}/api")
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(f"ws://127.0.0.1:{port}/gateway"))
        yield end
    finally:
        await runner.cleanup()
