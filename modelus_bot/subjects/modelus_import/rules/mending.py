"""Makes rows that can be taken in of what the database says, and says what was mended, or why not. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from modelus_bot.subjects.imports.model.outcome import Ready, RowFate
from modelus_bot.subjects.imports.rules.cells import Cells, Unusable
from modelus_bot.subjects.modelus_import.model.rows import AllianceRow, ModelusRow
from modelus_bot.subjects.modelus_import.model.source import (
    TABLES,
    ModelusSource,
    RecordPlace,
    RecordRow,
    SimulationTable,
)
from modelus_bot.subjects.modelus_import.rules import diplomacy_mending, law_mending, nation_mending
from modelus_bot.subjects.modelus_import.rules.names import NationNames, distinct

__all__ = ["mended_rows"]

Given = Mapping[str, str]
"""The names that rows of a table get here, by their numbers."""


@dataclass(frozen=True, slots=True)
class _Files:
    names: NationNames
    given: Mapping[SimulationTable, Given]
    pairs: Mapping[frozenset[str], RecordPlace]
    blocs: diplomacy_mending.BlocBook


def mended_rows(
    source: ModelusSource, zone: ZoneInfo
) -> Iterator[tuple[str, RecordPlace, Ready[ModelusRow] | RowFate]]:
    """Yield every row, in the order in which they are taken in: ready, or left out and why.

    Times without a zone, and days, are those of ``zone``.
    """
    names = _names(source)
    files = _Files(
        names,
        {name: _given(name, source, names, zone) for name in _NAMED},
        diplomacy_mending.counting_pairs(source.tables.get("alliances", ()), names),
        diplomacy_mending.BlocBook.of(
            source.tables.get("multi_alliances", ()), source.tables.get("multi_alliance_members", ()), names
        ),
    )
    for name in TABLES:
        known: dict[str, RecordPlace] = {}
        for row in source.tables.get(name, ()):
            yield name, row.place, _mended(name, row, files, zone, known)


def _mended(
    table: SimulationTable, row: RecordRow, files: _Files, zone: ZoneInfo, known: dict[str, RecordPlace]
) -> Ready[ModelusRow] | RowFate:
    cells = Cells(row.values, zone)
    try:
        made = _MAKERS[table](cells, files)
        before = known.setdefault(made.number, row.place)
        if before is not row.place:
            raise Unusable(f"the same stands there already: {before}")
        _require_counting(made, row.place, files)
        return Ready(row.place, made, tuple(dict.fromkeys(cells.notes)))
    except Unusable as why:
        return RowFate("left_out", (str(why),))


def _require_counting(made: ModelusRow, place: RecordPlace, files: _Files) -> None:
    """Raise ``Unusable`` for an alliance whose two nations have another row that counts."""
    if isinstance(made, AllianceRow):
        counts = files.pairs.get(frozenset((made.nation, made.other)), place)
        if str(counts) != str(place):
            raise Unusable(f"it is merged with the one of the same two nations that counts: {counts}")


def _names(source: ModelusSource) -> NationNames:
    nations = [(_number(row), row.values.get("name")) for row in source.tables.get("nations", ())]
    renames = [
        (row.values.get("old_name"), row.values.get("new_name"))
        for row in source.tables.get("nation_renames", ())
    ]
    return NationNames.of(
        [(number, name) for number, name in nations if isinstance(name, str)],
        [(old, new) for old, new in renames if isinstance(old, str) and isinstance(new, str)],
    )


def _number(row: RecordRow) -> str:
    return str(row.values.get("id")).strip()


def _given(table: SimulationTable, source: ModelusSource, names: NationNames, zone: ZoneInfo) -> Given:
    """Return what each row is called here: no two nations, laws of a nation or wars share a name."""
    fit, most = _NAMED[table]
    groups: dict[str | None, dict[str, str]] = {}
    for row in source.tables.get(table, ()):
        cells = Cells(row.values, zone)
        nation = names.meant(str(row.values.get("nation_name"))) if table == "laws" else None
        number = _number(row)
        name = row.values.get("name")
        whole = cells.text("name", 200) if isinstance(name, str) else None
        groups.setdefault(nation, {}).setdefault(number, fit(whole, number))
    return {
        number: name
        for group in groups.values()
        for number, name in zip(group, distinct(group.values(), most), strict=True)
    }


_NAMED: Mapping[SimulationTable, tuple[Callable[[str | None, str], str], int]] = {
    "nations": (nation_mending.fit_name, 50),
    "laws": (law_mending.law_name, 100),
    "wars": (law_mending.war_name, 100),
    "multi_alliances": (diplomacy_mending.bloc_name, 50),
}


def _called(table: SimulationTable, cells: Cells, files: _Files) -> str:
    return files.given[table][cells.number("id")]


_MAKERS: Mapping[SimulationTable, Callable[[Cells, _Files], ModelusRow]] = {
    "nations": lambda cells, files: nation_mending.nation(cells, _called("nations", cells, files)),
    "nation_renames": lambda cells, files: nation_mending.former_name(cells, files.names),
    "user_links": lambda cells, files: nation_mending.leader(cells, files.names),
    "tags": lambda cells, _: law_mending.tag(cells),
    "laws": lambda cells, files: law_mending.law(cells, files.names, _called("laws", cells, files)),
    "law_tags": lambda cells, _: law_mending.law_tag(cells),
    "wars": lambda cells, files: law_mending.war(cells, files.names, _called("wars", cells, files)),
    "alliances": lambda cells, files: diplomacy_mending.alliance(cells, files.names),
    "multi_alliances": lambda cells, files: diplomacy_mending.bloc(
        cells, files.names, files.blocs, _called("multi_alliances", cells, files)
    ),
    "multi_alliance_members": lambda cells, files: diplomacy_mending.bloc_member(
        cells, files.names, files.blocs
    ),
}
