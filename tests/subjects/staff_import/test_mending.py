"""Rows of AI Scrum Master: whatever stands in them, they are mended or left out, and it is said why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.subjects.imports.model.outcome import Ready, RowFate
from modelus_bot.subjects.staff_import.model.rows import TaskRow
from modelus_bot.subjects.staff_import.model.source import TABLES, Place, SourceRow, SourceTable, TableName
from modelus_bot.subjects.staff_import.rules.mapping import ScrumPeople
from modelus_bot.subjects.staff_import.rules.mending import mended
from modelus_bot.subjects.staff_import.rules.shapes import COLUMNS, canonical, table_of_columns, table_of_name

ZONE = ZoneInfo("America/New_York")
PEOPLE = ScrumPeople({"1": 2**58}, {"1": "Ann"})
TASK = {"id": 1, "title": "T", "status": "todo", "start_date": "2026-01-05", "end_date": "2026-01-09"}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True),
    st.text(max_size=20),
    st.sampled_from(["2026-01-05", "2026-02-30", "0001-01-01", "9999-12-31T23:59:59Z", "1"]),
    st.just("\ud800" * 3),
    st.just("x" * 5000),
    st.just({"a": [1]}),
    st.just([[]]),
    st.just(10**400),
)  # fmt: skip


def one(table: TableName, values: Mapping[str, Any]) -> Ready | RowFate:
    """Return what becomes of one row."""
    row = SourceRow(Place("f.json", 1), values)
    ((_, _, found),) = mended([SourceTable(table, (row,))], PEOPLE, ZONE)
    return found


@settings(max_examples=150, deadline=None)
@given(data=st.data(), table=st.sampled_from(TABLES))
def test_any_values_are_mended_or_left_out(data: st.DataObject, table: TableName) -> None:
    """Nothing fails, a row that is left out says why, and one that is ready fits the payload of a write."""
    found = one(table, {column: data.draw(ODD) for column in COLUMNS[table]})

    if isinstance(found, Ready):
        assert type(found.row).model_validate_json(found.row.model_dump_json()) == found.row
    else:
        assert found.fate == "left_out"
        assert all(found.notes)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"end_date": "31/12/2026"}, "end_date is not a day between 2000 and 2199, written like 2025-01-14"),
        ({"end_date": "2026-02-30"}, "end_date is not a day between 2000 and 2199, written like 2025-01-14"),
        ({"end_date": None}, "end_date is empty"),
        ({"start_date": "soon"}, "start_date is not a day between 2000 and 2199, written like 2025-01-14"),
        ({"id": ""}, "id is empty"),
        ({"id": "1 OR 1=1"}, "id is no number and no UUID"),
        ({"id": True}, "id is no number and no UUID"),
        ({"title": ["a"]}, "title is nested, where a text is expected"),
        ({"assigned_user_id": 1.5}, "assigned_user_id is no number and no UUID"),
    ],
)
def test_a_row_is_left_out_for_a_reason(changed: dict[str, Any], why: str) -> None:
    """The reason names the column."""
    assert one("tasks", TASK | changed) == RowFate("left_out", (why,))


@pytest.mark.parametrize(
    ("changed", "column", "value", "note"),
    [
        ({"status": "In Progress"}, "status", "in_progress", None),
        ({"status": "paused"}, "status", "todo", "status “paused” is not known here; todo counts"),
        ({"assigned_role": "Project Manager"}, "role", "project_manager", None),
        ({"assigned_role": "boss"}, "role", None, "assigned_role “boss” is not known here; none counts"),
        ({"priority": "-4"}, "priority", 0, "priority is outside 0 to 3, and was moved there"),
        ({"priority": "high"}, "priority", 0, "priority is no number, and counts as not given"),
        ({"title": "x" * 300}, "title", "x" * 199 + "…", "title was cut to 200 characters"),
        ({"created_at": "long ago"}, "created_at", None,
         "created_at is no time between 2000 and 2199, and counts as not given"),
        ({"created_at": "2026-01-05 12:00:00+00"}, "created_at", 1767614400, None),
        ({"created_at": "2026-01-05 07:00:00"}, "created_at", 1767614400, None),
        ({"created_at": 1767614400000}, "created_at", 1767614400, None),
        ({"estimate_hours": "2.6"}, "estimate_h", 3, None),
        ({"description": "<script>alert(1)</script>"}, "description", "<script>alert(1)</script>", None),
        ({"completed_at": "2026-01-06"}, "completed_at", None, "completed_at is left out, since it is open"),
    ],
)  # fmt: skip
def test_a_value_is_mended_and_it_is_said(
    changed: dict[str, Any], column: str, value: object, note: str | None
) -> None:
    """What means the same needs no word; anything else has one."""
    found = one("tasks", TASK | changed)

    assert isinstance(found, Ready)
    assert isinstance(found.row, TaskRow)
    assert getattr(found.row, column) == value
    assert found.notes == ((note,) if note is not None else ())


def test_tables_and_columns_go_by_several_names() -> None:
    """Names that mean two tables mean none."""
    assert table_of_name("public.chat_messages-2025") == "chat_messages"
    assert table_of_name("triage_items") == table_of_name("Issues") == "triage_items"
    assert table_of_name("user_tasks") is None
    assert table_of_name("projects") is None
    assert table_of_columns(["id", "name", "due_date"]) == "tasks"
    assert table_of_columns(["id", "sender_id", "message", "user_id"]) is None
    assert canonical("users", " Login ") == "username"
    assert canonical("users", "password_hash") is None
