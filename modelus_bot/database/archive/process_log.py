"""The program's own log lines as events of ours."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from loguru import logger

__all__ = ["ProgramLog"]

QUIET_SECONDS = 60.0
"""The same complaint is logged once in this time; on a full disk it comes many times a second."""

REMEMBERED = 200
LONGEST = 2000

LEVELS = {"TRACE": "TRACE", "DEBUG": "DEBUG", "INFO": "DEBUG", "WARN": "WARNING", "ERROR": "ERROR"}
"""What the program does all the time is detail to an operator of the bot."""

OWN = frozenset({"time", "level", "msg"})


class ProgramLog:
    """Turns lines into log events ``archive_program``, without secrets and without repeating itself."""

    def __init__(
        self,
        secrets: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
        *,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        """Keep what must never be logged; ``on_line`` is called with what each line says."""
        self._secrets = tuple(secret for secret in secrets if secret)
        self._clock = clock
        self._said: dict[tuple[str, str, str], float] = {}
        self._on_line = on_line
        self.last_error = ""
        """The newest complaint, in the program's words."""

    def take(self, raw: bytes) -> None:
        """Log one line; whatever is not JSON is logged as it is, as a warning."""
        line = self._clean(raw.decode("utf-8", "replace").strip())
        if not line:
            return
        level, said, fields = _parsed(line)
        if self._on_line is not None:
            self._on_line(said)
        error = str(fields.get("error", ""))
        if level in {"WARNING", "ERROR"}:
            self.last_error = f"{said}: {error}" if error else said
            if self._recently(level, said, error):
                return
        logger.bind(said=said, **fields).log(level, "archive_program")

    def _clean(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line[:LONGEST]

    def _recently(self, *key: str) -> bool:
        level, said, error = key
        now = self._clock()
        before = self._said.get((level, said, error))
        if before is not None and now - before < QUIET_SECONDS:
            return True
        if len(self._said) >= REMEMBERED:
            self._said.clear()
        self._said[level, said, error] = now
        return False


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A compaction's ``level`` comes after the line's own."""
    return dict(reversed(pairs))


def _parsed(line: str) -> tuple[str, str, dict[str, Any]]:
    try:
        body = json.loads(line, object_pairs_hook=_first_of_each)
    except ValueError:
        return "WARNING", line, {}
    if not isinstance(body, dict):
        return "WARNING", line, {}
    fields = {f"program_{name}": value for name, value in body.items() if name not in OWN | {"error"}}
    if "error" in body:
        fields["error"] = body["error"]
    return LEVELS.get(str(body.get("level")), "WARNING"), str(body.get("msg", "")), fields
