"""Which candidate is restored first, and which ones are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.integrity.report import CheckReport
from modelus_bot.database.recovery.candidates import Candidate, ranked
from modelus_bot.database.salvage.classifying import FileKind


def candidate(name: str, **found: Any) -> Candidate:
    """Return a candidate of whose check these are the findings."""
    report = {"ok": True, "kind": FileKind.DATABASE, "damaged": False, "schema_digest": "ab"} | found
    return Candidate(name, Path(name), CheckReport.model_validate(report))


def names(*candidates: Candidate) -> list[str]:
    """Return the order in which they are restored."""
    return [one.source for one in ranked(candidates)]


def test_the_newest_comes_first() -> None:
    """Then the sound one, then the one with more rows; damaged ones never."""
    assert names(
        candidate("older", audit_id=5, rows={"users": 9}),
        candidate("damaged", audit_id=9, damaged=True, ok=False),
        candidate("few", audit_id=7, rows={"users": 1}),
        candidate("broken rows", audit_id=7, ok=False, rows={"users": 9}),
        candidate("many", audit_id=7, rows={"users": 2}),
    ) == ["many", "few", "broken rows", "older"]


def test_what_could_not_be_looked_at_to_its_end_comes_last_of_its_age() -> None:
    """It does not come after an older one: what was not seen must not be taken for lost."""
    assert names(
        candidate("unknown", audit_id=9, complete=False, ok=False, rows={"users": 9}),
        candidate("broken rows", audit_id=9, ok=False, rows={"users": 1}),
        candidate("older", audit_id=3),
    ) == ["broken rows", "unknown", "older"]


@settings(max_examples=100)
@given(
    st.lists(
        st.builds(
            candidate,
            st.text(min_size=1, max_size=3),
            audit_id=st.integers(0, 9),
            complete=st.booleans(),
            ok=st.just(False),
            damaged=st.booleans(),
        ),
        max_size=8,
    )
)
def test_nothing_damaged_is_restored_and_nothing_better_passed_over(found: list[Candidate]) -> None:
    """The first is of the newest, complete if one of them is; none of the usable is left out.

    Whatever fills the gaps of the first is therefore older, or as new.
    """
    order = ranked(found)
    usable = [one for one in found if not one.report.damaged]
    assert sorted(map(id, order)) == sorted(map(id, usable))
    if order:
        newest = max(one.report.audit_id for one in usable)
        assert order[0].report.audit_id == newest
        assert order[0].report.complete or not any(
            one.report.complete for one in usable if one.report.audit_id == newest
        )
