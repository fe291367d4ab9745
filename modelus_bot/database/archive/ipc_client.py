"""Ask the running program for its state, and tell it to archive everything now, over its socket."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from modelus_bot.database.archive.failures import ArchiveUnavailable
from modelus_bot.runtime.os_errors import in_words

__all__ = ["Control", "Copied"]

LONGEST_SOCKET_PATH = 107
ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Copied:
    """Numbers of transactions: the newest that was taken over, and the newest in the archive."""

    taken: int
    archived: int


class Control:
    """Short HTTP requests over a Unix socket; each raises ``ArchiveUnavailable`` if not answered well."""

    def __init__(self, socket: Path, database: Path) -> None:
        """Remember whom to ask about what."""
        self._socket = socket
        self._database = str(database)

    async def replicating(self) -> bool:
        """Say whether the program works on the database."""
        answer = await self._ask("GET", "/list", seconds=ANSWER_SECONDS)
        for entry in answer.get("databases") or ():
            if entry.get("path") == self._database:
                return bool(entry.get("status") == "replicating")
        raise ArchiveUnavailable("the program does not know the database")

    async def transaction(self) -> int:
        """Return the number of the newest transaction the program has seen."""
        answer = await self._ask("GET", f"/txid?path={quote(self._database)}", seconds=ANSWER_SECONDS)
        return int(answer.get("txid", 0))

    async def sync(self, seconds: float, *, wait: bool) -> Copied:
        """Have it take over everything committed; with ``wait`` return when that is in the archive."""
        body = {"path": self._database, "wait": wait, "timeout": max(1, int(seconds))}
        answer = await self._ask("POST", "/sync", body, seconds=seconds)
        copied = Copied(int(answer.get("txid", 0)), int(answer.get("replicated_txid", 0)))
        if wait and copied.archived < copied.taken:
            raise ArchiveUnavailable("the archive has not taken everything yet")
        return copied

    async def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, seconds: float
    ) -> dict[str, Any]:
        try:
            async with asyncio.timeout(seconds), _connection(self._socket) as (reader, writer):
                content = b"" if body is None else json.dumps(body).encode()
                head = f"{method} {path} HTTP/1.0\r\nHost: archive\r\nContent-Length: {len(content)}\r\n\r\n"
                writer.write(head.encode() + content)
                await writer.drain()
                status, _, rest = (await reader.read()).partition(b"\r\n")
        except TimeoutError as error:
            raise ArchiveUnavailable(f"the program did not answer within {seconds:g} s") from error
        except OSError as error:
            raise ArchiveUnavailable(f"the program cannot be asked: {in_words(error)}") from error
        return _read(status, rest)


def _read(status: bytes, rest: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(rest.partition(b"\r\n\r\n")[2])
        code = int(status.split()[1])
    except (ValueError, IndexError) as error:
        raise ArchiveUnavailable("the program gave an answer that cannot be read") from error
    if not isinstance(answer, dict):
        raise ArchiveUnavailable("the program gave an answer of another kind")
    if code != 200:
        raise ArchiveUnavailable(str(answer.get("error", f"status {code}")))
    return answer


@asynccontextmanager
async def _connection(socket: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect; a path too long for the system is reached through its folder's descriptor."""
    path, folder = os.fsencode(socket), None
    if len(path) > LONGEST_SOCKET_PATH:
        folder = os.open(socket.parent, os.O_RDONLY | os.O_DIRECTORY)
        path = os.fsencode(f"/proc/self/fd/{folder}/{socket.name}")
    try:
        reader, writer = await asyncio.open_unix_connection(os.fsdecode(path))
    finally:
        if folder is not None:
            os.close(folder)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
