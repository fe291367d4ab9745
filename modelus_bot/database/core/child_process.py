"""Work in a process of its own: what reads a database file byte by byte, or may crash on a damaged one.

The bot's process may open the live file through SQLite only: closing any other descriptor of it drops
SQLite's locks. A child is killed when its parent dies, runs at low priority, takes its task as JSON on
standard input and answers in JSON lines: any number of ``progress``, then one ``result`` or ``error``.
Its side of this is ``child_program``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from loguru import logger

from modelus_bot.database.core.errors import StorageFailed
from modelus_bot.runtime.os_errors import Fault, fault_of, in_words
from modelus_bot.runtime.processes import Process, start
from modelus_bot.runtime.tasks import owned

__all__ = ["ChildFailed", "ChildNotStarted", "Report", "run_child"]

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


class ChildNotStarted(ChildFailed):
    """There was no memory, process or descriptor for a child: says nothing about any file, and passes."""

    advice = "The machine is short of memory or processes at the moment. Please try again in a minute."


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
    words = [sys.executable, "-m", "modelus_bot.database.core.child_program", job, str(os.getpid())]
    try:
        process = await start(
            words,
            environment=_environment() | dict(environment or {}),
            feed=json.dumps(task).encode(),
            limit=LINE_LIMIT,
        )
    except OSError as error:
        raise ChildNotStarted(
            f"{job} could not be started: {in_words(error)}", fault=fault_of(error)
        ) from error
    try:
        async with asyncio.timeout(seconds):
            return await _converse(process, job, on_progress)
    except TimeoutError as error:
        raise ChildFailed(f"{job} took longer than {seconds} s", kind="TimeoutError") from error
    finally:
        await process.dismiss()


def _environment() -> dict[str, str]:
    """Return an environment in which the child finds this very package, whatever folder we are in."""
    home = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH")
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join([home, known]) if known else home}


async def _converse(process: Process, job: str, on_progress: Report | None) -> dict[str, Any]:
    assert process.stdout is not None  # noqa: S101 - pipes were asked for
    assert process.stderr is not None  # noqa: S101
    complaints = owned(process.stderr.read(), name="child-complaints")
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
