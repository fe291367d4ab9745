"""REST v10 of what the bot uses: every payload checked against limits, with faults before or after."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.waiting import scene_of
from tests.wire import limits
from tests.wire.faults import Dropped, Faults, Refused
from tests.wire.interactions import ANSWER_WITHIN, COMMAND, SUGGEST, TOKEN_LIVES, Interaction, Interactions
from tests.wire.server import EPHEMERAL, LOADING, MANAGE_ROLES, SEND_MESSAGES, VIEW_CHANNEL, Payload, Server
from tests.wire.threads import CREATE_PRIVATE_THREADS, SEND_IN_THREADS, Threads

__all__ = ["Rest"]

Emit = Callable[[str, Any], Awaitable[None]]
Answer = tuple[int, Any]
Handler = Callable[..., Awaitable[Answer]]

ROUTES: list[tuple[re.Pattern[str], str, str, bool]] = []


def route(method: str, path: str, *, token: bool = True) -> Callable[[Handler], Handler]:
    """Answer a path with a method of ``Rest``; ``token`` False takes requests without the bot's token."""
    pattern = re.compile(re.sub(r"\{\w+\}", "([^/]+)", path))

    def add(handler: Handler) -> Handler:
        ROUTES.append((pattern, method, handler.__name__, token))
        return handler

    return add


@dataclass
class Asked:
    """A request: its JSON, the names of its files, its query."""

    body: Any
    files: list[str]
    query: Any


