"""Statements that run with every command use the index meant for them, without sorting by hand."""

from __future__ import annotations

import pytest

from modelus_bot.database.core.names import with_names
from modelus_bot.database.recovery.audit_renewal import CHAIN
from modelus_bot.domain import (
    permissions,
)
from modelus_bot.subjects.activity.queries.counts import _DAYS, _LAST, _LAST_DAY
from modelus_bot.subjects.activity.queries.offices import _ITEM, _NEXT_DAY
from modelus_bot.subjects.assignments.queries import _SPRINTS, _TURN, _TURNS_BETWEEN
from modelus_bot.subjects.assignments.writes import cover_endings
from modelus_bot.subjects.assignments.writes.rematerialising import _SETTLED
from modelus_bot.subjects.audit import queries
from modelus_bot.subjects.audit.queries import _BEGINNING, _CALLED, _NATION, _SAME
from modelus_bot.subjects.coverage.queries import _APPROVED, _WAITING
from modelus_bot.subjects.covers.queries import _PENDING, _SELECT
from modelus_bot.subjects.covers.writes import requests, steps
from modelus_bot.subjects.duty_calendar.queries import _KNOWN
from modelus_bot.subjects.notices.queries import (
    _ANYTHING_DUE,
    _CHOSEN,
    _COUNT,
    _DUE_PEOPLE,
    _INBOX,
    _OWN,
    _UNREAD,
)
from modelus_bot.subjects.notices.writes.outbox import _MANAGERS
from modelus_bot.subjects.notices.writes.sending import _BLOCKED_UNTIL, _DUE, _PACKED
from modelus_bot.subjects.people.queries import _BY_ID
from modelus_bot.subjects.reminders.writes import _TOLD
from modelus_bot.subjects.rosters.queries import _ROSTER
from modelus_bot.subjects.sprints.queries.sprints import _FROM
from modelus_bot.subjects.sprints.writes import _OVERLAP
from modelus_bot.subjects.weekly_post.queries import _EVER, _RUN
from tests.subjects.rota import ADA, Rota

PLANS = [
    (permissions._ROLE, (ADA,), ["SEARCH users USING INTEGER PRIMARY KEY"]),
    (_BY_ID, (ADA,), ["SEARCH users USING INTEGER PRIMARY KEY"]),
    (_ANYTHING_DUE, (1,), ["USING INDEX idx_notifications_outbox (deliver_after<?)"]),
    (
        _DUE_PEOPLE,
        (1,),
        [
            "USING INDEX idx_notifications_waiting (user_id>?)",
            "USING INDEX idx_notifications_waiting (user_id=? AND deliver_after<?)",
        ],
    ),
    (_DUE, (ADA, 1, 40), ["USING INDEX idx_notifications_waiting (user_id=? AND deliver_after<?)"]),
    (_PACKED, (ADA, 1), ["USING INDEX idx_notifications_waiting (user_id=? AND deliver_after<?)"]),
    (_BLOCKED_UNTIL, (ADA, 1), ["USING INDEX idx_notifications_waiting (user_id=? AND deliver_after>?)"]),
    (_INBOX, (ADA, 1, 11, 0), ["USING INDEX idx_notifications_inbox (user_id=?)"]),
    (_UNREAD, (ADA, 1, 11, 0), ["USING INDEX idx_notifications_inbox (user_id=? AND is_read=?)"]),
    (_COUNT, (ADA, 1), ["USING INDEX idx_notifications_user_unread (user_id=?"]),
    (_OWN, (1, ADA, 1), ["SEARCH notifications USING INTEGER PRIMARY KEY"]),
    (_CHOSEN, (ADA,), ["USING PRIMARY KEY (user_id=?)"]),
    (_MANAGERS, (), ["USING INDEX idx_users_role (role=?)"]),
    (_FROM, ("2026-01-01",), ["USING COVERING INDEX idx_sprints_dates"]),
    (
        _OVERLAP,
        (0, "2026-01-01", "2026-01-02"),
        ["USING COVERING INDEX idx_sprints_dates (start_date<?)"],
    ),
    (_SPRINTS, (), ["USING COVERING INDEX idx_sprints_dates"]),
    (_SETTLED, ("account", *range(7)), ["USING PRIMARY KEY (sprint_id=? AND discipline=?)"]),
    (
        _TURN,
        (1, "account"),
        [
            "USING PRIMARY KEY (sprint_id=? AND discipline=?)",
            "USING INDEX idx_overrides_approved (sprint_id=? AND discipline=?)",
        ],
    ),
    (
        _TURNS_BETWEEN,
        ("2026-02-01", "2026-01-01"),
        [
            "SEARCH s USING COVERING INDEX idx_sprints_dates (start_date<?)",
            "SEARCH a USING PRIMARY KEY (sprint_id=?)",
            "USING INDEX idx_overrides_approved (sprint_id=? AND discipline=?)",
        ],
    ),
    (
        _APPROVED,
        ("2026-02-01", "2026-01-01"),
        ["SEARCH s USING COVERING INDEX idx_sprints_dates (start_date<?)"],
    ),
    (_WAITING, ("2026-02-01", "2026-01-01"), ["USING INDEX idx_overrides_pending (status=?)"]),
    (
        _KNOWN,
        (0, "2026-01-01"),
        ["USING INDEX idx_calendar_entries_ends (ends_at>?)", "idx_calendar_entries_sprint (sprint_id=?)"],
    ),
    (_DAYS, (ADA, "2026-01-01"), ["USING COVERING INDEX idx_activity_user (user_id=? AND day>?)"]),
    (_LAST_DAY, (ADA,), ["USING COVERING INDEX idx_activity_user (user_id=?)"]),
    (_LAST, (ADA, "2026-01-01"), ["USING COVERING INDEX idx_activity_"]),
    (_NEXT_DAY, ("2026-01-01",), ["USING COVERING INDEX idx_activity_day (day>?)"]),
    (_ITEM, (1, "2026-01-01"), ["_inactivity_items_1 (office_id=? AND silent_since=?)"]),
    (_RUN, ("weekly_post", "2026-W01"), ["USING PRIMARY KEY (job=? AND run_key=?)"]),
    (_EVER, ("weekly_post",), ["USING PRIMARY KEY (job=?)"]),
    (_ROSTER, ("account",), ["USING INDEX idx_roster_order (discipline=?)"]),
    (_SELECT, (1,), ["SEARCH o USING INTEGER PRIMARY KEY"]),
    (
        steps._SAME,
        (1, "account", ADA, ADA, None, None),
        [
            "USING INDEX",
            "(sprint_id=? AND discipline=? AND requested_by=? AND replacement_id=? AND first_day=?",
        ],
    ),
    (
        cover_endings._OUTSIDE,
        (1,),
        [
            "SEARCH s USING INTEGER PRIMARY KEY",
            "SEARCH o USING INDEX sqlite_autoindex_overrides_1 (sprint_id=?)",
        ],
    ),
    (
        _TOLD,
        (ADA, "remind:1:2026-01-19:7:*"),
        ["USING COVERING INDEX notification_dedupe (user_id=? AND dedupe_key>? AND dedupe_key<?)"],
    ),
    (
        with_names(queries._RECORD, log="audit_logs"),
        ("users", "1", 9, 10),
        ["USING INDEX idx_audit_record (table_name=? AND record_id=?"],
    ),
    (
        with_names(queries._MEMBER, log="audit_logs"),
        (ADA, 9, 10),
        ["USING INDEX idx_audit_actor (changed_by=?"],
    ),
    (
        with_names(_NATION, log="audit_logs"),
        (1, 9, 10),
        ["USING INDEX idx_audit_nation (nation_id=?"],
    ),
    (
        _BEGINNING,
        ("users", "1", "1z"),
        ["USING COVERING INDEX idx_audit_record (table_name=? AND record_id>? AND record_id<?)"],
    ),
    (_SAME, ("users", "1"), ["USING COVERING INDEX idx_audit_record (table_name=? AND record_id=?)"]),
    (_CALLED, ("users", "1"), ["USING INDEX idx_audit_record (table_name=? AND record_id=?)"]),
    (CHAIN, (0,), ["USING INTEGER PRIMARY KEY (rowid>?)"]),
]
SORTED_BY_HAND = {cover_endings._OUTSIDE, steps._SAME, _MANAGERS}
"""Of a handful of rows each: those of one request or sprint, those who manage."""


