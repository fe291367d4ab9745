"""With 5,000 items each question uses the index that is meant for it, and sorts nothing by hand."""

from __future__ import annotations

import time

import pytest

from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.conversations import queries as chat
from modelus_bot.subjects.triage.queries import items, unshown
from modelus_bot.subjects.triage.writes import deadlines, handing_over, reports
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
        items._QUEUE,
        {"discipline": None, "now": 0, **PAGE},
        "USING INDEX idx_triage_queue",
    ),
    "deadline": (deadlines._LATE, (1, 10), "USING INDEX idx_triage_sla (respond_by<?)"),
    "awake": (deadlines._AWAKE, (1, 10), "USING INDEX idx_triage_snoozed (snoozed_until<?)"),
    "assigned": (
        items._ASSIGNED,
        {"person": ADA, "status": "pending", **PAGE},
        "USING INDEX idx_triage_assigned (assigned_to=? AND status=?)",
    ),
    "reporter": (
        items._REPORTED,
        {"person": GUEST, **PAGE},
        "USING INDEX idx_triage_reporter (reporter_id=?)",
    ),
    "snoozed": (items._SNOOZED, {"now": 0, **PAGE}, "USING INDEX idx_triage_snoozed (snoozed_until>?)"),
    "unshown": (unshown._UNSHOWN, (0, 10), "USING INDEX idx_triage_unshown (id>?)"),
    "duties": (handing_over._DUTIES, (), "USING INDEX idx_triage_by_duty"),
    "of a duty": (handing_over._OF, ("account", ADA), "idx_triage_by_duty (discipline=? AND assigned_to=?)"),
    "duplicates": (items._DUPLICATES, (1,), "USING INDEX idx_triage_duplicates (duplicate_of=?)"),
    "flood": (reports._OPEN, (GUEST,), "USING INDEX idx_triage_reporter (reporter_id=?)"),
    "messages": (
        chat._OF_ITEM,
        {"item": 1, "internal": 1, **PAGE},
        "USING INDEX idx_chat_triage (triage_id=?)",
    ),
    "unposted": (chat._UNPOSTED, (1, 10), "USING INDEX idx_chat_unposted (triage_id=?)"),
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


def test_pages_of_5000_items_take_milliseconds(full: bytes) -> None:
    """The queue, what is mine and what I reported; the bound leaves room for a busy machine."""
    viewer = Viewer(ADA)
    with copied(full) as rota:
        asked = {
            "queue": lambda: rota.ask(items.queue, viewer, None, 10**9, 11, 0),
            "mine": lambda: rota.ask(items.items_of, viewer, ADA, 11, 0),
            "reported": lambda: rota.ask(items.items_by_reporter, Viewer(GUEST), 11, 0),
        }
        for name, ask in asked.items():
            assert len(ask()) == 11, name
            assert min(_seconds(ask) for _ in range(20)) < 0.005, name


def test_a_page_after_what_waits_goes_on_with_what_is_in_review(full: bytes) -> None:
    """The pages of what is somebody's have every item once."""
    with copied(full) as rota:
        whole = rota.ask(items.items_of, Viewer(ADA), ADA, ITEMS, 0)
        pages = [rota.ask(items.items_of, Viewer(ADA), ADA, 7, offset) for offset in range(0, len(whole), 7)]
        assert [found for page in pages for found in page] == list(whole)
        assert len(whole) == rota.value(
            "SELECT count(*) FROM triage_items WHERE assigned_to = ? AND status <> 'resolved'", ADA
        )


def _seconds(ask: object) -> float:
    started = time.perf_counter()
    ask()  # type: ignore[operator]
    return time.perf_counter() - started
