"""The file that somebody gets who asks what is kept of them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from modelus_bot.domain.subject import declared

__all__ = ["archived", "what_stays"]

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The moment of each file inside: a zip has no time zone, and the same rows make the same bytes."""


def archived(rows: Mapping[str, Sequence[Mapping[str, Any]]], asked: str) -> bytes:
    """Return a zip with a JSON file for each table and a text that explains them; ``asked`` says when."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "READ ME.txt", _explanation(rows, asked))
        for table, found in rows.items():
            _put(archive, f"{table}.json", json.dumps(list(found), indent=2, ensure_ascii=False))
    return buffer.getvalue()


def what_stays() -> tuple[str, ...]:
    """Return a sentence for each kind of thing that is kept of somebody who was erased, and why."""
    return tuple(rows.stays for rows in declared().personal if rows.stays)


def _explanation(rows: Mapping[str, Sequence[Mapping[str, Any]]], asked: str) -> str:
    words = declared().rows
    lines = [f"What the bot keeps of you, asked for on {asked}. Times are seconds since 1970 in UTC.", ""]
    lines += [f"{table}.json: {words.get(table, table)}, {len(found)} rows" for table, found in rows.items()]
    lines += ["", "/member erase blanks what is yours. After it, this is left:", *what_stays()]
    lines += ["", "Backups are whole copies and keep what stood there until they are pruned."]
    return "\n".join(lines) + "\n"


def _put(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, text.encode("utf-8", "surrogatepass"))
