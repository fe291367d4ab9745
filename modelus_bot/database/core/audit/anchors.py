"""Anchors: what others noted of the chain's head, so that a rewritten or shortened chain contradicts them."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from loguru import logger

from modelus_bot.runtime.os_errors import in_words

__all__ = ["HEAD_EVENT", "Anchor", "gather_anchors"]

HEAD_EVENT = "audit_head"
"""The log event that carries the chain's head."""

LARGEST_LOG = 64 * 1024 * 1024
"""Bytes of one log file that are looked through, from its end."""

_MANIFEST_SIZE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Anchor:
    """Entry ``id`` had the hash ``head`` (hex) at ``at`` (UTC seconds), says ``source``."""

    source: str
    id: int
    head: str
    at: float


def gather_anchors(
    database: Path, *, backups: Path | None = None, log: Path | None = None
) -> tuple[Anchor, ...]:
    """Return the anchors of a database in order of their entries; blocking.

    They come from the state file and the snapshot beside it, from manifests in the folder ``backups``,
    and from the log file ``log`` and those it was rotated to. What cannot be read is passed over.
    """
    found: dict[tuple[int, str], Anchor] = {}
    for anchor in (
        *_from_state(database),
        *_from_snapshot(database),
        *_from_backups(database, backups),
        *_from_log(database, log),
    ):
        known = found.get((anchor.id, anchor.head))
        if known is None or anchor.at < known.at:
            found[anchor.id, anchor.head] = anchor
    return tuple(sorted(found.values(), key=lambda item: (item.id, item.at)))


def _from_state(database: Path) -> Iterator[Anchor]:
    path = database.with_name(database.name + "-state")
    content = _json_of(path)
    with contextlib.suppress(OSError):
        yield from _anchor("the state file", content, path.stat().st_mtime)


def _from_snapshot(database: Path) -> Iterator[Anchor]:
    content = _json_of(database.with_name(f"{database.stem}.snapshot") / "manifest.json")
    yield from _anchor("the snapshot", content, content.get("written_at"))


def _from_backups(database: Path, folder: Path | None) -> Iterator[Anchor]:
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.glob("*.db.json")):
        if not path.name.startswith(f"{database.stem}-"):
            continue
        content = _json_of(path)
        if content.get("status") != "failed":
            name = path.name.removesuffix(".json")
            yield from _anchor(f"backup {name}", content, content.get("created_at"))


def _from_log(database: Path, log: Path | None) -> Iterator[Anchor]:
    for path in _logs(log) if log is not None else ():
        try:
            for line in _last_lines(path):
                yield from _from_line(database, path.name, line)
        except OSError as error:
            logger.bind(path=str(path), error=in_words(error)).warning("anchors_unreadable")


def _logs(log: Path) -> list[Path]:
    """Return a log and what was put aside of it, beside the file that a symbolic link means, too."""
    found: dict[str, Path] = {}
    for item in (log, Path(os.path.realpath(log))):
        if item.parent.is_dir():
            for path in sorted(item.parent.glob(f"{item.stem}*{item.suffix}")):
                found.setdefault(os.path.realpath(path), path)
    return list(found.values())


def _from_line(database: Path, name: str, line: bytes) -> Iterator[Anchor]:
    if HEAD_EVENT.encode() not in line:
        return
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        content = json.loads(line)
        if content["event"] == HEAD_EVENT and content["path"] == str(database):
            at = datetime.fromisoformat(content["time"])
            yield from _anchor(f"the log {name} of {at:%Y-%m-%d %H:%M:%S}", content, at.timestamp())


def _last_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - LARGEST_LOG))
        yield from file


def _anchor(source: str, content: dict[str, Any], at: Any) -> Iterator[Anchor]:
    """Make an anchor of whatever has a number and a hash."""
    number, head = content.get("audit_id"), content.get("audit_head")
    if isinstance(number, int) and number > 0 and isinstance(head, str) and len(head) == 64:
        yield Anchor(source, number, head, float(at) if isinstance(at, int | float) else 0.0)


def _json_of(path: Path) -> dict[str, Any]:
    """Return the object in a small JSON file, empty when there is none."""
    try:
        if path.stat().st_size > _MANIFEST_SIZE:
            return {}
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
