"""Laws in lists, as law books, and by what was typed; each viewer finds those that they may read."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, Row, viewer_query
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.laws.model import LawBook, LawName, LawStatus, LawText
from modelus_bot.subjects.laws.queries.records import name_of_law, require_law, unknown_law
from modelus_bot.subjects.laws.rules.citations import own_number, read_citation
from modelus_bot.subjects.nations.queries.lookup import nation_called, nations_beginning
from modelus_bot.subjects.nations.queries.records import require_nation

__all__ = [
    "BOOK_CLOSED",
    "BOOK_NUMBERED",
    "LISTS",
    "OF_STATUS",
    "PART",
    "law_book",
    "law_called",
    "laws",
    "named_laws",
]

LISTS = {
    (False, False): """
SELECT l.id, l.nation_id, n.name, l.number, l.name, l.status, l.is_public
FROM laws AS l JOIN nations AS n ON n.id = l.nation_id
WHERE (:status IS NULL OR l.status = :status) ORDER BY l.id DESC LIMIT :limit OFFSET :offset
""",
    (True, False): """
SELECT l.id, l.nation_id, n.name, l.number, l.name, l.status, l.is_public
FROM laws AS l JOIN nations AS n ON n.id = l.nation_id
WHERE l.nation_id = :nation AND (:status IS NULL OR l.status = :status)
ORDER BY l.id DESC LIMIT :limit OFFSET :offset
""",
    (False, True): """
SELECT l.id, l.nation_id, n.name, l.number, l.name, l.status, l.is_public
FROM law_tags AS t JOIN laws AS l ON l.id = t.law_id JOIN nations AS n ON n.id = l.nation_id
WHERE t.tag_id = :tag AND (:status IS NULL OR l.status = :status)
ORDER BY t.law_id DESC LIMIT :limit OFFSET :offset
""",
    (True, True): """
SELECT l.id, l.nation_id, n.name, l.number, l.name, l.status, l.is_public
FROM laws AS l CROSS JOIN law_tags AS t ON t.tag_id = :tag AND t.law_id = l.id
CROSS JOIN nations AS n ON n.id = l.nation_id
WHERE l.nation_id = :nation AND (:status IS NULL OR l.status = :status)
ORDER BY l.id DESC LIMIT :limit OFFSET :offset
""",
}
"""By whether a nation and a tag are given; a nation has fewer laws than a tag, so of both it comes first."""
OF_STATUS = """
SELECT l.id, l.nation_id, n.name, l.number, l.name, l.status, l.is_public
FROM laws AS l JOIN nations AS n ON n.id = l.nation_id
WHERE l.status = :status ORDER BY l.id DESC LIMIT :limit OFFSET :offset
"""
BOOK_NUMBERED = """
SELECT l.id, l.nation_id, n.name, l.number, l.name, l.status, l.is_public, r.body, l.enacted_at
FROM laws AS l JOIN nations AS n ON n.id = l.nation_id
JOIN law_revisions AS r ON r.law_id = l.id AND r.revision = l.revision
WHERE l.nation_id = ? AND l.number > ? AND l.status = 'enacted' ORDER BY l.number LIMIT ?
"""
BOOK_CLOSED = """
SELECT l.id, l.nation_id, n.name, l.number, l.name, l.status, l.is_public, r.body, l.enacted_at
FROM laws AS l JOIN nations AS n ON n.id = l.nation_id
JOIN law_revisions AS r ON r.law_id = l.id AND r.revision = l.revision
WHERE l.nation_id = ? AND +l.id > ? AND l.number IS NULL AND l.status = 'enacted' ORDER BY l.id LIMIT ?
"""
"""With a plus, so that the nation's laws are looked at, and not all that were written later."""
BEGINNING = """
SELECT l.id, l.nation_id, n.name, l.number, l.name, l.status, l.is_public
FROM laws AS l JOIN nations AS n ON n.id = l.nation_id
WHERE l.name >= ? AND l.name < ? ORDER BY l.name, l.id LIMIT ?
"""
CALLED = """
SELECT l.id, l.nation_id, n.name, l.number, l.name, l.status, l.is_public
FROM laws AS l JOIN nations AS n ON n.id = l.nation_id WHERE l.name = ? ORDER BY l.id LIMIT 30
"""
PART = 200
"""Laws of a law book that are read at once: a thousand texts would hold up others."""
FEW = 3
"""Nations that are suggested from, of those whose names begin with what was typed."""
LAST = "\U0010ffff"
"""After every character that a name may have."""