@pytest.mark.parametrize(("sql", "values", "uses"), PLANS)
@pytest.mark.parametrize("analyzed", [False, True])
def test_plans(rota: Rota, sql: str, values: tuple[object, ...], uses: list[str], *, analyzed: bool) -> None:
    """The plan names the index; what is read in order is not sorted again; no table is read whole."""
    if analyzed and sql != _MANAGERS:
        rota.connection.execute("ANALYZE")
    plan = rota.plan(sql, *values)
    assert all(use in plan for use in uses), plan
    if sql not in SORTED_BY_HAND:
        assert "TEMP B-TREE" not in plan, plan
    whole = [line for line in plan.splitlines() if line.startswith("SCAN ") and "COVERING INDEX" not in line]
    own = ("SCAN slot", "SCAN person", "SCAN CONSTANT ROW", "SCAN (subquery-")
    assert [line for line in whole if not line.startswith(own)] == []


def test_pending_requests_are_found_by_their_index(rota: Rota) -> None:
    """However many are decided, only those that wait are read."""
    values = {"limit": 10, "offset": 0}
    plan = "\n".join(
        row["detail"] for row in rota.connection.execute(f"EXPLAIN QUERY PLAN {_PENDING}", values)
    )
    assert "SEARCH o USING INDEX idx_overrides_pending (status=?)" in plan
    over = rota.connection.execute(f"EXPLAIN QUERY PLAN {steps._OVER}", {"today": "2026-01-01"})
    assert [row["detail"] for row in over] == [
        "SEARCH o USING INDEX idx_overrides_pending (status=?)",
        "SEARCH s USING INTEGER PRIMARY KEY (rowid=?)",
    ]


def test_earlier_requests_are_found_by_their_key(rota: Rota) -> None:
    """Both to somebody and to anybody."""
    values = {
        "sprint": 1,
        "discipline": "account",
        "by": ADA,
        "replacement": ADA,
        "first": None,
        "last": None,
    }
    for sql in (requests._EARLIER_NAMED, requests._EARLIER_OPEN_CALL):
        plan = "\n".join(
            row["detail"] for row in rota.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        )
        assert "sprint_id=? AND discipline=? AND requested_by=?" in plan, plan
