"""What the audit log says of a row after a copy was made."""

from __future__ import annotations

from typing import Any

import pytest

from modelus_bot.database.recovery.row_history import RowHistory, ranges_in
from modelus_bot.domain.pruning import as_ranges

ROW: dict[str, Any] = {"id": 7, "name": "old", "is_read": 0}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], ROW),
        ([(1, "8", "UPDATE", None, '{"name": "other"}')], ROW),
        ([(1, "7", "UPDATE", None, '{"name": "new", "is_read": true}')], ROW | {"name": "new", "is_read": 1}),
        ([(1, "7", "UPDATE", None, "[1, 2]")], ROW),
        ([(1, "7", "UPDATE", None, "not json")], ROW),
        ([(1, "7", "UPDATE", None, '{"name": {"nested": 1}, "unknown": 2}')], ROW),
        ([(1, "7", "DELETE", None, None)], None),
        (
            [(1, "7", "DELETE", None, None), (2, "7", "INSERT", None, '{"name": "again"}')],
            ROW | {"name": "again"},
        ),
        ([(1, "4-9", "DELETE", '{"ids": "4-5,7,9"}', None)], None),
        ([(1, "4-9", "DELETE", '{"ids": "4-6,8-9"}', None)], ROW),
        ([(1, "4-9", "DELETE", '{"removed": 3}', None)], ROW),
    ],
)
def test_a_row_is_brought_forward(entries: list[Any], expected: dict[str, Any] | None) -> None:
    """Changes are applied in order, deletions honoured, also of many rows in one entry."""
    assert RowHistory(entries).rolled_forward(ROW, ["id"]) == expected


def test_rows_with_several_keys_are_named_by_all_of_them() -> None:
    """A record like ``account:7`` means the row that has both."""
    history = RowHistory([(1, "account:7", "UPDATE", None, '{"position": 3}')])
    row = {"user_id": 7, "discipline": "account", "position": 1}
    assert history.rolled_forward(row, ["user_id", "discipline"]) == row | {"position": 3}
    other = row | {"discipline": "producer"}
    assert history.rolled_forward(other, ["user_id", "discipline"]) == other


def test_ranges_are_written_and_read_back() -> None:
    """The numbers of rows that were removed together fit into a short text."""
    ids = [1, 2, 3, 7, 9, 10]
    assert as_ranges(ids) == "1-3,7,9-10"
    assert [n for first, last in ranges_in(as_ranges(ids)) for n in range(first, last + 1)] == ids
    assert list(ranges_in(None)) == list(ranges_in("x-y,")) == []
