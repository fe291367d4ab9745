"""Nations by what people type: the present name, with or without its prefix, a former one, or an alias."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.nations.model import NameFound
from modelus_bot.subjects.nations.rules.names import split_prefix
from modelus_bot.text.escaping import folded, plain
from modelus_bot.text.likeness import LEAST_TYPED, PARTLY_LIKE, resembling

__all__ = [
    "living_nations",
    "name_taken",
    "named_nations",
    "names_now",
    "nation_called",
    "nations_beginning",
    "nations_called",
]

_NAMES = "SELECT id, name FROM nations WHERE status <> 'archived' ORDER BY name"
_EXACT = "SELECT id FROM nations WHERE name = ? AND status <> 'archived'"
"""What most people type is found by the index, without a look at every name."""
_ARCHIVED = "SELECT id, name FROM nations WHERE status = 'archived' ORDER BY name"
_OTHER = "SELECT nation_id, name FROM nation_names ORDER BY name, nation_id"
"""Former names, and aliases."""
_KIND = "SELECT kind FROM nation_names WHERE name = ? AND nation_id = ?"
PRESENT_FROM = """
SELECT id FROM nations WHERE status <> 'archived' AND name >= ? AND name < ? ORDER BY name LIMIT ?
"""
FORMER_FROM = "SELECT nation_id FROM nation_names WHERE name >= ? AND name < ? ORDER BY name LIMIT ?"
_LAST = "\U0010ffff"
"""After every character that a name may have."""
_ONE = "SELECT id, name, prefix, status FROM nations WHERE id = ?"
_fold = functools.lru_cache(maxsize=65_536)(folded)


@query(kept=True, hot=True)
def nation_called(tx: ReadTransaction, typed: str, *, archived: bool = False) -> int:
    """Return the number of the nation of that name: its present name counts before what another was called.

    Raises ``NotFound`` where there is none, ``InvalidInput`` where several are meant. One that is archived
    is found only if that is asked for, and no other has the name.
    """
    exact: int | None = tx.fetch_value(_EXACT, (typed.strip(),))
    if exact is not None:
        return exact
    for name in dict.fromkeys((_fold(typed), _fold(split_prefix(typed)[1]))):
        for known in (_NAMES, _OTHER, _ARCHIVED):
            meant = dict.fromkeys(number for number, called in _each(tx, known) if _fold(called) == name)
            found = [one for one in map(functools.partial(_details, tx), meant) if archived or one.alive]
            numbers = [one.nation_id for one in found if one.alive] or [one.nation_id for one in found]
            if len(numbers) == 1:
                return numbers[0]
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
    """Return nations of which a name contains what was typed; where none does, those with similar ones.

    Names that begin with it come first, present names before former ones and aliases.
    """
    wanted = _fold(typed) if typed.strip() else ""
    present = (_NAMES, _ARCHIVED) if archived else (_NAMES,)
    holding = _holding(tx, present, wanted, limit if not wanted else None)
    holding.sort(key=lambda item: not _fold(item[1]).startswith(wanted))
    if len(holding) < limit:
        holding += _holding(tx, (_OTHER,), wanted)
        if not holding and len(wanted) >= LEAST_TYPED:
            holding = _like(tx, (*present, _OTHER), wanted, limit)
    return tuple(islice(_described(tx, holding, archived=archived), limit))


def nations_beginning(tx: ReadTransaction, typed: str, limit: int) -> tuple[int, ...]:
    """Return a few nations whose present or former name begins so, by the indexes of names alone.

    For what is asked at each key: thousands of names are not looked at, so neither accents nor width count.
    """
    found: dict[int, None] = {}
    for name in dict.fromkeys((typed.strip(), split_prefix(typed)[1])):
        for statement in (PRESENT_FROM, FORMER_FROM) if name else ():
            found |= dict.fromkeys(row[0] for row in tx.fetch_all(statement, (name, name + _LAST, limit)))
    return tuple(found)[:limit]


def name_taken(tx: ReadTransaction, name: str, but: int | None = None) -> bool:
    """Say whether another nation than number ``but`` is called so now, in whatever case or width."""
    wanted = _fold(name)
    return any(_fold(called) == wanted and number != but for number, called in _each(tx, _NAMES))


def names_now(tx: ReadTransaction) -> set[str]:
    """Return what nations are called now, folded: for who asks of many names at once."""
    return {_fold(called) for called in living_nations(tx).values()}


def living_nations(tx: ReadTransaction) -> dict[int, str]:
    """Return the present names of all that are not archived, by number, in the order of the names."""
    return dict(_each(tx, _NAMES))


def nations_called(
    tx: ReadTransaction, names: Sequence[str], living: Mapping[int, str]
) -> dict[str, int | None]:
    """Return the nation of each of many names at once: present names first, then other names of only one."""
    present = {_fold(called): number for number, called in living.items()}
    found = {name: present.get(_fold(name), present.get(_fold(split_prefix(name)[1]))) for name in names}
    missing = {_fold(name): name for name, number in found.items() if number is None}
    if not missing:
        return found
    once: dict[str, set[int]] = {}
    for number, called in _each(tx, _OTHER):
        if number in living and _fold(called) in missing:
            once.setdefault(missing[_fold(called)], set()).add(number)
    return found | {name: numbers.pop() for name, numbers in once.items() if len(numbers) == 1}


def _each(tx: ReadTransaction, known: str) -> Iterator[tuple[int, str]]:
    """Yield numbers and names one by one: thousands of rows kept at once would wake the collector."""
    _, rows = tx.stream(known)
    for row in rows:
        yield row[0], row[1]


def _holding(
    tx: ReadTransaction, statements: tuple[str, ...], wanted: str, limit: int | None = None
) -> list[tuple[int, str]]:
    """Return the names that contain what was typed, in their order."""
    each = (item for known in statements for item in _each(tx, known) if wanted in _fold(item[1]))
    return list(islice(each, limit))


def _like(tx: ReadTransaction, statements: tuple[str, ...], wanted: str, limit: int) -> list[tuple[int, str]]:
    """Return the names that resemble what was typed, the likest first."""
    numbers: list[int] = []
    names: list[str] = []
    for known in statements:
        for number, name in _each(tx, known):
            numbers.append(number)
            names.append(name)
    near = resembling(wanted, map(_fold, names), most=2 * limit, alike=PARTLY_LIKE)
    return [(numbers[place], names[place]) for place in near]


def _described(tx: ReadTransaction, found: list[tuple[int, str]], *, archived: bool) -> Iterator[NameFound]:
    """Yield each nation once, with the name that matched where that is not its present one."""
    seen: set[int] = set()
    for number, matched in found:
        if number in seen:
            continue
        seen.add(number)
        one = _details(tx, number)
        if one.alive or archived:
            yield one if one.name == matched else _by_another(tx, one, matched)


def _by_another(tx: ReadTransaction, one: NameFound, matched: str) -> NameFound:
    alias = tx.fetch_value(_KIND, (matched, one.nation_id)) == "alias"
    return replace(one, alias=matched) if alias else replace(one, former=matched)


def _details(tx: ReadTransaction, number: int) -> NameFound:
    row = tx.fetch_one(_ONE, (number,))
    if row is None:
        raise NotFound("This nation is gone. Pick another one from the list.", rule="nation.unknown")
    return NameFound(*row)
