"""A record as a readable line for a terminal, and as a JSON line for a file."""

from __future__ import annotations

import json
import re
import traceback
from datetime import UTC
from typing import TYPE_CHECKING, Any

from modelus_bot.logs.secrets import HIDDEN, Hide, cleaned, is_secret_name

if TYPE_CHECKING:
    from loguru import Record

__all__ = ["STACK", "fields_of", "json_line", "terminal_line"]

STACK = "stack"
"""The field that says where a failure came from, in many lines."""
_TROUBLE = 30
"""The level from which on somebody at the terminal wants to see that: WARNING."""

_COLOURS = {"TRACE": "2", "DEBUG": "2", "INFO": "36", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}


def fields_of(record: Record, hide: Hide) -> dict[str, Any]:
    """Return what was bound to a record as plain data without secrets."""
    return {
        key: HIDDEN if is_secret_name(key) else cleaned(value, hide) for key, value in record["extra"].items()
    }


def terminal_line(record: Record, fields: dict[str, Any], hide: Hide, *, coloured: bool) -> str:
    """Return one line with time, level, event and fields, and below it the traceback.

    The field ``stack`` stands below, too; that of a mere refusal is left to the file.
    """
    level = record["level"].name
    shown = f"{level:<8}"
    if coloured:
        shown = f"\x1b[{_COLOURS.get(level, '0')}m{shown}\x1b[0m"
    facts = "".join(f" {key}={_shown(value)}" for key, value in fields.items() if key != STACK)
    event = _printable(hide(record["message"]))
    stack = str(fields[STACK]) if STACK in fields and record["level"].no >= _TROUBLE else ""
    lines = [*stack.splitlines(), *hide(_traceback(record)).splitlines()]
    below = "".join(f"{_escaped(line)}\n" for line in lines)
    return f"{record['time']:%H:%M:%S} {shown} {event}{facts}\n{below}"


def json_line(record: Record, fields: dict[str, Any], hide: Hide) -> str:
    """Return one JSON object: time (UTC), level, event, module and every field as it is."""
    line: dict[str, Any] = {
        "time": record["time"].astimezone(UTC).isoformat(timespec="milliseconds"),
        "level": record["level"].name,
        "event": hide(record["message"]),
        "module": record["extra"].get("logger", record["name"]),
    }
    line |= {key if key not in line else f"{key}_": value for key, value in fields.items()}
    if record["exception"] is not None:
        line["exception"] = hide(_traceback(record))
    return json.dumps(line, ensure_ascii=False) + "\n"


def _traceback(record: Record) -> str:
    raised = record["exception"]
    if raised is None:
        return ""
    return "".join(traceback.format_exception(raised.type, raised.value, raised.traceback))


def _shown(value: Any) -> str:
    text = str(value)
    return (
        text
        if re.fullmatch(r"[^\s\"'=]+", text) and text.isprintable()
        else json.dumps(text, ensure_ascii=False)
    )


def _printable(text: str) -> str:
    """Keep line breaks, indented, and show other control characters as escapes."""
    return "\n    ".join(map(_escaped, text.splitlines()))


def _escaped(line: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)