class Rest:
    """The API. ``asked`` counts requests by method and path, with ``{}`` for ids; ``log`` has each in order.

    ``latency`` is the seconds before any answer.
    """

    def __init__(self, server: Server, interactions: Interactions, faults: Faults, emit: Emit) -> None:
        """Take what is served, and the way to the gateway."""
        self.server, self.interactions, self.faults, self.emit = server, interactions, faults, emit
        self.threads = Threads(server)
        self.token = ""
        self.asked: Counter[str] = Counter()
        self.log: list[tuple[float, str, int]] = []
        self.latency = 0.0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path = "/" + request.match_info["path"]
        line = f"{request.method} {path}"
        self.asked[re.sub(r"\d{15,}|(?<=\}/|\d/)[\w-]{40,}", "{}", line)] += 1
        headers: dict[str, str] = {}
        one = next((item for token, item in self.interactions.by_token.items() if token in path), None)
        if one is not None:
            one.open_requests += 1
        try:
            status, answer, headers = await self._answer(request, path, line)
        except Refused as refused:
            status, answer, headers = refused.status, refused.body, refused.headers
        except Dropped:
            status, answer = 0, None
        finally:
            if one is not None:
                one.open_requests -= 1
        self.log.append((time.time(), line, status))
        if status == 0:
            if request.transport is not None:
                request.transport.abort()  # type: ignore[attr-defined]
            return web.Response()
        if status == 204:
            return web.Response(status=204, headers=headers)
        # discord.py does not take it for JSON when a character set is named
        headers = {"Content-Type": "application/json", **headers}
        return web.Response(status=status, body=json.dumps(answer).encode(), headers=headers)

    async def _answer(self, request: web.Request, path: str, line: str) -> tuple[int, Any, dict[str, str]]:
        asked = await _read(request)
        if self.latency:
            await scene_of(self.latency)
        fault = self.faults.of(line)
        if fault is not None and fault.when == "before":
            await fault.strike()
        name, found = self._route(request, path)
        headers = self.faults.headers(line)
        status, answer = await getattr(self, name)(asked, *found)
        # What is shown is what it was then, whatever happens to it while the answer waits.
        answer = json.loads(json.dumps(answer))
        if fault is not None and fault.when == "after":
            await fault.strike()
        return status, answer, headers

    def _route(self, request: web.Request, path: str) -> tuple[str, tuple[str, ...]]:
        for pattern, method, name, needs_token in ROUTES:
            found = pattern.fullmatch(path)
            if method == request.method and found is not None:
                if needs_token and request.headers.get("Authorization") != f"Bot {self.token}":
                    raise Refused(401, 0, "401: Unauthorized")
                return name, found.groups()
        self.server.violations.append(f"{request.method} {path}: not known here")
        raise Refused(404, 0, "404: Not Found")

    # the bot itself, people, the server

    @route("GET", "/gateway", token=False)
    async def _gateway(self, asked: Asked) -> Answer:
        return 200, {"url": "wss://gateway.discord.gg"}

    @route("GET", "/users/@me")
    async def _own_user(self, asked: Asked) -> Answer:
        return 200, self.server.me

    @route("GET", "/oauth2/applications/@me")
    async def _own_application(self, asked: Asked) -> Answer:
        return 200, self.server.application()

    @route("GET", "/users/@me/guilds")
    async def _own_guilds(self, asked: Asked) -> Answer:
        home = {"id": self.server.id, "name": "Model US", "icon": None, "owner": False, "permissions": "0"}
        return 200, [{**home, "features": []}] if self.server.invited else []

    @route("GET", "/users/{user}")
    async def _user(self, asked: Asked, user: str) -> Answer:
        if user not in self.server.members:
            raise Refused(404, 10013, "Unknown User")
        return 200, self.server.members[user]["user"]

    @route("GET", "/guilds/{guild}")
    async def _guild(self, asked: Asked, guild: str) -> Answer:
        self._home(guild)
        hidden = {"channels", "members", "threads", "presences", "voice_states", "joined_at", "large"}
        return 200, {name: value for name, value in self.server.guild().items() if name not in hidden}

    @route("GET", "/guilds/{guild}/channels")
    async def _channels(self, asked: Asked, guild: str) -> Answer:
        self._home(guild)
        return 200, self.server.guild()["channels"]

    @route("GET", "/guilds/{guild}/roles")
    async def _roles(self, asked: Asked, guild: str) -> Answer:
        self._home(guild)
        return 200, [*self.server.roles.values()]

    @route("GET", "/guilds/{guild}/members/{user}")
    async def _member(self, asked: Asked, guild: str, user: str) -> Answer:
        self._home(guild)
        if user not in self.server.members:
            raise Refused(404, 10007, "Unknown Member")
        return 200, self.server.member(user)

    @route("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
    async def _give_role(self, asked: Asked, guild: str, user: str, role: str) -> Answer:
        roles = self._roles_of(guild, user, role)
        roles += [] if role in roles else [role]
        return 204, None

    @route("DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
    async def _take_role(self, asked: Asked, guild: str, user: str, role: str) -> Answer:
        roles = self._roles_of(guild, user, role)
        roles[:] = [item for item in roles if item != role]
        return 204, None

    def _home(self, guild: str) -> None:
        if guild != self.server.id or not self.server.invited:
            raise Refused(404, 10004, "Unknown Guild")

    def _roles_of(self, guild: str, user: str, role: str) -> list[str]:
        self._home(guild)
        server = self.server
        if role not in server.roles:
            raise Refused(404, 10011, "Unknown Role")
        if user not in server.members:
            raise Refused(404, 10007, "Unknown Member")
        above = server.roles[role]["position"] >= server.roles[server.bot_role]["position"]
        if above or not server.permissions(server.application_id) & MANAGE_ROLES:
            raise Refused(403, 50013, "Missing Permissions")
        roles: list[str] = server.members[user]["roles"]
        return roles

    # commands

    @route("GET", "/applications/{app}/commands")
    async def _global_commands(self, asked: Asked, app: str) -> Answer:
        return 200, self.server.commands.get(None, [])

    @route("PUT", "/applications/{app}/commands")
    async def _register_globally(self, asked: Asked, app: str) -> Answer:
        return 200, self.server.register(None, asked.body)

    @route("GET", "/applications/{app}/guilds/{guild}/commands")
    async def _guild_commands(self, asked: Asked, app: str, guild: str) -> Answer:
        self.server.must_be_in(guild)
        return 200, self.server.commands.get(guild, [])

    @route("PUT", "/applications/{app}/guilds/{guild}/commands")
    async def _register_in_guild(self, asked: Asked, app: str, guild: str) -> Answer:
        return 200, self.server.register(guild, asked.body)

    # channels and messages

    @route("POST", "/users/@me/channels")
    async def _open_direct(self, asked: Asked) -> Answer:
        return 200, self.server.direct_channel(str(asked.body["recipient_id"]))

    @route("GET", "/channels/{channel}")
    async def _channel(self, asked: Asked, channel: str) -> Answer:
        found = self.server.channel(channel)
        self._may(channel, VIEW_CHANNEL)
        return 200, found

    @route("POST", "/channels/{channel}/threads")
    async def _open_thread(self, asked: Asked, channel: str) -> Answer:
        self.server.channel(channel)
        self._may(channel, CREATE_PRIVATE_THREADS)
        thread = self.threads.open(channel, asked.body)
        await self.emit("THREAD_CREATE", thread | {"newly_created": True})
        return 201, thread

    @route("GET", "/guilds/{guild}/threads/active")
    async def _active_threads(self, asked: Asked, guild: str) -> Answer:
        self._home(guild)
        return 200, self.threads.active()

    @route("GET", "/channels/{channel}/users/@me/threads/archived/private")
    async def _archived_threads(self, asked: Asked, channel: str) -> Answer:
        self._may(channel, VIEW_CHANNEL)
        return 200, self.threads.archived(channel)

    @route("PUT", "/channels/{channel}/thread-members/{user}")
    async def _add_to_thread(self, asked: Asked, channel: str, user: str) -> Answer:
        self.server.channel(channel)
        self.threads.add(channel, user)
        return 204, None

    @route("GET", "/channels/{channel}/messages")
    async def _history(self, asked: Asked, channel: str) -> Answer:
        self.server.channel(channel)
        self._may(channel, VIEW_CHANNEL)
        found = [item for item in self.server.messages.values() if item["channel_id"] == channel]
        before = int(asked.query.get("before") or 2**63)
        kept = [item for item in reversed(found) if int(item["id"]) < before]
        return 200, kept[: int(asked.query.get("limit") or 50)]

    @route("PATCH", "/channels/{channel}")
    async def _change_channel(self, asked: Asked, channel: str) -> Answer:
        found = self.server.channel(channel)
        self._may(channel, VIEW_CHANNEL)
        if self.threads.of(channel) is not None:
            self.threads.change(found, asked.body)
            await self.emit("THREAD_UPDATE", found)
            return 200, found
        if len(asked.body.get("topic") or "") > 1024:
            self.server.judge(["channel: topic too long"])
        found |= {name: value for name, value in asked.body.items() if name in {"topic", "name"}}
        await self.emit("CHANNEL_UPDATE", found)
        return 200, found

    @route("POST", "/channels/{channel}/messages")
    async def _post(self, asked: Asked, channel: str) -> Answer:
        server = self.server
        server.channel(channel)
        person = next((item for item, number in server.direct.items() if number == channel), None)
        if person in server.closed_to_direct:
            raise Refused(403, 50007, "Cannot send messages to this user")
        thread = self.threads.of(channel)
        self._may(channel, SEND_MESSAGES if thread is None else SEND_IN_THREADS)
        if thread is not None:
            self.threads.may_write(thread)
        nonce = (channel, str(asked.body.get("nonce")))
        if asked.body.get("enforce_nonce") and nonce in server.nonces:
            return 200, server.messages[server.nonces[nonce]]
        message = server.post(channel, asked.body, asked.files)
        if asked.body.get("nonce") is not None:
            server.nonces[nonce] = message["id"]
        return 200, message

    @route("GET", "/channels/{channel}/messages")
    async def _history(self, asked: Asked, channel: str) -> Answer:
        self.server.channel(channel)
        self._may(channel, VIEW_CHANNEL)
        before, after = int(asked.query.get("before", 1 << 63)), int(asked.query.get("after", 0))
        most = int(asked.query.get("limit", 50))
        found = [
            item
            for item in self.server.messages.values()
            if item["channel_id"] == channel
            and after < int(item["id"]) < before
            and not item["flags"] & EPHEMERAL
        ]
        found.sort(key=lambda item: int(item["id"]))
        return 200, (found[:most] if "after" in asked.query else found[-most:])[::-1]

    @route("GET", "/channels/{channel}/messages/{message}")
    async def _message(self, asked: Asked, channel: str, message: str) -> Answer:
        return 200, self.server.message(channel, message)

    @route("PATCH", "/channels/{channel}/messages/{message}")
    async def _edit(self, asked: Asked, channel: str, message: str) -> Answer:
        return 200, self.server.edit(self.server.message(channel, message), asked.body, asked.files)

    @route("DELETE", "/channels/{channel}/messages/{message}")
    async def _delete(self, asked: Asked, channel: str, message: str) -> Answer:
        self.server.messages.pop(self.server.message(channel, message)["id"])
        return 204, None

    def _may(self, channel: str, what: int) -> None:
        server = self.server
        if channel in server.direct.values():
            return
        can = server.permissions(server.application_id, channel)
        if not can & VIEW_CHANNEL:
            raise Refused(403, 50001, "Missing Access")
        if not can & what:
            raise Refused(403, 50013, "Missing Permissions")

    # answers to interactions

    @route("POST", "/interactions/{id}/{token}/callback", token=False)
    async def _callback(self, asked: Asked, number: str, token: str) -> Answer:
        one = self.interactions.by_token.get(token)
        if one is None or one.id != number:
            raise Refused(404, 10062, "Unknown interaction")
        one.callbacks += 1
        if one.acknowledged:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        if time.monotonic() - one.at > ANSWER_WITHIN:
            raise Refused(404, 10062, "Unknown interaction")
        kind = asked.body["type"]
        self._take(one, kind, asked.body.get("data") or {}, asked.files)
        one.acknowledged_at = time.monotonic()
        one.changed()
        if asked.query.get("with_response") not in {"1", "true"}:
            return 204, None
        interaction: Payload = {"id": one.id, "type": one.kind}
        answer: Payload = {"interaction": interaction}
        if one.original is not None:
            interaction["response_message_id"] = one.original["id"]
            interaction["response_message_loading"] = kind == 5
            interaction["response_message_ephemeral"] = bool(one.original["flags"] & EPHEMERAL)
            answer |= {"resource": {"type": kind, "message": one.original}} if kind in {4, 7} else {}
        return 200, answer

    def _take(self, interaction: Interaction, kind: int, data: Payload, files: list[str]) -> None:
        if (kind in {6, 7} and interaction.kind == COMMAND) or (kind == 8) is not (
            interaction.kind == SUGGEST
        ):
            self.server.judge([f"first answer of type {kind} for an interaction of type {interaction.kind}"])
        if kind == 4:
            interaction.original = self._new(interaction, data, files)
        elif kind == 5:
            interaction.original = self._new(interaction, {"flags": LOADING | data.get("flags", 0)}, [])
        elif kind == 6:
            interaction.original, interaction.deferred_press = interaction.source, True
        elif kind == 7:
            interaction.original = self.server.edit(interaction.source or {}, data, files)
        elif kind == 8:
            self.server.judge(limits.of_choices(data.get("choices") or []))
            interaction.choices = data.get("choices") or []
        elif kind == 9:
            self.server.judge(limits.of_modal(data))
            interaction.form = data

    @route("POST", "/webhooks/{app}/{token}", token=False)
    async def _follow_up(self, asked: Asked, app: str, token: str) -> Answer:
        one = self._living(token)
        if one.original is not None and one.original["flags"] & LOADING:  # takes the place of "thinking"
            message = self.server.edit(one.original, asked.body, asked.files)
        else:
            message = self._new(one, asked.body, asked.files)
            one.followups.append(message)
        one.changed()
        return 200, message

    @route("GET", "/webhooks/{app}/{token}/messages/{message}", token=False)
    async def _own_answer(self, asked: Asked, app: str, token: str, message: str) -> Answer:
        return 200, self._own(self._living(token), message)

    @route("PATCH", "/webhooks/{app}/{token}/messages/{message}", token=False)
    async def _edit_own(self, asked: Asked, app: str, token: str, message: str) -> Answer:
        one = self._living(token)
        edited = self.server.edit(self._own(one, message), asked.body, asked.files)
        one.edits += 1
        one.changed()
        return 200, edited

    @route("DELETE", "/webhooks/{app}/{token}/messages/{message}", token=False)
    async def _delete_own(self, asked: Asked, app: str, token: str, message: str) -> Answer:
        one = self._living(token)
        gone = self._own(one, message)
        self.server.messages.pop(gone["id"], None)
        one.followups = [left for left in one.followups if left is not gone]
        if gone is one.original:
            one.original, one.edits = None, 0
        one.changed()
        return 204, None

    def _new(self, interaction: Interaction, body: Payload, files: list[str]) -> Payload:
        user = self.server.members[interaction.by]["user"]
        owners = {"0": self.server.id}
        metadata = {
            "id": interaction.id,
            "type": interaction.kind,
            "user": user,
            "authorizing_integration_owners": owners,
        }
        own = self.server.application_id
        more = {"type": 20, "application_id": own, "webhook_id": own, "interaction_metadata": metadata}
        return self.server.post(interaction.channel, body, files, **more)

    def _living(self, token: str) -> Interaction:
        one = self.interactions.by_token.get(token)
        if one is None or not one.acknowledged or time.monotonic() - one.at > TOKEN_LIVES:
            raise Refused(404, 10015, "Unknown Webhook")
        return one

    def _own(self, interaction: Interaction, message: str) -> Payload:
        found = interaction.original if message == "@original" else self.server.messages.get(message)
        if found is None:
            raise Refused(404, 10008, "Unknown Message")
        return found


async def _read(request: web.Request) -> Asked:
    if not request.content_type.startswith("multipart/"):
        body = json.loads(await request.read()) if request.can_read_body else None
        return Asked(body, [], request.query)
    body, files = {}, []
    async for part in await request.multipart():
        contents = await part.read()  # type: ignore[union-attr]
        if part.name == "payload_json":
            body = json.loads(contents)
        else:
            files.append(part.filename or "file")  # type: ignore[union-attr]
    return Asked(body, files, request.query)
