"""What a snapshot holds: the rows of some tables at one moment, each table as the text of its file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from modelus_bot.database.core.names import quoted
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction

__all__ = ["EVERY_ROW", "Contents", "TableContents", "decoded", "kept_contents"]

EVERY_ROW: Mapping[str, str] = MappingProxyType({})
_COLUMNS = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid"
_HEAD = "SELECT id, row_hash FROM audit_logs ORDER BY id DESC LIMIT 1"
_MIGRATIONS = "SELECT migration_id FROM _yoyo_migration ORDER BY migration_id"


def _blob(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    raise TypeError(f"{type(value).__name__} is no value of a database")


_encode = json.JSONEncoder(
    separators=(",", ":"), ensure_ascii=False, check_circular=False, default=_blob
).encode


@dataclass(frozen=True, slots=True)
class TableContents:
    """One table: its file's content (JSON, a row per line), the sha256 of that in hex, the number of rows."""

    name: str
    content: bytes
    sha256: str
    rows: int

    @classmethod
    def of(cls, name: str, content: bytes, rows: int) -> TableContents:
        """Take the sha256 of a file's content."""
        return cls(name, content, hashlib.sha256(content).hexdigest(), rows)


@dataclass(frozen=True, slots=True)
class Contents:
    """Tables as they were together at ``as_of`` (UTC seconds), and how far the database was then.

    ``audit_head`` is the hash of the newest audit link, ``audit_id``, in hex; 0 and empty before the first.
    """

    tables: Mapping[str, TableContents]
    migrations: tuple[str, ...]
    audit_id: int
    audit_head: str
    as_of: int = field(compare=False)


@query(long=True)
def kept_contents(
    tx: ReadTransaction, tables: tuple[str, ...], at: int, rows: Mapping[str, str] = EVERY_ROW
) -> Contents:
    """Return the rows of ``tables`` and the audit head, all as of one moment, ``at`` in UTC seconds.

    ``rows`` is a condition, by table, on those that may be kept at all.
    """
    head = tx.fetch_one(_HEAD)
    return Contents(
        {name: _table(tx, name, rows.get(name, "1")) for name in tables},
        tuple(row[0] for row in tx.fetch_all(_MIGRATIONS)),
        head[0] if head is not None else 0,
        head[1].hex() if head is not None else "",
        at,
    )


def _table(tx: ReadTransaction, name: str, rule: str) -> TableContents:
    columns = [row[0] for row in tx.fetch_all(_COLUMNS, (name,))]
    count, text = _by_sqlite(tx, name, columns, rule)
    if text is None:
        asked = ("SELECT", ", ".join(map(quoted, columns)), "FROM", quoted(name), "WHERE", rule)
        rows = tx.fetch_all(" ".join(asked))
        count, text = len(rows), ",\n".join(_encode(tuple(row)) for row in rows)
    head = f'{{"table":{_encode(name)},"columns":{_encode(columns)},"rows":['
    content = f"{head}\n{text}\n]}}\n".encode()
    return TableContents.of(name, content, count)


def _by_sqlite(tx: ReadTransaction, name: str, columns: list[str], rule: str) -> tuple[int, str | None]:
    """Let SQLite count the rows and write them; None where a value's JSON would not be what Python's is.

    It holds up no other thread meanwhile. Row by row, Python's lock would change hands all the time, and
    everybody who asks something then waits for it several times.
    """
    names = [quoted(column) for column in columns]
    values = ", ".join(f"iif(typeof({item}) = 'blob', NULL, {item})" for item in names)
    plain = " AND ".join(f"typeof({item}) NOT IN ('blob', 'real')" for item in names)
    asked = (
        "SELECT count(*), group_concat(json_array(", values, "), char(44, 10)), total(", plain, ") FROM",
        quoted(name), "WHERE", rule,
    )  # fmt: skip
    count, text, plain_rows = tx.fetch_all(" ".join(asked))[0]
    return (count, text or "") if plain_rows == count else (count, None)


def decoded(content: bytes) -> tuple[list[str], list[list[Any]]]:
    """Return the columns and rows of a table's file; raises ``ValueError`` for anything else."""
    known = json.loads(content, object_hook=_unblob)
    match known:
        case {"columns": list() as columns, "rows": list() as rows} if all(
            isinstance(row, list) and len(row) == len(columns) for row in rows
        ):
            return columns, rows
    raise ValueError("it is no table")


def _unblob(value: dict[str, Any]) -> Any:
    return bytes.fromhex(value["hex"]) if value.keys() == {"hex"} else value
