"""Work in a process of its own: what reads a database file byte by byte, or may crash on a damaged one.

The bot's process may open the live file through SQLite only: closing any other descriptor of it drops
SQLite's locks. A child is killed when its parent dies, runs at low priority, takes its task as JSON on
standard input and answers in JSON lines: any number of ``progress``, then one ``result`` or ``error``.
Its side of this is ``child_program``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from loguru import logger

from modelus_bot.database.errors import StorageFailed
from modelus_bot.os_errors import Fault

__all__ = ["ChildFailed", "Report", "run_child"]

Report = Callable[[dict[str, Any]], None]
"""What a job calls with a JSON object to say how far it is."""

LINE_LIMIT = 16 * 1024 * 1024


class ChildFailed(StorageFailed):
    """The child was killed, ran out of time, or raised; ``kind`` is the exception's class name, if any.

    ``fault`` is what kind of trouble of the system it was.
    """

    def __init__(self, detail: str = "", *, kind: str = "", fault: Fault = Fault.OTHER, **more: Any) -> None:
        """Keep the name of what the job raised."""
        super().__init__(detail, **more)
        self.kind = kind
        self.fault = fault


async def run_child(
    job: str,
    task: dict[str, Any],
    *,
    on_progress: Report | None = None,
    seconds: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Run one of ``child_program.JOBS`` in a process of its own and return its result.

    ``environment`` are variables that the job needs besides ours. A cancelled caller, or one whose
    ``seconds`` are over, takes the child with it. Raises ``ChildFailed``.
    """
    process = await _started(job, environment or {})
    try:
        async with asyncio.timeout(seconds):
            return await _converse(process, job, task, on_progress)
    except TimeoutError as error:
        raise ChildFailed(f"{job} took longer than {seconds} s", kind="TimeoutError") from error
    finally:
        _end(process)
        await process.wait()
        _close_pipes(process)


async def _started(job: str, environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    """Start the child; a caller cancelled meanwhile waits for the start and ends the child again.

    asyncio would otherwise wait for ever for pipes that nobody connects any more. The child has a group of
    its own, so that Ctrl-C in a terminal leaves it to us. A session of its own would undo its low priority:
    Linux shares the processors among sessions first (sched_autogroup).
    """
    words = [sys.executable, "-m", "modelus_bot.database.child_program", job, str(os.getpid())]
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT, process_group=0, env=_environment() | dict(environment),
        )
    )  # fmt: skip
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        process = await starting
        _end(process)
        await process.wait()
        _close_pipes(process)
        raise


def _environment() -> dict[str, str]:
    """Return an environment in which the child finds this very package, whatever folder we are in."""
    home = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH")
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join([home, known]) if known else home}


async def _converse(
    process: asyncio.subprocess.Process, job: str, task: dict[str, Any], on_progress: Report | None
) -> dict[str, Any]:
    assert process.stdin is not None  # noqa: S101 - pipes were asked for
    assert process.stdout is not None  # noqa: S101
    assert process.stderr is not None  # noqa: S101
    complaints = asyncio.create_task(process.stderr.read())
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(json.dumps(task).encode())
        await process.stdin.drain()
        process.stdin.close()
    try:
        async for line in process.stdout:
            message = json.loads(line)
            if "result" in message:
                result: dict[str, Any] = message["result"]
                return result
            if "error" in message:
                raise ChildFailed(message["error"], kind=message["kind"], fault=Fault(message["fault"]))
            if on_progress is not None:
                on_progress(message["progress"])
        code = await process.wait()
        text = (await complaints).decode("utf-8", "replace")[-2000:]
        logger.bind(job=job, code=code, stderr=text).warning("child_ended_without_answer")
        raise ChildFailed(f"{job} ended with code {code} and no answer")
    finally:
        complaints.cancel()


def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the child if it still runs.

    By number: ``Process.kill`` collects a child that has just ended, which asyncio then misses.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


def _close_pipes(process: asyncio.subprocess.Process) -> None:
    """Close what asyncio would leave to the garbage collector."""
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
