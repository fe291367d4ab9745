"""Nations by what people type: the present name, with or without its prefix, a former one, or an alias."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.nations.model import NameFound
from modelus_bot.subjects.nations.rules.names import split_prefix
from modelus_bot.text.escaping import folded, plain

__all__ = ["LEAST_LIKE", "name_taken", "named_nations", "nation_called"]

LEAST_TYPED, LEAST_LIKE = 4, 75
"""From how many letters on, and how much (of 100), a name may only resemble what was typed."""

_NAMES = """
SELECT id, name, prefix, status FROM nations WHERE status <> 'archived' OR :archived ORDER BY name, id
"""
_FORMER = """
SELECT n.id, n.name, n.prefix, n.status, f.name FROM nation_names AS f JOIN nations AS n ON n.id = f.nation_id
WHERE n.status <> 'archived' OR :archived ORDER BY f.name, n.id
"""
_fold = functools.lru_cache(maxsize=65_536)(folded)


@query(kept=True, hot=True)
def nation_called(tx: ReadTransaction, typed: str, *, archived: bool = False) -> int:
    """Return the number of the nation of that name: its present name counts before another's former one.

    Raises ``NotFound`` where there is none, ``InvalidInput`` where several are meant. One that is archived
    is found only if that is asked for, and no other has the name.
    """
    for name in dict.fromkeys((_fold(typed), _fold(split_prefix(typed)[1]))):
        for found in (_present(tx, archived), _former(tx, archived)):
            meant = [item for item in found if _fold(item.former or item.name) == name]
            alive = [item for item in meant if item.status != "archived"] or meant
            numbers = {item.nation_id for item in alive}
            if len(numbers) == 1:
                return numbers.pop()
            if numbers:
                raise InvalidInput(
                    f"“{plain(typed[:60])}” was the name of {len(numbers)} nations. Pick one from the list.",
                    rule="ambiguous",
                )
    raise NotFound(f"“{plain(typed[:60])}” is not a nation. Pick one from the list.", rule="nation.unknown")


@query(kept=True)
def named_nations(
    tx: ReadTransaction, typed: str, *, archived: bool = False, limit: int = 25
) -> tuple[NameFound, ...]:
    """Return nations whose present or former name contains what was typed; where none does, similar ones.

    Names that begin with it come first, present names before former ones.
    """
    wanted = _fold(typed) if typed.strip() else ""
    present = list(_present(tx, archived))
    if not wanted:
        return tuple(present[:limit])
    holding = [item for item in present if wanted in _fold(item.name)]
    holding.sort(key=lambda item: not _fold(item.name).startswith(wanted))
    known = list(_former(tx, archived)) if len(holding) < limit else []
    holding += [item for item in known if wanted in _fold(item.former or "")]
    if not holding and len(wanted) >= LEAST_TYPED:
        names = [*present, *known]
        texts = [_fold(item.former or item.name) for item in names]
        near = process.extract(
            wanted, texts, scorer=fuzz.partial_ratio, score_cutoff=LEAST_LIKE, limit=2 * limit
        )
        holding = [names[place] for _, _, place in near]
    return tuple({item.nation_id: item for item in reversed(holding)}.values())[::-1][:limit]


def name_taken(tx: ReadTransaction, name: str, but: int | None = None) -> bool:
    """Say whether another nation than number ``but`` is called so now, in whatever case or width."""
    wanted = _fold(name)
    return any(_fold(item.name) == wanted and item.nation_id != but for item in _present(tx, archived=False))


def _present(tx: ReadTransaction, archived: bool) -> Iterator[NameFound]:
    return (NameFound(*row) for row in tx.fetch_all(_NAMES, {"archived": archived}))


def _former(tx: ReadTransaction, archived: bool) -> Iterator[NameFound]:
    return (NameFound(*row) for row in tx.fetch_all(_FORMER, {"archived": archived}))
