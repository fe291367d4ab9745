# ruff: noqa: SLF001
# The handlers of SimCord's preview servers are reached through one address; see rooms.py.
"""The page: every room behind one address, with the list of channels that SimCord's page lacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Self

from aiohttp import web
from multidict import CIMultiDict
from simcord.preview._server import PreviewServer

from modelus_bot.runtime.os_errors import Fault, fault_of, in_words, whoami
from modelus_bot.sandbox.rooms import Room, Rooms

__all__ = ["PortInUse", "SandboxPage"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_SECRET_HEADER = "X-Simcord-Capability"  # noqa: S105 - the name of a header
_ROOM_ROUTES = (
    ("POST", "/api/pages", "_pages"),
    ("DELETE", "/api/pages/{context_id}", "_delete_page"),
    ("GET", "/api/state", "_state"),
    ("GET", "/api/commands", "_commands"),
    ("GET", "/api/action-result", "_action_result"),
    ("POST", "/api/action", "_action"),
    ("GET", "/api/assets/{asset_id}", "_asset"),
)
_REPLACED = (
    ("<title>SimCord Preview</title>", "<title>Model US Bot – sandbox</title>"),
    ("<strong>SimCord</strong><small>Preview</small>", "<strong>Model US</strong><small>Sandbox</small>"),
    ('aria-hidden="true">S</span>', 'aria-hidden="true">M</span>'),
    (">Messages</button>", ">Channels</button>"),
    ("</head>", '<link rel="icon" href="/sandbox.svg"><link rel="stylesheet" href="/sandbox.css"></head>'),
    ("</body>", '<script type="module" src="/sandbox.js"></script></body>'),
)
_SHOWN_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - listening everywhere is not our default
"""What to open where an address stands for all of the machine's."""
_ADDITIONS = {
    "/sandbox.css": "text/css",
    "/sandbox.js": "application/javascript",
    "/sandbox.svg": "image/svg+xml",
}


class PortInUse(Exception):
    """The page's port is taken, or may not be listened at."""


def _why_not(host: str, port: int, error: OSError) -> str:
    if fault_of(error) is Fault.IN_USE:
        why = f"Port {port} on {host} is taken. Stop what uses it"
    elif fault_of(error) is Fault.FORBIDDEN:
        why = f"The user {whoami()} may not listen at port {port} (those below 1024 are the system's)"
    else:
        why = f"Port {port} on {host} cannot be listened at: {in_words(error)}"
    return f"{why}, or set another sandbox.port in the configuration."


class SandboxPage:
    """Serves the rooms at ``http://host:port/``; what a browser may see is decided by the room's secret."""

    def __init__(self, rooms: Rooms, host: str, port: int) -> None:
        """Serve ``rooms``; port 0 takes a free one."""
        self._rooms = rooms
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Bind the address; raises ``PortInUse``."""
        runner = self._runner = web.AppRunner(
            self._application(), access_log=None, handler_cancellation=False, shutdown_timeout=1.0
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            await runner.cleanup()
            raise PortInUse(_why_not(self._host, self._port, error)) from error
        self._port = runner.addresses[0][1]
        for room in self._rooms.all:
            await room.preview._server.close()
            room.preview._server.port = self._port  # so that it checks Host and Origin of this address
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()

    def address_of(self, room: Room) -> str:
        """Return the address that opens ``room``, secret included."""
        return f"http://{self._netloc}/#{room.capability}"

    @property
    def _netloc(self) -> str:
        """How browsers name the address that is listened on."""
        host = _SHOWN_HOSTS.get(self._host, self._host)
        return f"[{host}]:{self._port}" if ":" in host else f"{host}:{self._port}"

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._named_as_simcord_expects])
        application.router.add_get("/", self._index)
        application.router.add_get("/sandbox/rooms", self._list_rooms)
        for path in _ADDITIONS:
            application.router.add_get(path, self._addition)
        for path in PreviewServer._STATIC_FILES:
            if path != "/":
                application.router.add_get(path, self._any_server._static)
        for method, path, name in _ROOM_ROUTES:
            application.router.add_route(method, path, self._in_room(name))
        return application

    @web.middleware
    async def _named_as_simcord_expects(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Name this page's own address as the one that SimCord compares Host and Origin with."""
        known = f"127.0.0.1:{self._port}"
        if self._netloc == known or request.headers.get("Host") != self._netloc:
            return await handler(request)
        headers = CIMultiDict(request.headers)
        headers["Host"] = known
        if headers.get("Origin") == f"http://{self._netloc}":
            headers["Origin"] = f"http://{known}"
        return await handler(request.clone(headers=headers))

    @property
    def _any_server(self) -> PreviewServer:
        return self._rooms.all[0].preview._server

    def _in_room(self, name: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            room = self._rooms.find(request.headers.get(_SECRET_HEADER))
            if room is None:
                raise web.HTTPUnauthorized
            handler: Handler = getattr(room.preview._server, name)
            return await handler(request)

        return handle

    async def _index(self, request: web.Request) -> web.StreamResponse:
        response = await self._any_server._index(request)
        html = response.text
        for simcords, ours in _REPLACED:
            html = html.replace(simcords, ours)
        return web.Response(text=html, content_type="text/html", headers=PreviewServer._SECURITY_HEADERS)

    async def _addition(self, request: web.Request) -> web.StreamResponse:
        text = files("modelus_bot.sandbox").joinpath(f"static{request.path}").read_text("utf-8")
        return web.Response(
            text=text, content_type=_ADDITIONS[request.path], headers=PreviewServer._SECURITY_HEADERS
        )

    async def _list_rooms(self, request: web.Request) -> web.StreamResponse:
        """Tell a page that has one room's secret about all: it may look through anybody's eyes anyway."""
        here = self._rooms.find(request.headers.get(_SECRET_HEADER))
        if here is None or not here.preview._server._authorized(request):
            raise web.HTTPUnauthorized
        rooms = [
            {
                "name": room.name,
                "kind": room.kind,
                "capability": room.capability,
                "people": [str(person) for person in room.people],
                "last": str(room.last_message_id),
            }
            for room in self._rooms.all
        ]
        return web.json_response({"rooms": rooms}, headers=PreviewServer._SECURITY_HEADERS)
