"""Which disciplines there are, and finding one by its key."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.disciplines.model import Discipline
from modelus_bot.text.escaping import plain

__all__ = ["discipline_label", "disciplines", "require_discipline"]

_ORDERED = """
SELECT key, label, role_id, scheduler, is_active FROM disciplines
WHERE is_active = 1 OR ? = 0
ORDER BY CASE key WHEN 'account' THEN 0 WHEN 'producer' THEN 1 WHEN 'po' THEN 2 WHEN 'ui_eng' THEN 3
    WHEN 'be_eng' THEN 4 ELSE 5 END, key
"""


@query(kept=True, hot=True)
def disciplines(tx: ReadTransaction, active_only: bool = True) -> tuple[Discipline, ...]:
    """Return the disciplines in their usual order."""
    rows = tx.fetch_all(_ORDERED, (int(active_only),))
    return tuple(Discipline(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows)


def require_discipline(tx: ReadTransaction, key: str) -> Discipline:
    """Return an active discipline or raise ``NotFound`` with the ones there are."""
    known = disciplines(tx)
    for discipline in known:
        if discipline.key == key:
            return discipline
    names = ", ".join(plain(discipline.label) for discipline in known) or "none yet"
    raise NotFound(
        f"There is no discipline called “{plain(key)}”. There are: {names}.", rule="discipline.unknown"
    )


def discipline_label(tx: ReadTransaction, key: str) -> str:
    """Return what people call a discipline, also one that is no longer used; an unknown key itself."""
    return next(
        (discipline.label for discipline in disciplines(tx, active_only=False) if discipline.key == key), key
    )
