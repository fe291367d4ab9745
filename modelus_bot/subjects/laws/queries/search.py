"""Finding laws by their words: public ones that are in force, whoever looks; nothing else can be found."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, Row, viewer_query
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.laws.model import LawHit, LawName
from modelus_bot.subjects.laws.rules.sections import section_at
from modelus_bot.text.searching import MARKS, asked_for

__all__ = ["FOUND", "laws_with", "question"]

FOUND = """
SELECT rowid, nation_id, nation, number, name, highlight(law_search, 0, :open, :close),
    highlight(law_search, 2, :open, :close), highlight(law_search, 1, :open, :close)
FROM law_search WHERE law_search MATCH :words ORDER BY rowid DESC LIMIT :limit OFFSET :offset
"""
FILED = "\ue000"
"""Begins the words that say where a law is filed: nobody's words have it."""


@viewer_query(confidential=True)
def laws_with(
    tx: ReadTransaction,
    viewer: Viewer,
    text: str,
    nation_id: int | None = None,
    tag_id: int | None = None,
    limit: int = 10,
    offset: int = 0,
) -> tuple[LawHit, ...]:
    """Return laws with all words of a text in their names, texts or tags, the newest law first."""
    del viewer  # everybody finds the same
    words = question(text, nation_id, tag_id)
    if words is None:
        return ()
    values = {"words": words, "open": MARKS[0], "close": MARKS[1], "limit": limit, "offset": offset}
    return tuple(map(_hit, tx.fetch_all(FOUND, values)))


def question(text: str, nation_id: int | None, tag_id: int | None) -> str | None:
    """Return what is asked of the index; None for a text without words."""
    words = asked_for(text)
    if words is None:
        return None
    places = [f"n{nation_id}"] if nation_id is not None else []
    places += [f"t{tag_id}"] if tag_id is not None else []
    return " AND ".join([f"({words})", *(f'place : "{FILED}{place}"' for place in places)])


def _hit(row: Row) -> LawHit:
    number, nation_id, nation, place, name, title, tags, body = row
    found = LawName(number, nation_id, nation, place, name, "enacted", True)
    first = body.find(MARKS[0])
    section, text = section_at(body, first) if first >= 0 else (0, body)
    return LawHit(found, title, tags, section, text)
