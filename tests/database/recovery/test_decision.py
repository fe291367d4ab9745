"""What the bot goes on with: the table of the documents, and the rule over it for random sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.audit.runs import Runs, count_of, joined, lacking, runs_of
from modelus_bot.database.recovery.decision import Action, Holding, RecoveryDecision, decide

DOCUMENT = Path(__file__).parents[3] / "docs" / "reliability.md"

FILE = Holding("the file as it is", ((1, 20),), 100, as_is=True)
DOUBTED = Holding("the file as it is", ((1, 20),), 100, as_is=True, whole=False)
UNREADABLE = Holding("the file as it is", (), 0, as_is=True, usable=False, whole=False)
FOREIGN = Holding("the file as it is", ((1, 90),), 2000, as_is=True, ours=False)
READ = Holding("what can be read of the file", ((1, 20),), 95, whole=False)
NEWER = Holding("archive", ((1, 25),), 120)
SAME = Holding("archive", ((1, 20),), 100)
OLDER = Holding("newest verified backup", ((1, 12),), 60)
ANOTHER = Holding("newest verified backup", ((1, 99),), 500, ours=False)

TABLE = {
    "the file is whole, nothing has more": ([FILE, OLDER], 20, Action.KEEP, FILE.name, 0),
    "the file is whole and ends too early, nothing has more": ([FILE, OLDER], 26, Action.KEEP, FILE.name, 6),
    "the file is whole and ends too early, a whole source has more": (
        [FILE, NEWER],
        25,
        Action.TAKE,
        NEWER.name,
        0,
    ),
    "the file is doubted, a whole source has as much": ([DOUBTED, SAME, READ], 20, Action.TAKE, SAME.name, 0),
    "the file is doubted, copies are older": ([DOUBTED, OLDER, READ], 20, Action.JOIN, READ.name, 0),
    "the file cannot be used, copies are older": ([UNREADABLE, OLDER, READ], 20, Action.JOIN, READ.name, 0),
    "the file is lost, a copy is older": ([OLDER], 20, Action.TAKE, OLDER.name, 8),
    "the file is another database, a copy is ours": ([FOREIGN, OLDER], 12, Action.TAKE, OLDER.name, 0),
    "the file is whole, a copy has more of another history": ([FILE, ANOTHER], 20, Action.KEEP, FILE.name, 0),
    "the file is another database, nothing else is there": ([FOREIGN], 20, Action.ASK, "", 20),
    "nothing can be used": ([UNREADABLE], 20, Action.ASK, "", 20),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_table(case: str) -> None:
    """Each row of the decision's table is decided as it says."""
    holdings, reached, action, base, lost = TABLE[case]
    decision = decide(holdings, reached)
    assert (decision.action, decision.lost) == (action, lost)
    assert decision.bases[:1] == ((base,) if base else ())


def test_the_table_is_in_the_documents() -> None:
    """Operators read the same rows that are tested here, with what is done."""
    text = DOCUMENT.read_text()
    rows = dict(re.findall(r"^\| ([^|]+) \| (keep|take|join|ask) \|", text, re.MULTILINE))
    assert rows == {case: str(expected[2]) for case, expected in TABLE.items()}


SETS = st.frozensets(st.integers(1, 12), max_size=12)


@st.composite
def sources(draw: st.DrawFn) -> tuple[list[Holding], int, dict[str, frozenset[int]]]:
    """Draw a file and copies with parts of one history, some of another, and how far it had come."""
    found, held = [], {}
    for number in range(draw(st.integers(0, 5))):
        changes = draw(SETS)
        ours, usable = draw(st.booleans()), draw(st.booleans())
        name = f"source {number}"
        held[name] = changes
        found.append(
            Holding(
                name,
                runs_of(sorted(changes)),
                draw(st.integers(0, 50)),
                usable=usable,
                whole=usable and draw(st.booleans()),
                ours=ours,
                as_is=number == 0,
            )
        )
    return found, draw(st.integers(0, 15)), held


def result_of(decision: RecoveryDecision, holdings: list[Holding]) -> Runs:
    """Return what the bot goes on with, if what is decided works."""
    named = {holding.name: holding for holding in holdings}
    parts = decision.bases if decision.action is Action.JOIN else decision.bases[:1]
    joining = [named[name] for name in parts]
    if decision.action is Action.JOIN:
        joining += [holding for holding in holdings if holding.as_is and holding.ours and holding.usable]
    return joined(run for item in joining for run in item.changes)


@settings(max_examples=300)
@given(sources())
def test_no_change_is_given_up_while_any_source_has_it(
    drawn: tuple[list[Holding], int, dict[str, frozenset[int]]],
) -> None:
    """Whatever is decided, all that any usable source of this history has is kept, and the figure is true."""
    holdings, reached, held = drawn
    decision = decide(holdings, reached)
    ours = [holding for holding in holdings if holding.ours and holding.usable]
    everything = frozenset[int]().union(*(held[our.name] for our in ours))
    assert decision.changes == (runs_of(sorted(everything)) if ours else ())
    if decision.action is Action.ASK:
        assert not ours or all(our.as_is for our in ours)
        return
    assert not lacking(runs_of(sorted(everything)), result_of(decision, holdings))
    assert decision.lost == max(0, reached - max(everything, default=0))
    chosen = next(holding for holding in holdings if holding.name == decision.bases[0])
    assert chosen.ours
    assert chosen.usable
    if decision.action is not Action.JOIN:
        assert chosen.whole


@settings(max_examples=300)
@given(sources())
def test_nothing_with_fewer_rows_takes_the_place_of_what_passes_every_check(
    drawn: tuple[list[Holding], int, dict[str, frozenset[int]]],
) -> None:
    """A whole source that is passed over has fewer changes, or no more rows."""
    holdings, reached, _ = drawn
    decision = decide(holdings, reached)
    if decision.action is not Action.TAKE:
        return
    chosen = next(holding for holding in holdings if holding.name == decision.bases[0])
    for holding in holdings:
        if holding.whole and holding.ours and holding.usable:
            assert lacking(chosen.changes, holding.changes) or holding.rows <= chosen.rows


@settings(max_examples=200)
@given(SETS, SETS)
def test_runs_are_sets(item: frozenset[int], other: frozenset[int]) -> None:
    """Joining, lacking and counting runs is the same as with sets of numbers."""
    first, second = runs_of(sorted(item)), runs_of(sorted(other))
    assert joined([*first, *second]) == runs_of(sorted(item | other))
    assert lacking(first, second) == runs_of(sorted(item - other))
    assert count_of(first) == len(item)