@viewer_query(kept=True, hot=True)
def laws(
    tx: ReadTransaction,
    viewer: Viewer,
    nation_id: int | None = None,
    tag_id: int | None = None,
    status: LawStatus | None = None,
    limit: int = 10,
    offset: int = 0,
) -> tuple[LawName, ...]:
    """Return laws, the newest first: of a nation, under a tag, of a status, or all."""
    del viewer  # whose rows there are
    statement = LISTS[nation_id is not None, tag_id is not None]
    if nation_id is None and tag_id is None and status is not None:
        statement = OF_STATUS
    values = {"nation": nation_id, "tag": tag_id, "status": status, "limit": limit, "offset": offset}
    return tuple(map(_name, tx.fetch_all(statement, values)))


@viewer_query(kept=True, hot=True, confidential=True)
def named_laws(tx: ReadTransaction, viewer: Viewer, typed: str, limit: int = 25) -> tuple[LawName, ...]:
    """Return laws for what was typed so far: a citation, the beginning of a name, or a nation's name."""
    text = " ".join(typed.split())
    if not text:
        return laws(tx, viewer, limit=limit)
    found = {one.law_id: one for one in _cited_so_far(tx, text)}
    for row in tx.fetch_all(BEGINNING, (text, text + LAST, limit)):
        found.setdefault(row[0], _name(row))
    for nation in nations_beginning(tx, text, FEW) if len(found) < limit else ():
        for one in laws(tx, viewer, nation, limit=limit):
            found.setdefault(one.law_id, one)
    return tuple(found.values())[:limit]


@viewer_query(kept=True, hot=True, confidential=True)
def law_called(tx: ReadTransaction, viewer: Viewer, typed: str) -> tuple[LawName, int]:
    """Return the law that was typed as a citation or by its name, and the section that was cited, or 0.

    Raises ``NotFound``, or ``InvalidInput`` where several have the name; one in force counts before others.
    """
    del viewer
    text = " ".join(typed.split())
    exact = _cited(tx, text)
    if exact is not None:
        cited, own = read_citation(text), own_number(text)
        return exact, own[1] if own is not None else cited.section if cited is not None else 0
    named = [_name(row) for row in tx.fetch_all(CALLED, (text,))]
    live = [one for one in named if one.status != "repealed"] or named
    if len(live) > 1:
        raise InvalidInput(
            f"{len(live)} laws have this name. Pick one from the list, or type its nation and number, as"
            " “Texas 14”.",
            rule="ambiguous",
        )
    if not live:
        raise unknown_law()
    return live[0], 0


@viewer_query(kept=True)
def law_book(
    tx: ReadTransaction, viewer: Viewer, nation_id: int, after: LawName | None = None, limit: int = PART
) -> LawBook:
    """Return a part of a nation's laws in force with their texts, by number, those without one last.

    It begins after a law that an earlier part ended with. Raises ``NotFound``.
    """
    del viewer
    nation = require_nation(tx, nation_id, archived=True)
    number = 0 if after is None else after.number
    rows = [] if number is None else tx.fetch_all(BOOK_NUMBERED, (nation_id, number, limit + 1))
    if len(rows) <= limit:
        last = after.law_id if after is not None and number is None else 0
        rows = [*rows, *tx.fetch_all(BOOK_CLOSED, (nation_id, last, limit + 1 - len(rows)))]
    texts = tuple(LawText(_name(row), row[7], row[8]) for row in rows[:limit])
    return LawBook(nation.name, texts, len(rows) > limit)


def _name(row: Row) -> LawName:
    return LawName(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]))


def _cited_so_far(tx: ReadTransaction, text: str) -> list[LawName]:
    """Return the laws that a citation means of which the nation may be a beginning."""
    own, citation = own_number(text), read_citation(text)
    keys = [f"#{own[0]}"] if own is not None else []
    if citation is not None:
        nations = nations_beginning(tx, citation.nation, FEW)
        keys += [f"{nation}-{citation.number}" for nation in nations]
    return [found for found in (_keyed(tx, key) for key in keys) if found is not None]


def _cited(tx: ReadTransaction, text: str) -> LawName | None:
    """Return the law that a text cites; None where it cites none, or none that the viewer may read."""
    own = own_number(text)
    citation = read_citation(text) if own is None else None
    nation = _nation(tx, citation.nation) if citation is not None else None
    if own is not None:
        key = f"#{own[0]}"
    elif citation is not None and nation is not None:
        key = f"{nation}-{citation.number}"
    else:
        return None
    return _keyed(tx, key)


def _keyed(tx: ReadTransaction, key: str) -> LawName | None:
    try:
        return name_of_law(tx, require_law(tx, key))
    except NotFound:
        return None


def _nation(tx: ReadTransaction, name: str) -> int | None:
    try:
        return nation_called(tx, name, archived=True)
    except (NotFound, InvalidInput):
        return None
