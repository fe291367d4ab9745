"""Calls about interactions leave once: discord.py's own repetitions would hide what may have arrived."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord
from discord.http import json_or_text
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

__all__ = ["leave_once"]

SERVER_FAULTS = 500


class OneTry(AsyncWebhookAdapter):
    """discord.py's adapter, but a failure of Discord's is raised instead of tried again behind our back.

    A call that was refused for its rate is repeated by it as ever: such a call did nothing.
    """

    async def request(self, route: Any, session: Any, **more: Any) -> Any:
        """Send one request; raises ``DiscordServerError`` for every status from 500."""
        return await super().request(route, _Session(session), **more)  # type: ignore[arg-type]  # stands in for it


class _Session:
    """An aiohttp session of which the adapter uses ``request`` only."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    def request(self, *args: Any, **more: Any) -> _Response:
        return _Response(self._session.request(*args, **more))


class _Response:
    """The response that the adapter waits for."""

    def __init__(self, call: Any) -> None:
        self._call = call

    async def __aenter__(self) -> aiohttp.ClientResponse:
        response: aiohttp.ClientResponse = await self._call.__aenter__()
        if response.status < SERVER_FAULTS:
            return response
        try:
            raise discord.DiscordServerError(response, await json_or_text(response))
        finally:
            await self._call.__aexit__(None, None, None)

    async def __aexit__(self, *about: object) -> None:
        await self._call.__aexit__(*about)


_ADAPTER = OneTry()  # type: ignore[no-untyped-call]  # discord.py left it without annotations


def leave_once() -> None:
    """Let this task's calls about interactions leave once; a simulated Discord keeps its own adapter."""
    if type(async_context.get()) is AsyncWebhookAdapter:
        async_context.set(_ADAPTER)
