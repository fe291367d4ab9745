"""Makes treaties and blocs of what the original bot kept: alliances had a direction there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.blocs.rules import MOST_IN_BLOC, checked_name
from modelus_bot.subjects.imports.rules.cells import Cells, Unusable
from modelus_bot.subjects.modelus_import.model.rows import AllianceRow, BlocMemberRow, BlocRow
from modelus_bot.subjects.modelus_import.model.source import RecordPlace, RecordRow
from modelus_bot.subjects.modelus_import.rules.names import NationNames
from modelus_bot.text.escaping import bare, folded

__all__ = ["BlocBook", "alliance", "bloc", "bloc_member", "bloc_name", "counting_pairs"]

NAME_LIMIT, ABOUT_LIMIT = 50, 500
Status = Literal["pending", "active", "declined", "ended"]
_STATES: Mapping[str, Status] = {
    "active": "active", "accepted": "active", "approved": "active", "pending": "pending",
    "declined": "declined", "rejected": "declined", "broken": "ended", "ended": "ended",
}  # fmt: skip
_RANKS: Mapping[Status, int] = {"active": 0, "pending": 1, "ended": 2, "declined": 3}
"""Of two rows about the same nations the one counts that says most of how they stand."""


def counting_pairs(rows: Iterable[RecordRow], names: NationNames) -> dict[frozenset[str], RecordPlace]:
    """Return which row counts for each two nations: they may stand there in both directions."""
    best: dict[frozenset[str], tuple[int, int, RecordPlace]] = {}
    for place, row in enumerate(rows):
        one, other = (names.meant(str(row.values.get(column))) for column in ("nation1", "nation2"))
        if one is None or other is None or one == other:
            continue
        word = str(row.values.get("status") or "").strip().lower()
        rank = (_RANKS[_STATES.get(word, "pending")], place, row.place)
        pair = frozenset((one, other))
        best[pair] = min(best.get(pair, rank), rank, key=lambda item: item[:2])
    return {pair: place for pair, (_, _, place) in best.items()}


def alliance(cells: Cells, names: NationNames) -> AllianceRow:
    """Return an alliance: the first nation asked the second one for it."""
    one, other = (_nation(cells, names, column) for column in ("nation1", "nation2"))
    if one == other:
        raise Unusable("a nation cannot be allied with itself")
    status = cells.choice("status", _STATES, "pending")
    asked, decided = cells.instant("requested_at"), cells.instant("approved_at")
    changed = cells.instant("updated_at")
    if status == "ended" and changed is None:
        cells.note("when it was broken is not said there; it counts as ended when it is taken in")
    return AllianceRow(
        number=cells.reference("id") or f"{one}-{other}",
        created_at=asked,
        nation=one,
        other=other,
        status=status,
        decided_at=decided if decided is not None or status != "declined" else changed,
        ended_at=changed if status == "ended" else None,
    )


@dataclass(frozen=True, slots=True)
class BlocBook:
    """Blocs by number and by folded name, and the nations of each in the order in which they joined."""

    numbers: Mapping[str, str]
    members: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, blocs: Iterable[RecordRow], members: Iterable[RecordRow], names: NationNames) -> BlocBook:
        """Read both tables, without saying yet what is wrong with a row."""
        numbers: dict[str, str] = {}
        for row in blocs:
            number = str(row.values.get("id")).strip()
            numbers.setdefault(number, number)
            numbers.setdefault(folded(str(row.values.get("name"))), number)
        found: dict[str, dict[str, None]] = {}
        for row in members:
            meant = _bloc_meant(row.values, numbers)
            nation = names.meant(str(row.values.get("nation_name")))
            if meant is not None and nation is not None:
                found.setdefault(meant, {}).setdefault(nation)
        return cls(numbers, {number: tuple(nations) for number, nations in found.items()})


def bloc_name(text: Any, number: str) -> str:
    """Return a name that a bloc may have, or one made of its number."""
    try:
        return checked_name(text)[:NAME_LIMIT].rstrip() if isinstance(text, str) else f"Bloc {number}"
    except InvalidInput:
        return f"Bloc {number}"


def bloc(cells: Cells, names: NationNames, book: BlocBook, name: str) -> BlocRow:
    """Return a bloc under the name that it gets here; its leader is the first of its members."""
    number = cells.number("id")
    if " ".join(cells.text("name", NAME_LIMIT).split()) != name:
        cells.note("its name is taken by another or cannot stay; a number was added to it, or stands for it")
    members = book.members.get(number, ())
    leader = names.meant(cells.text("leader_nation", 200))
    if leader is None:
        cells.note("its leader is no nation there; who joined first leads")
    elif leader not in members:
        cells.note("its leader had been taken out of it there, and leads it here again")
    order = dict.fromkeys([*([leader] if leader is not None else []), *members])
    return BlocRow(
        number=number,
        created_at=cells.instant("created_at"),
        name=name,
        description=cells.label("description", ABOUT_LIMIT),
        members=tuple(order)[:MOST_IN_BLOC],
    )


def bloc_member(cells: Cells, names: NationNames, book: BlocBook) -> BlocMemberRow:
    """Return that a nation is in a bloc."""
    values = {column: cells.value(column) for column in ("alliance_id", "alliance_name")}
    number = _bloc_meant(values, book.numbers)
    if number is None:
        raise Unusable("its bloc is not there")
    nation = _nation(cells, names, "nation_name")
    return BlocMemberRow(
        number=f"{number}-{nation}", created_at=cells.instant("joined_at"), bloc=number, nation=nation
    )


def _bloc_meant(values: Mapping[str, Any], numbers: Mapping[str, str]) -> str | None:
    """Return the number of the bloc that a row names by its number or its name."""
    for value in (values.get("alliance_id"), values.get("alliance_name")):
        if value is not None:
            text = str(value).strip()
            found = numbers.get(text) or numbers.get(folded(text))
            if found is not None:
                return found
    return None


def _nation(cells: Cells, names: NationNames, column: str) -> str:
    text = cells.text(column, 200)
    number = names.meant(text)
    if number is None:
        raise Unusable(f"no nation there is called so: {bare(text)[:60]}")
    if not names.is_present(text):
        cells.note(f"{column} stands there by a former name, or without a prefix")
    return number
