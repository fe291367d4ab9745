"""The one place where names of tables and columns get into SQL: quoted, and never values."""

from __future__ import annotations

__all__ = ["quoted", "with_names"]


def quoted(name: str) -> str:
    """Return a name as SQL takes it, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def with_names(sql: str, **names: str) -> str:
    """Put names of the schema into ``sql`` where it says ``{key}``, quoted; values stay parameters."""
    return sql.format_map({key: quoted(name) for key, name in names.items()})
