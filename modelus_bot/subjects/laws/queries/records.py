"""One law by its numbers, its texts, and what it is filed under."""

from __future__ import annotations

import re

from modelus_bot.database import ReadTransaction, Row, query, viewer_query
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.laws.model import Law, LawName, LawSheet, Revision
from modelus_bot.subjects.laws.queries.tags import tags_of
from modelus_bot.subjects.laws.rules.citations import Citation, cited_in, names_before_numbers
from modelus_bot.subjects.nations.queries.records import require_nation

__all__ = [
    "law",
    "law_sheet",
    "name_of_law",
    "named_law",
    "require_law",
    "revision_texts",
    "revisions_of",
    "text_of",
    "unknown_law",
]

_BY_ID = """
SELECT id, nation_id, number, name, is_public, status, author_id, revision, enacted_at, repealed_at, version,
    created_at, updated_at
FROM laws WHERE id = ?
"""
_CLOSED = """
SELECT id, nation_id, number, name, is_public, status, author_id, revision, enacted_at, repealed_at, version,
    created_at, updated_at
FROM laws WHERE id = ? AND number IS NULL
"""
"""By its own number alone where it has none in a law book, so that none can be tried."""
_BY_NUMBER = """
SELECT id, nation_id, number, name, is_public, status, author_id, revision, enacted_at, repealed_at, version,
    created_at, updated_at
FROM laws WHERE nation_id = ? AND number = ?
"""
_TEXT = """
SELECT law_id, revision, body, by_user, note, published, at FROM law_revisions
WHERE law_id = ? AND revision = ?
"""
_TEXTS = """
SELECT law_id, revision, body, by_user, note, published, at FROM law_revisions WHERE law_id = ?
ORDER BY revision DESC LIMIT ? OFFSET ?
"""
AT_ONCE = 30
LIVING = """
SELECT id, name FROM nations WHERE status <> 'archived' AND name IN (
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
)
"""
_ARCHIVED = """
SELECT id, name FROM nations WHERE status = 'archived' AND name IN (
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
)
"""
"""With ``AT_ONCE`` places each: without a statement within, a viewer's connection has its indexes."""
_KEY = re.compile(r"(?P<nation>\d{1,18})-(?P<number>\d{1,9})|#(?P<own>\d{1,18})", re.ASCII)


def law_of(row: Row) -> Law:
    """Turn a row into a law."""
    values = dict(zip(row.keys(), row, strict=True))
    return Law(**values | {"is_public": bool(values["is_public"])})


@query
def law(tx: ReadTransaction, law_id: int) -> Law | None:
    """Return a law by its own number, or None."""
    row = tx.fetch_one(_BY_ID, (law_id,))
    return None if row is None else law_of(row)


def unknown_law() -> NotFound:
    """Return what is said of a law that is not there and of one that is not for the viewer: the same."""
    return NotFound(
        "There is no such law that you can read. `/law list` shows those you can.", rule="law.unknown"
    )


def require_law(tx: ReadTransaction, key: str) -> Law:
    """Return the law of a key (``2-14`` or ``#31``); raises ``NotFound``."""
    found = _KEY.fullmatch(key)
    row = None
    if found is not None and found["own"] is not None:
        row = tx.fetch_one(_CLOSED, (int(found["own"]),))
    elif found is not None:
        row = tx.fetch_one(_BY_NUMBER, (int(found["nation"]), int(found["number"])))
    if row is None:
        raise unknown_law()
    return law_of(row)


def name_of_law(tx: ReadTransaction, found: Law) -> LawName:
    """Return how a law is named."""
    nation = require_nation(tx, found.nation_id, archived=True)
    return LawName(
        found.id, found.nation_id, nation.name, found.number, found.name, found.status, found.is_public
    )


@viewer_query
def named_law(tx: ReadTransaction, viewer: Viewer, law_id: int) -> LawName:
    """Return how the law of a notice is named, if the viewer may read it; raises ``NotFound``.

    Not kept: what answers while the database is away knows no closed law, nor therefore who may read one.
    """
    del viewer
    found = law(tx, law_id)
    if found is None:
        raise unknown_law()
    return name_of_law(tx, found)


def text_of(tx: ReadTransaction, law_id: int, revision: int) -> Revision | None:
    """Return one of a law's texts, or None."""
    row = tx.fetch_one(_TEXT, (law_id, revision))
    return None if row is None else _revision(row)


def require_text(tx: ReadTransaction, found: Law, revision: int) -> Revision:
    """Return one of a law's texts; raises ``NotFound``."""
    text = text_of(tx, found.id, revision)
    if text is None:
        raise NotFound(
            "There is no such revision of this law that you can read. `/law history` lists them.",
            rule="law.revision",
        )
    return text


@viewer_query(kept=True, hot=True)
def law_sheet(tx: ReadTransaction, viewer: Viewer, key: str, revision: int | None = None) -> LawSheet:
    """Return a law as the viewer may read it, in its present text or an earlier one; raises ``NotFound``."""
    del viewer  # whose rows there are
    found = require_law(tx, key)
    text = require_text(tx, found, found.revision if revision is None else revision)
    return LawSheet(found, name_of_law(tx, found), text, tags_of(tx, found.id), _cited(tx, found, text.body))


@viewer_query(kept=True, hot=True)
def revisions_of(
    tx: ReadTransaction, viewer: Viewer, key: str, limit: int, offset: int = 0
) -> tuple[LawName, tuple[Revision, ...]]:
    """Return a law's texts that the viewer may read, the latest first; raises ``NotFound``."""
    del viewer
    found = require_law(tx, key)
    rows = tx.fetch_all(_TEXTS, (found.id, limit, offset))
    return name_of_law(tx, found), tuple(map(_revision, rows))


@viewer_query(kept=True, hot=True)
def revision_texts(
    tx: ReadTransaction, viewer: Viewer, key: str, older: int, newer: int
) -> tuple[LawName, Revision, Revision]:
    """Return two texts of a law; raises ``NotFound`` where the viewer may not read both."""
    del viewer
    found = require_law(tx, key)
    return name_of_law(tx, found), require_text(tx, found, older), require_text(tx, found, newer)


def _revision(row: Row) -> Revision:
    return Revision(row[0], row[1], row[2], row[3], row[4], bool(row[5]), row[6])


def _cited(tx: ReadTransaction, found: Law, body: str) -> tuple[LawName, ...]:
    """Return the laws that a text cites and the viewer may read; itself is none."""
    numbers = _nations_among(tx, names_before_numbers(body))
    cited = (_law_cited(tx, numbers, one) for one in cited_in(body, list(numbers)))
    return tuple(name_of_law(tx, one) for one in cited if one is not None and one.id != found.id)


def _nations_among(tx: ReadTransaction, names: tuple[str, ...]) -> dict[str, int]:
    """Return the numbers of those nations whose names are among some; archived ones count last."""
    found: dict[str, int] = {}
    for statement in (_ARCHIVED, LIVING):
        for first in range(0, len(names), AT_ONCE):
            asked = names[first : first + AT_ONCE]
            rows = tx.fetch_all(statement, (*asked, *[None] * (AT_ONCE - len(asked))))
            found |= {name: number for number, name in rows}
    return found


def _law_cited(tx: ReadTransaction, numbers: dict[str, int], citation: Citation) -> Law | None:
    row = tx.fetch_one(_BY_NUMBER, (numbers[citation.nation], citation.number))
    return None if row is None else law_of(row)
