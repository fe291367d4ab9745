"""The bot as users run it: a process of its own in a folder of its own, watched from outside.

At everyday sizes it is forked from a process that has imported everything (``fork_server``). At full size,
and where its environment decides how Python starts, it is a new program each time.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import tomlkit

from tests.daily_size import FULL
from tests.wire.fork_server import Forked, ForkServer

__all__ = ["BotProcess", "free_port", "until"]

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = Path(__file__).with_name("launch.py")
DECIDES_HOW_PYTHON_STARTS = {"LD_PRELOAD", "PYTHONASYNCIODEBUG", "PYTHONHASHSEED", "PYTHONWARNINGS"}


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def until(true: Callable[[], object], what: str = "that", seconds: float = 30.0) -> None:
    """Wait until ``true()`` is; raises ``AssertionError`` when the time is over."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        await asyncio.sleep(0.02)


class BotProcess:
    """``modelus-bot run``. Everything it keeps is below ``folder``; its output is in ``output``."""

    def __init__(
        self, folder: Path, discord: str, settings: dict[str, dict[str, Any]], environment: dict[str, str]
    ) -> None:
        """Write its config.toml; nothing runs yet."""
        self.folder, self.port = folder, free_port()
        folder.mkdir(parents=True, exist_ok=True)
        own = {"metrics": {"port": self.port}, "logging": {"file": "bot.jsonl"}, "archive": {"mode": "off"}}
        self.settings = {name: own.get(name, {}) | settings.get(name, {}) for name in {**own, **settings}}
        self.write_settings()
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        self.environment = kept | {"HOME": str(folder), "PYTHONPATH": str(ROOT), "WIRE_DISCORD": discord}
        self.environment |= environment
        self.database = folder / "data" / "modelus.db"
        self.process: subprocess.Popen[bytes] | Forked | None = None

    def write_settings(self) -> None:
        """Write ``settings`` into config.toml, also while the bot runs."""
        whole = self.folder / "config.toml.new"
        whole.write_text(tomlkit.dumps(self.settings), "utf-8")
        whole.replace(self.folder / "config.toml")

    def start(self, *arguments: str) -> None:
        """Start it without waiting for anything."""
        self.process = self._started(self.folder / "output.txt", *(arguments or ("run",)))

    def _started(self, output: Path, *arguments: str) -> subprocess.Popen[bytes] | Forked:
        if not FULL and not DECIDES_HOW_PYTHON_STARTS & self.environment.keys():
            return ForkServer.get().start(list(arguments), self.folder, self.environment, output)
        with output.open("ab") as stream:
            return subprocess.Popen(
                [sys.executable, str(LAUNCH), *arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def output(self) -> str:
        """Everything that it wrote to its terminal, over all starts."""
        return (self.folder / "output.txt").read_text("utf-8", errors="replace")

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return the log's records, of one event if it is named."""
        file = self.folder / "bot.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        records = [json.loads(line) for line in lines if line.endswith("}")]
        return [record for record in records if name is None or record.get("event") == name]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read its database from outside."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as file:
            return file.execute(sql, values).fetchall()

    async def health(self, query: str = "") -> tuple[int, dict[str, Any]]:
        """Return status and body of /health; the status is 0 when nobody answers."""
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
                session.get(f"http://127.0.0.1:{self.port}/health{query}") as answer,
            ):
                return answer.status, await answer.json()
        except (aiohttp.ClientError, TimeoutError):
            return 0, {}

    async def well(self, seconds: float = 40.0) -> dict[str, Any]:
        """Wait until /health says that all is well, and return what it says."""
        said: dict[str, Any] = {}
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.running:
            status, said = await self.health()
            if status == 200:
                return said
            await asyncio.sleep(0.05)
        raise AssertionError(f"not well after {seconds} s: {said}\n{self.output[-4000:]}")

    async def command_line(self, *arguments: str, seconds: float = 60.0) -> tuple[int, str]:
        """Run another ``modelus-bot`` command in the same folder; return its exit code and what it wrote."""
        output = self.folder / f"output-{secrets.token_hex(8)}.txt"
        other = self._started(output, *arguments)
        try:
            await until(lambda: other.poll() is not None, f"the end of {arguments}", seconds)
        finally:
            other.kill()
            other.wait()
        assert other.returncode is not None
        return other.returncode, output.read_text("utf-8", errors="replace")

    async def ended(self, seconds: float = 30.0) -> int:
        """Wait for its end and return the exit code; it is killed when the time is over."""
        assert self.process is not None
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > end:
                self.kill()
                raise AssertionError(f"still running after {seconds} s\n{self.output[-4000:]}")
            await asyncio.sleep(0.02)
        return self.process.returncode

    async def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 30.0) -> int:
        """Ask it to end and return the exit code."""
        if self.process is not None and self.running:
            self.process.send_signal(number)
        return await self.ended(seconds)

    def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
