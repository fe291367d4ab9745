"""Gateway v10: sessions that survive their sockets, and every way in which Discord ends one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import Counter, deque
from typing import Any

from aiohttp import WSMsgType, web

from tests.wire.server import Server

__all__ = ["Gateway"]

DISPATCH, HEARTBEAT, IDENTIFY, RESUME = 0, 1, 2, 6
RECONNECT, INVALID_SESSION, HELLO, ACKNOWLEDGED = 7, 9, 10, 11
# discord.py notes the time of a heartbeat after it sent it; a quicker answer would count for the one before.
ACKNOWLEDGED_AFTER = 0.02


class Session:
    """What Discord remembers of a client, so that it can resume."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(16)
        self.sent: deque[tuple[int, str]] = deque(maxlen=5000)
        self.sequence = 0
        self.socket: Socket | None = None

    async def dispatch(self, event: str, data: Any) -> None:
        """Tell the client of an event, now or when it resumes."""
        self.sequence += 1
        line = json.dumps({"op": DISPATCH, "t": event, "s": self.sequence, "d": data})
        self.sent.append((self.sequence, line))
        if self.socket is not None:
            await self.socket.send(line)


class Socket:
    """One connection; a ``silent`` one stands, but nothing comes through any more."""

    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.BaseTransport | None) -> None:
        self.ws, self.transport = ws, transport
        self.silent = self.closed_by_us = False

    async def send(self, line: str) -> None:
        """Send a line, if anybody still listens."""
        if not self.silent:
            with contextlib.suppress(ConnectionError, RuntimeError):
                await self.ws.send_str(line)

    async def op(self, op: int, data: Any = None) -> None:
        """Send an opcode that is no event."""
        await self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))


class Gateway:
    """Who is connected. ``asked`` counts connections, IDENTIFY, RESUME and HEARTBEAT by name.

    ``refuse_with`` is an HTTP status instead of a connection, ``close_identify`` a close code instead
    of READY.
    """

    def __init__(self, server: Server, token: str, *, heartbeat: float) -> None:
        """Take the one token that is right, and the seconds between two heartbeats."""
        self.server, self.token, self.heartbeat = server, token, heartbeat
        self.address = ""
        self.asked: Counter[str] = Counter()
        self.refuse_with: int | None = None
        self.close_identify: int | None = None
        self.identified: dict[str, Any] = {}
        self._sessions: dict[str, Session] = {}

    @property
    def connected(self) -> bool:
        """Whether a session has a connection that works."""
        return any(session.socket and not session.socket.silent for session in self._sessions.values())

    async def emit(self, event: str, data: Any) -> None:
        """Tell every session of an event."""
        for session in [*self._sessions.values()]:
            await session.dispatch(event, data)

    # what Discord does by itself

    def drop(self) -> None:
        """Let every connection end without a word."""
        for socket in self._sockets():
            if socket.transport is not None:
                socket.transport.abort()  # type: ignore[attr-defined]

    async def close(self, code: int) -> None:
        """Close every connection with a code."""
        for socket in self._sockets():
            socket.closed_by_us = True
            await socket.ws.close(code=code)

    async def reconnect(self) -> None:
        """Ask every client to connect again (op 7)."""
        for socket in self._sockets():
            await socket.op(RECONNECT)

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Declare every session invalid (op 9)."""
        sockets = self._sockets()
        if not resumable:
            self._sessions.clear()
        for socket in sockets:
            await socket.op(INVALID_SESSION, resumable)

    def forget(self) -> None:
        """Drop every connection and its session, so that none can be resumed."""
        self.drop()
        self._sessions.clear()

    def silence(self) -> None:
        """Let every connection stand while nothing comes through any more."""
        for socket in self._sockets():
            socket.silent = True

    async def say(self, line: str) -> None:
        """Send any text to every client."""
        for socket in self._sockets():
            await socket.send(line)

    def _sockets(self) -> list[Socket]:
        return [session.socket for session in self._sessions.values() if session.socket is not None]

    # the connection

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a client."""
        self.asked["connection"] += 1
        if self.refuse_with is not None:
            return web.Response(status=self.refuse_with)
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        socket = Socket(ws, request.transport)
        await socket.op(HELLO, {"heartbeat_interval": int(self.heartbeat * 1000)})
        session: Session | None = None
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                break
            said = json.loads(message.data)
            session = await self._hear(socket, said["op"], said.get("d"), session)
            if ws.closed:
                break
        self._left(session, socket)
        return ws

    async def _hear(self, socket: Socket, op: int, data: Any, session: Session | None) -> Session | None:
        if op == HEARTBEAT:
            self.asked["HEARTBEAT"] += 1
            loop = asyncio.get_running_loop()
            loop.call_later(ACKNOWLEDGED_AFTER, lambda: loop.create_task(socket.op(ACKNOWLEDGED)))
        elif op == IDENTIFY:
            return await self._identify(socket, data)
        elif op == RESUME:
            return await self._resume(socket, data)
        return session

    async def _identify(self, socket: Socket, data: dict[str, Any]) -> Session | None:
        self.asked["IDENTIFY"] += 1
        self.identified = data
        code = 4004 if data["token"] != self.token else self.close_identify
        if code is not None:
            await socket.ws.close(code=code)
            return None
        session = Session()
        session.socket, self._sessions[session.id] = socket, session
        guilds = [{"id": self.server.id, "unavailable": True}] if self.server.invited else []
        ready = {
            "v": 10,
            "user": self.server.me,
            "guilds": guilds,
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.address,
            "shard": [0, 1],
            "application": {"id": self.server.application_id, "flags": 0},
        }
        await session.dispatch("READY", ready)
        if self.server.invited:
            await session.dispatch("GUILD_CREATE", self.server.guild())
        return session

    async def _resume(self, socket: Socket, data: dict[str, Any]) -> Session | None:
        self.asked["RESUME"] += 1
        session = self._sessions.get(data["session_id"])
        if data["token"] != self.token:
            await socket.ws.close(code=4004)
            return None
        if session is None or (session.sent and data["seq"] < session.sent[0][0] - 1):
            await socket.op(INVALID_SESSION, data=False)
            return None
        session.socket = socket
        for sequence, line in [*session.sent]:
            if sequence > data["seq"]:
                await socket.send(line)
        await session.dispatch("RESUMED", {"_trace": []})
        return session

    def _left(self, session: Session | None, socket: Socket) -> None:
        if session is None or session.socket is not socket:
            return
        session.socket = None
        if socket.ws.close_code in {1000, 1001} and not socket.closed_by_us:  # the client ends its session
            self._sessions.pop(session.id, None)
