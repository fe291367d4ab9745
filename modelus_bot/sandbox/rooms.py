# ruff: noqa: SLF001
# SimCord's preview shows one channel at one address. Showing several side by side needs its inside;
# the version is pinned, and tests/page opens every kind of room.
"""Rooms: the channels and direct messages of one simulated server, each shown by a preview of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Literal, Self

from loguru import logger
from simcord import ChannelHandle, Env, MemberActor, Preview, UserHandle

from modelus_bot.runtime.tasks import owned
from modelus_bot.sandbox.secret import Secret

__all__ = ["Room", "Rooms"]

_PULSE_SECONDS = 0.5
_KEPT_RECORDS = 2000
_MESSAGE_EVENTS = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"})


@dataclass(frozen=True, slots=True)
class Room:
    """One conversation and the preview that shows it; ``people`` are the ids of those who may see it."""

    name: str
    kind: Literal["channel", "direct"]
    channel: ChannelHandle
    people: tuple[int, ...]
    preview: Preview

    @property
    def capability(self) -> str:
        """The secret in the room's address."""
        return self.preview.capability

    @property
    def last_message_id(self) -> int:
        """Id of the newest message that is not for one person's eyes only, 0 without one."""
        messages = self.channel._env.backend.messages.get(self.channel.id, {})
        return max((message.id for message in messages.values() if message.visible_to(None)), default=0)


class Rooms:
    """Opens rooms, lets one action happen at a time, and keeps pages and clock up to date.

    SimCord refuses actions that overlap and shows only what an action of the page itself caused;
    here they wait for each other, and what the bot posts by itself appears within half a second.
    """

    def __init__(self, env: Env, secret: Secret, timezone: str) -> None:
        """Show rooms of ``env`` with times in ``timezone``."""
        self.all: list[Room] = []
        self._env = env
        self._secret = secret
        self._timezone = timezone
        self._turn = asyncio.Lock()
        self._changed: set[int] = set()
        self._stack = AsyncExitStack()
        self._pulse: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start watching for messages."""
        self._env.backend.subscribers.append(self._note_event)
        self._pulse = owned(self._keep_current(), name="sandbox-pulse")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop watching and close every room."""
        if self._pulse is not None:
            self._pulse.cancel()
            await asyncio.gather(self._pulse, return_exceptions=True)
        self._env.backend.subscribers.remove(self._note_event)
        await self._stack.aclose()

    async def open(
        self,
        name: str,
        kind: Literal["channel", "direct"],
        channel: ChannelHandle,
        viewers: Sequence[MemberActor | UserHandle],
    ) -> Room:
        """Add a room that ``viewers`` may look into; the first of them is shown first."""
        async with self._turn:
            self._env._preview = None  # one preview at a time is all SimCord knows of
            preview = self._env.preview(
                channel, viewers=viewers, layout="channel", timezone=self._timezone, width=1280, height=900
            )
            preview.capability = self._secret.for_room(f"{kind} {channel.id}")
            await self._stack.enter_async_context(preview)
        room = Room(name, kind, channel, tuple(viewer.id for viewer in viewers), preview)
        self._take_turns(room)
        self.all.append(room)
        return room

    def find(self, capability: str | None) -> Room | None:
        """Return the room with this secret."""
        return next((room for room in self.all if room.capability == capability), None)

    def _take_turns(self, room: Room) -> None:
        act = room.preview._action

        async def act_in_turn(context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
            async with self._turn:
                self._env._preview = room.preview
                try:
                    return await act(context_id, body)
                finally:
                    self._changed.discard(room.channel.id)  # the action has shown what it changed here

        room.preview._action = act_in_turn  # type: ignore[method-assign]

    def _note_event(self, event: str, payload: Mapping[str, Any]) -> None:
        if event in _MESSAGE_EVENTS:
            self._changed.add(int(payload["channel_id"]))

    async def _keep_current(self) -> None:
        while True:
            await asyncio.sleep(_PULSE_SECONDS)
            async with self._turn:
                try:
                    await self._move_clock()
                    await self._show_changes()
                except Exception as error:  # noqa: BLE001 - a stuck command must not stop the page for everybody
                    logger.opt(exception=error).warning("sandbox_pulse_failed")
            self._forget_old_records()

    async def _move_clock(self) -> None:
        behind = time.time() - self._env.now().timestamp()
        if behind > 0:
            await self._env.advance_time(behind)
        for room in self.all:  # "two minutes ago" is counted from the time that the page was last told
            room.preview._advance_presentation_time()

    async def _show_changes(self) -> None:
        changed, self._changed = self._changed, set()
        for room in self.all:
            if room.channel.id in changed:
                await room.preview.refresh()

    def _forget_old_records(self) -> None:
        for records in (self._env.backend.transcript, self._env.backend.http_requests):
            if len(records) > _KEPT_RECORDS:
                del records[:-_KEPT_RECORDS]
