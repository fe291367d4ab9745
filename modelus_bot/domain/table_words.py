"""What people call the rows of a table and what is in them; no name of a table is shown to anybody."""

from __future__ import annotations

from modelus_bot.domain.subject import declared

__all__ = ["row_of", "rows_of", "value_called"]

_ARTICLES = ("a ", "an ", "the ")


def rows_of(table: str) -> str:
    """Return what the rows of a table are called; one that nobody knows is a record of another kind."""
    return declared().rows.get(table, f"other records ({table})")


def row_of(table: str) -> str:
    """Return what one row of a table is called, without its article."""
    return _bare(declared().row.get(table, f"record of another kind ({table})"))


def value_called(key: str) -> str:
    """Return what a value in an entry of the audit log is called, without its article."""
    known = declared()
    return _bare(known.told.get(key) or known.columns.get(key) or key.replace("_", " "))


def _bare(words: str) -> str:
    article = next((one for one in _ARTICLES if words.startswith(one)), "")
    return words[len(article) :]
