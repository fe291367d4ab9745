"""Reporting: the item goes to whoever has the duty of its category now, and they are told."""

from __future__ import annotations

from modelus_bot.subjects.covers.writes.steps import ApproveCover, RequestCover, TakeCover
from modelus_bot.subjects.triage.queries.routing import routes
from modelus_bot.subjects.triage.rules import DEFAULT_ROUTES, route
from modelus_bot.subjects.triage.writes import reports
from modelus_bot.subjects.triage.writes.reports import ReportItem
from modelus_bot.subjects.triage.writes.routes import SetRoute
from tests.subjects.rota import ADA, BEN, CLEO, GUEST, MANAGER, SECOND_MANAGER, Rota
from tests.subjects.triage.triage_cases import report, told
from tests.tuning import Tuning


def test_a_report_goes_to_whoever_is_on_duty(rota: Rota) -> None:
    """The holder is told, the deadline is a day away, and the trail says who reported."""
    found = report(rota, title="Nobody answers", description="I wrote\ntwice")
    assert (found.assigned_to, found.discipline, found.status) == (ADA, "account", "pending")
    assert found.respond_by == rota.at + 24 * 3600
    assert told(rota, ADA) == ["New report 1 (Nobody answers)"]
    (text,) = rota.rows("SELECT message, ref_table, ref_id FROM notifications WHERE user_id = ?"
                        " AND type = 'issue_reported'", ADA)  # fmt: skip
    assert "From Gus:\nI wrote\ntwice" in text[0]
    assert text[1:] == ("triage_items", 1)
    trail = rota.rows("SELECT operation, changed_by FROM audit_logs WHERE table_name = 'triage_items'")
    assert trail == [("INSERT", GUEST)]


def test_an_approved_cover_counts(rota: Rota) -> None:
    """Whoever stands in gets the report."""
    request = rota.do(RequestCover(sprint_id=rota.sprint_id(0), discipline="account"), ADA)
    rota.do(TakeCover(cover_id=request.cover.id), CLEO)
    rota.do(ApproveCover(cover_id=request.cover.id), MANAGER)
    assert report(rota).assigned_to == CLEO


def test_without_anybody_on_duty_managers_are_told(rota: Rota) -> None:
    """It waits for anybody, and each manager hears of it."""
    found = report(rota, category="bug")
    assert (found.discipline, found.assigned_to, found.by_duty) == ("be_eng", None, True)
    assert told(rota, MANAGER) == told(rota, SECOND_MANAGER) == ["New report 1 (A title)"]


def test_before_any_discipline_exists_a_report_is_kept(empty: Rota) -> None:
    """A server that has no rota loses nothing."""
    found = report(empty)
    assert (found.discipline, found.assigned_to, found.status) == (None, None, "pending")


def test_staff_report_for_somebody_who_is_told(rota: Rota) -> None:
    """It is theirs; players cannot do that."""
    found = report(rota, BEN, on_behalf=GUEST)
    assert found.reporter_id == GUEST
    assert told(rota, GUEST) == ["Report 1 (A title)"]
    refused = rota.refusal(ReportItem(title="T", description="D", on_behalf=BEN), GUEST)
    assert refused.rule == "triage.on_behalf"


def test_a_flood_ends(rota: Rota, tuning: Tuning) -> None:
    """One more than the most that may be open is refused; others may still report."""
    tuning(reports.MOST_OPEN.at(3))
    for _ in range(3):
        report(rota)
    refused = rota.refusal(ReportItem(title="T", description="D"), GUEST)
    assert refused.rule == "triage.too_many"
    assert report(rota, BEN).id == 4


def test_a_category_gets_another_duty(rota: Rota) -> None:
    """Managers choose it; what is open stays, and a duty that is not in use falls to the first."""
    before = report(rota, category="bug")
    assert rota.refusal(SetRoute(category="bug", discipline="account"), ADA).rule == "manager"
    assert rota.refusal(SetRoute(category="bug", discipline="nope"), MANAGER).rule == "discipline.unknown"
    assert rota.do(SetRoute(category="bug", discipline="account"), MANAGER) == "be_eng"
    assert report(rota, category="bug").assigned_to == ADA
    assert rota.value("SELECT discipline FROM triage_items WHERE id = ?", before.id) == "be_eng"
    shown = {item.category: item for item in rota.ask(routes, rota.at, rota.calendar)}
    assert (shown["bug"].label, shown["bug"].holder) == ("Account", ADA)
    assert shown["rules"].discipline == "po"


def test_every_category_has_a_way() -> None:
    """Chosen, by default, or to the first there is."""
    for category, usual in DEFAULT_ROUTES.items():
        assert route(category, {}, ["a", usual]) == usual
        assert route(category, {category: "a"}, ["a", usual]) == "a"
        assert route(category, {}, ["other"]) == "other"
        assert route(category, {}, []) is None
