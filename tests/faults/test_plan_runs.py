"""What counts as a broken promise: the judge of plans finds each kind, and nothing where all was kept."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.disk_faults import Fault, Hit
from tests.faults.plan_runs import Outcome, Plan, Run, unsound
from tests.faults.planning import KINDS, plan_of, seeds_from

FAULT = Fault("*/data/modelus.db-sums*", "any-write", 1, -1, "28")
HITS = [Hit(1, 0, "pwrite", count, "28", "/site/data/modelus.db-sums-log") for count in range(1, 4)]


def line(event: str, **fields: Any) -> dict[str, Any]:
    """Return what a run says."""
    return {"event": event, **fields}


def saved(*numbers: int) -> list[dict[str, Any]]:
    """Return the acknowledgements of changes."""
    return [line("saved", number=number) for number in numbers]


def again(*whole: int, wrong: dict[str, str] | None = None, normal: bool = True) -> Run:
    """Return what the new start says."""
    said = [
        line("mode", mode="normal", normal=normal),
        line("holdings", whole=list(whole), wrong=wrong or {}),
    ]
    return Run(said, ended=0)


WARNED = line("log", name="page_sums_not_saved")
KEPT = Outcome(Plan("plan", (FAULT,)), Run([*saved(1, 2), WARNED], ended=0), again(1, 2, 3), HITS)


def test_all_kept() -> None:
    """What was not acknowledged may be there or not."""
    assert KEPT.problems() == []


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (replace(KEPT, again=again(1)), "lost"),
        (replace(KEPT, run=Run([line("later", number=5), WARNED], ended=0)), "lost"),
        (replace(KEPT, again=again(1, 2, wrong={"3": "rows: ['left']"})), "half"),
        (replace(KEPT, again=again(1, 2, normal=False)), "unstartable"),
        (replace(KEPT, again=Run([], ended=None)), "unstartable"),
        (replace(KEPT, again=Run([line("broken", error="x", where="y")], ended=1)), "unstartable"),
        (replace(KEPT, run=Run([*saved(1), WARNED], ended=None)), "hung"),
        (replace(KEPT, run=Run([*saved(1), line("refused", number=2), WARNED], ended=0)), "denied"),
        (replace(KEPT, run=Run(saved(1, 2), ended=0)), "silent"),
        (replace(KEPT, run=Run(saved(1), ended=0), hits=[], quarantined=["modelus.db"]), "silent"),
        (replace(KEPT, unsound="audit chain"), "unsound"),
    ],
)
def test_each_broken_promise(outcome: Outcome, kind: str) -> None:
    """Lost, half, said to be refused, hung, not starting, or not told: each has its word."""
    assert kind in [problem.partition(":")[0] for problem in outcome.problems()]


def test_a_fault_that_passes_need_not_be_told() -> None:
    """What works when it is tried again is nobody's business."""
    passing = Plan("plan", (replace(FAULT, times=3),))
    assert replace(KEPT, plan=passing, run=Run(saved(1, 2), ended=0)).problems() == []


def test_a_damaged_file_is_seen(tmp_path: Path) -> None:
    """Whatever the bot itself says of its file, SQLite is asked, too."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "modelus.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t(a)")
        connection.executemany("INSERT INTO t VALUES(?)", [("x" * 1000,)] * 100)
        connection.commit()
    descriptor = os.open(path, os.O_RDWR)
    os.pwrite(descriptor, b"\xff" * 4096, 8192)
    os.close(descriptor)
    assert unsound(tmp_path)


def test_a_seed_is_a_plan() -> None:
    """The same seed gives the same plan; those of the full size reach every kind of file and phase."""
    assert plan_of(17) == plan_of(17)
    plans = [plan_of(seed) for seed in range(1_000)]
    assert {fault.pattern for plan in plans for fault in plan.faults} == {
        item.pattern for item in KINDS.values()
    }
    assert len({plan.phase for plan in plans}) == 6
    assert seeds_from("17,93-95,94") == [17, 93, 94, 95]
