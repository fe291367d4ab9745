"""What a nation is called besides its name: what it was called before, and aliases that it was given."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query

__all__ = ["aliases_of", "former_names_of"]

_ALIASES = "SELECT name FROM nation_names WHERE nation_id = ? AND kind = 'alias' ORDER BY at, name"
_FORMER = """
SELECT name FROM nation_names WHERE nation_id = ? AND kind = 'former' ORDER BY at DESC, name LIMIT 25
"""


@query(kept=True, hot=True)
def aliases_of(tx: ReadTransaction, nation_id: int) -> tuple[str, ...]:
    """Return a nation's aliases as they were given."""
    return tuple(row[0] for row in tx.fetch_all(_ALIASES, (nation_id,)))


def former_names_of(tx: ReadTransaction, nation_id: int) -> tuple[str, ...]:
    """Return what a nation was called, the latest first."""
    return tuple(row[0] for row in tx.fetch_all(_FORMER, (nation_id,)))
