"""With 5,000 items each question uses the index that is meant for it, and sorts nothing by hand."""

from __future__ import annotations

import pytest

from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.conversations.queries import _BEHIND, _OF_ITEM, _OWN, _UNPOSTED
from modelus_bot.subjects.triage.queries import items
from modelus_bot.subjects.triage.queries.items import (
    _ASSIGNED,
    _DUPLICATES,
    _OPEN_OF_EACH,
    _QUEUE,
    _REPORTED,
    _SNOOZED,
)
from modelus_bot.subjects.triage.queries.unshown import _UNSHOWN
from modelus_bot.subjects.triage.writes.deadlines import _AWAKE, _LATE
from modelus_bot.subjects.triage.writes.handing_over import _DUTIES, _OF
from modelus_bot.subjects.triage.writes.reports import _OPEN as _OPEN_REPORTS
from tests.subjects.rota import ADA, GUEST, PEOPLE_BASE, Rota, copied, fill_roster, made, plan_sprints, staff
from tests.subjects.triage.triage_cases import report

ITEMS = 5000
_FILL = """
WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO triage_items(
    reporter_id, title, description, category, priority, status, discipline, assigned_to, respond_by,
    first_response_at, snoozed_until, resolved_at, version, shown_version, created_at, updated_at
)
SELECT iif(i % 5 = 0, ?, ? + i % 5), 'T' || i, 'D', 'question',
    CASE i % 4 WHEN 0 THEN 'low' WHEN 1 THEN 'medium' WHEN 2 THEN 'high'
    ELSE 'critical' END, CASE i % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'in_review' ELSE 'resolved' END,
    'account', ?, i * 10, iif(i % 5 = 0, NULL, 1), iif(i % 50 = 0, 2000000000, NULL), iif(i % 3 = 2, 1, NULL),
    1, iif(i % 100 = 0, 0, 1), i, i
FROM n
"""


def prepare(rota: Rota) -> None:
    """Enter the rota and the items."""
    staff(rota)
    fill_roster(rota, ADA)
    plan_sprints(rota, 2)
    report(rota)
    rota.rows(_FILL, ITEMS, GUEST, PEOPLE_BASE, ADA)


@pytest.fixture(scope="module")
def full() -> bytes:
    """Return a file with 5,000 items."""
    return made(prepare)


PAGE = {"limit": 10, "offset": 0}
PLANS = {
    "queue": (
        _QUEUE,
        {"discipline": None, "now": 0, **PAGE},
        "USING INDEX idx_triage_queue",
    ),
    "deadline": (_LATE, (1, 10), "USING INDEX idx_triage_sla (respond_by<?)"),
    "awake": (_AWAKE, (1, 10), "USING INDEX idx_triage_snoozed (snoozed_until<?)"),
    "assigned": (
        _ASSIGNED,
        {"person": ADA, "status": "pending", **PAGE},
        "USING INDEX idx_triage_assigned (assigned_to=? AND status=?)",
    ),
    "reporter": (
        _REPORTED,
        {"person": GUEST, **PAGE},
        "USING INDEX idx_triage_reporter (reporter_id=?)",
    ),
    "open of each": (_OPEN_OF_EACH, (), "USING COVERING INDEX idx_triage_assigned"),
    "snoozed": (_SNOOZED, {"now": 0, **PAGE}, "USING INDEX idx_triage_snoozed (snoozed_until>?)"),
    "unshown": (_UNSHOWN, (0, 10), "USING INDEX idx_triage_unshown (id>?)"),
    "duties": (_DUTIES, (), "USING INDEX idx_triage_by_duty"),
    "of a duty": (_OF, ("account", ADA), "idx_triage_by_duty (discipline=? AND assigned_to=?)"),
    "duplicates": (_DUPLICATES, (1,), "USING INDEX idx_triage_duplicates (duplicate_of=?)"),
    "flood": (_OPEN_REPORTS, (GUEST,), "USING INDEX idx_triage_reporter (reporter_id=?)"),
    "messages": (
        _OF_ITEM,
        {"item": 1, "internal": 1, **PAGE},
        "USING INDEX idx_chat_triage (triage_id=?)",
    ),
    "behind": (_BEHIND, (0, 10), "USING INDEX idx_chat_behind (id>?)"),
    "own messages": (_OWN, (ADA, 10), "USING INDEX idx_chat_own (sender_id=?)"),
    "unposted": (_UNPOSTED, (1, 10), "USING INDEX idx_chat_unposted (triage_id=?)"),
}


@pytest.mark.parametrize("analyzed", [False, True])
def test_plans(full: bytes, analyzed: bool) -> None:
    """The index is named, with and without statistics, and nothing is sorted or read whole."""
    with copied(full) as rota:
        if analyzed:
            rota.rows("ANALYZE")
        for name, (sql, values, uses) in PLANS.items():
            plan = "\n".join(
                row["detail"] for row in rota.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            )
            assert uses in plan, (name, plan)
            assert "TEMP B-TREE" not in plan, (name, plan)


def test_a_page_after_what_waits_goes_on_with_what_is_in_review(full: bytes) -> None:
    """The pages of what is somebody's have every item once."""
    with copied(full) as rota:
        whole = rota.ask(items.items_of, Viewer(ADA), ADA, ITEMS, 0)
        pages = [
            rota.ask(items.items_of, Viewer(ADA), ADA, 61, offset) for offset in range(0, len(whole), 61)
        ]
        assert [found for page in pages for found in page] == list(whole)
        assert len(whole) == rota.value(
            "SELECT count(*) FROM triage_items WHERE assigned_to = ? AND status <> 'resolved'", ADA
        )
