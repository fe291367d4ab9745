"""Processes: the one place that starts them, the same on every event loop.

Neither a child watcher nor a thread is needed: the kernel tells of a child's end through a descriptor.
No wait for a child is without an end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
from asyncio import StreamReader, StreamReaderProtocol
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Literal

from loguru import logger

from modelus_bot.runtime.threads import no_thread

__all__ = ["Process", "start"]

LINE_LIMIT = 1024 * 1024
KILL_PATIENCE = 5.0
"""Seconds to wait for a killed process: one that the operating system holds up is left behind."""

START_PATIENCE = 10.0
LOOK_EVERY = 0.05
"""Seconds between two looks at a child where the kernel has no descriptor for it."""


class Process:
    """A child of this process; it is collected when it ends, whether or not anybody waits for it."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        """Follow a child that was started a moment ago."""
        self._child = child
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._unread = [child.stdout, child.stderr]
        self._pipes: list[asyncio.ReadTransport] = []
        self._descriptor: int | None = None
        self.pid = child.pid
        self.stdout: StreamReader | None = None
        self.stderr: StreamReader | None = None
        self._follow()

    @property
    def returncode(self) -> int | None:
        """How it ended, negative for a signal; None while it runs."""
        return self._child.returncode

    async def wait(self) -> int:
        """Wait for its end, however long it runs, and return its code."""
        await self._over.wait()
        return self._child.returncode

    async def communicate(self) -> tuple[bytes, bytes]:
        """Read its output and its complaints to their end, wait for its own, and return both."""
        output, complaints = await asyncio.gather(_all(self.stdout), _all(self.stderr))
        await self.wait()
        return output, complaints

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it is over."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def end(self, *, seconds: float = 0) -> int | None:
        """Ask it to end, kill it after ``seconds`` (0: at once), and return its code.

        None is that of a process which even then did not end, and is left behind.
        """
        if seconds > 0:
            self.signal(signal.SIGTERM)
            if await self._ended_within(seconds):
                return self.returncode
        self.signal(signal.SIGKILL)
        if not await self._ended_within(KILL_PATIENCE):
            logger.bind(process=self.pid, seconds=KILL_PATIENCE).error("process_does_not_end")
        return self.returncode

    async def dismiss(self) -> None:
        """Kill it if it still runs and let go of its pipes, also when whoever waits is cancelled."""
        try:
            await asyncio.shield(self.end())
        finally:
            self.close()

    def close(self) -> None:
        """Let go of its pipes."""
        for pipe in self._pipes:
            pipe.close()

    async def connect(self, limit: int) -> None:
        """Read from its pipes from now on; for ``start`` only."""
        self.stdout = await self._reader(limit)
        self.stderr = await self._reader(limit)

    async def _reader(self, limit: int) -> StreamReader | None:
        pipe = self._unread.pop(0)
        if pipe is None:
            return None
        reader = StreamReader(limit=limit, loop=self._loop)
        transport, _ = await self._loop.connect_read_pipe(
            lambda: StreamReaderProtocol(reader, loop=self._loop), pipe
        )
        self._pipes.append(transport)
        return reader

    def abandon(self) -> None:
        """Kill it without waiting, and close what it was given; for ``start`` only."""
        self.signal(signal.SIGKILL)
        self.close()
        for pipe in self._unread:
            if pipe is not None:
                pipe.close()

    async def _ended_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
        return self.returncode is not None

    def _follow(self) -> None:
        """Hear of its end from the kernel, or where that cannot be, look again and again."""
        try:
            self._descriptor = os.pidfd_open(self.pid)
            self._loop.add_reader(self._descriptor, self._look)
        except (AttributeError, OSError, MemoryError):
            self._let_go()
            self._look_again()

    def _look(self) -> None:
        if self._child.poll() is not None:
            self._let_go()
            self._over.set()

    def _look_again(self) -> None:
        self._look()
        if not self._over.is_set():
            self._loop.call_later(LOOK_EVERY, self._look_again)

    def _let_go(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError, ValueError):
                self._loop.remove_reader(descriptor)
            os.close(descriptor)


class _Child(subprocess.Popen[bytes]):
    """A child that is killed if starting it fails after it has begun to run."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            pid: int | None = getattr(self, "pid", None)
            if pid is not None and self.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                self.wait()
            raise


async def start(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    complaints: Literal["apart", "with output", "nowhere"] = "apart",
    feed: bytes = b"",
    folder: Path | None = None,
    inherited: Sequence[int] = (),
    limit: int = LINE_LIMIT,
) -> Process:
    """Start a program that reads ``feed``; raises ``OSError`` when that fails, and nothing runs then.

    It has a group of its own, so that Ctrl-C in a terminal leaves it to us. A session of its own would undo
    its low priority: Linux shares the processors among sessions first (sched_autogroup). ``limit`` is for
    the length of a line of its output.
    """
    stderr = {"apart": subprocess.PIPE, "with output": subprocess.STDOUT, "nowhere": subprocess.DEVNULL}
    try:
        with _readable(feed) as stdin:
            child = _Child(
                [*map(str, command)], bufsize=0, stdin=stdin, stdout=subprocess.PIPE,
                stderr=stderr[complaints], cwd=folder, env=dict(environment),
                pass_fds=tuple(inherited), process_group=0,
            )  # fmt: skip
        process = _followed(child)
    except (MemoryError, RuntimeError) as error:
        raise no_thread(error) from error
    try:
        async with asyncio.timeout(START_PATIENCE):
            await process.connect(limit)
    except (MemoryError, RuntimeError, TimeoutError) as error:
        process.abandon()
        raise no_thread(error) from error
    except BaseException:
        process.abandon()
        raise
    return process


def _followed(child: subprocess.Popen[bytes]) -> Process:
    try:
        return Process(child)
    except BaseException:
        child.kill()
        child.wait()
        raise


@contextlib.contextmanager
def _readable(content: bytes) -> Iterator[IO[bytes]]:
    """Yield a file that holds ``content``: unlike a pipe it never makes whoever writes to it wait."""
    with tempfile.TemporaryFile(buffering=0) if not hasattr(os, "memfd_create") else _in_memory() as file:
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]
        file.seek(0)
        yield file


def _in_memory() -> IO[bytes]:
    return os.fdopen(os.memfd_create("feed"), "w+b", buffering=0)


async def _all(stream: StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()
