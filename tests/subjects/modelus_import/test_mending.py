"""Rows of the original bot: whatever stands in them, they are mended or left out, and it is said why."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.subjects.imports.model.outcome import Ready, RowFate
from modelus_bot.subjects.modelus_import.model.rows import ModelusRow, NationRow, WarRow
from modelus_bot.subjects.modelus_import.model.source import (
    TABLES,
    ModelusSource,
    SimulationTable,
)
from modelus_bot.subjects.modelus_import.rules.mending import mended_rows
from modelus_bot.subjects.modelus_import.rules.names import NationNames, distinct, split_names
from modelus_bot.subjects.modelus_import.rules.tables import WANTED
from tests.subjects.modelus_import.original import original_row

ZONE = ZoneInfo("America/New_York")
ODD = st.one_of(
    st.none(),
    st.integers(),
    st.floats(allow_nan=True),
    st.text(max_size=20),
    st.sampled_from(["Republic of", "Kingdom of Republic of A", "1", "A", "\ud800" * 3, "x" * 20_001]),
    st.sampled_from(["[" * 9000, '["\\ud800", 1, null, "A"]', '{"A": 1}', "A,B,,", "\x1b[2J"]),
    st.just("e\u0301" * 40),
    st.sampled_from(["2026-02-30", "9999-12-31 23:59:59", "2026-01-05 12:00:00", 1e308, 10**18, 2**62]),
)  # fmt: skip


def mend(table: SimulationTable, *rows: dict[str, Any]) -> list[Ready[ModelusRow] | RowFate]:
    """Return what becomes of rows beside the nation A."""
    beside = {"nations": (original_row("nations", {"id": 77, "name": "A"}),)}
    tables = beside | {table: tuple(original_row(table, row) for row in rows)}
    source = ModelusSource(tables, {}, (), ())  # type: ignore[arg-type]
    return [found for name, _, found in mended_rows(source, ZONE) if name == table]


@settings(max_examples=150, deadline=None)
@given(data=st.data(), table=st.sampled_from(TABLES))
def test_any_values_are_mended_or_left_out(data: st.DataObject, table: SimulationTable) -> None:
    """Nothing fails, a row that is left out says why, and one that is ready fits the payload of a write."""
    values = {column: data.draw(ODD) for column in WANTED[table]}
    if data.draw(st.booleans()):
        values |= {
            "id": 1,
            "nation_name": "A",
            "new_name": "A",
            "name": "N",
            "body_text": "b",
            "leader_nation": "A",
        }
    for found in mend(table, values, values):
        if isinstance(found, Ready):
            assert type(found.row).model_validate_json(found.row.model_dump_json()) == found.row
            "".join(found.notes).encode()
        else:
            assert found.fate == "left_out"
            assert all(found.notes)


@pytest.mark.parametrize(
    ("changed", "column", "value", "notes"),
    [
        ({"gdp": 0.1 + 0.2}, "gdp", 300_000_000, ()),
        ({"gdp": "2400.5"}, "gdp", 2_400_500_000_000, ()),
        ({"gdp": "lots"}, "gdp", 0, ("gdp is no number, and counts as not given",)),
        ({"gdp": float("inf")}, "gdp", 0, ("gdp is no number, and counts as not given",)),
        ({"gdp": -1}, "gdp", 0, ("gdp is outside what is possible here, and was moved there",)),
        ({"tax_rate": 7.125}, "tax_bp", 712, ()),
        ({"government_type": "city state"}, "government", "City-State", ()),
        ({"name": "PEOPLE'S REPUBLIC OF  Ohio"}, "name", "Ohio", ()),
        ({"name": "\u200b"}, "name", "Nation 1",
         ("its name is taken by another or cannot stay, so it is called so: Nation 1",)),
        ({"capitol": "Rome", "provincial_capitals": '["rome", "Oslo"]'}, "cities", ("Rome", "Oslo"), ()),
        ({"provincial_capitals": "Oslo; Rome"}, "has_capital", False,
         ("a name in provincial_capitals has characters that no city has, and is left out: Oslo; Rome",)),
        ({"last_rename_at": "2026-03-08 03:30:00"}, "renamed_at", 1772955000, ()),
    ],
)  # fmt: skip
def test_a_value_is_mended_and_it_is_said(
    changed: dict[str, Any], column: str, value: object, notes: tuple[str, ...]
) -> None:
    """What means the same needs no word; anything else has one."""
    (found,) = mend("nations", {"id": 1, "name": "Ohio"} | changed)

    assert isinstance(found, Ready)
    assert isinstance(found.row, NationRow)
    assert getattr(found.row, column) == value
    assert found.notes == notes


def test_an_ended_war_has_a_last_day_that_is_not_before_its_first() -> None:
    """One that goes on has none, whatever stands there."""
    early, open_ = mend(
        "wars",
        {"id": 1, "name": "X", "status": "ended", "start_date": "2026-01-05", "end_date": "2026-01-01"},
        {"id": 2, "name": "Y", "start_date": "2026-01-05", "end_date": "2026-01-09"},
    )
    assert isinstance(early, Ready)
    assert isinstance(open_, Ready)
    assert isinstance(early.row, WarRow)
    assert isinstance(open_.row, WarRow)
    assert early.row.ended_on == early.row.started_on
    assert "end_date is before start_date; it counts as ended on its first day" in early.notes
    assert open_.row.ended_on is None
    assert "end_date is left out, since it goes on" in open_.notes


def test_stacked_prefixes_come_off_and_the_last_word_stays() -> None:
    """Also where a name is nothing but prefixes."""
    assert split_names("Union of Free State of Ohio").prefixes == ("Union of", "Free State of")
    assert split_names("Union of Union of").name == "Union of"
    assert split_names("").name == ""


@given(st.lists(st.sampled_from(["A", "a", "A 2", "A 3", "ｂ", "B"]), max_size=12))
def test_names_become_distinct_and_free_ones_stay(names: list[str]) -> None:
    """No two are the same whatever their case or width, and nobody loses a name that is theirs alone."""
    found = list(distinct(names, 50))
    folds = [name.casefold().replace("ｂ", "b") for name in found]
    assert len(set(folds)) == len(found) == len(names)
    assert all(found[names.index(name)] == name for name in ("A 2", "A 3") if names.count(name) == 1)


def test_former_names_follow_a_chain_and_mean_nobody_where_two_had_them() -> None:
    """The present name counts before any former one."""
    names = NationNames.of(
        [("1", "Texas"), ("2", "Ohio")],
        [("Tejas", "Lone Star"), ("Lone Star", "Texas"), ("Both", "Texas"), ("Both", "Ohio"),
         ("Ohio", "Texas")],
    )  # fmt: skip
    assert [names.meant(name) for name in ("tejas", "LONE STAR", "Both", "Ohio", "Mars")] == [
        "1", "1", None, "2", None,
    ]  # fmt: skip
