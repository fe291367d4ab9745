"""Everything that is kept of a person, as each subject declares it."""

from __future__ import annotations

from typing import Any

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.permissions import Viewer, require_admin_viewer
from modelus_bot.domain.subject import declared

__all__ = ["personal_rows"]


@query(long=True)
def personal_rows(tx: ReadTransaction, viewer: Viewer, discord_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return every row about a person by table; one's own, for administrators anybody's.

    Bytes are hexadecimal digits. Tables without such a row are named, too: they were looked at.
    """
    if viewer.id != discord_id:
        require_admin_viewer(tx, viewer)
    return {
        rows.table: [
            {name: _plain(row[name]) for name in row.keys()}  # noqa: SIM118 - a row iterates over values
            for row in tx.fetch_all(rows.exported, {"id": discord_id})
        ]
        for rows in declared().personal
    }


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value
