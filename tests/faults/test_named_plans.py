"""Failing disk calls that did cost changes once, each by its name: a guard takes nothing sound for damage."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest

from tests.daily_size import FULL
from tests.faults.disk_faults import FOR_EVER, Fault
from tests.faults.plan_runs import Field, History, Outcome, Plan

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(600)]

ENDS: tuple[Literal["stop", "kill"], ...] = ("stop", "kill")
SUMS = "*/modelus.db-sums*"
WAL = "*/data/modelus.db-wal"
MAIN = "*/data/modelus.db"
HELPERS = (".db-sums*", ".db-state*", ".deferred.jsonl*", ".audit.jsonl*", ".snapshot/*", ".reserve*")
EDQUOT = "122"


def at_start(
    *faults: str,
    end: Literal["stop", "kill"] = "stop",
    history: History = "closed",
    lasting: float | None = None,
    each_thread: bool = False,
    seconds: float = 0.0,
) -> Plan:
    """Return a plan whose faults hold from the start on, ``lasting`` so many seconds after the first."""
    made = tuple(Fault.of(text, seconds=lasting, each_thread=each_thread) for text in faults)
    name = f"{faults[0]} {history} {end} {lasting}".translate(str.maketrans("/*|", "---"))
    return Plan(name, made, phase="starting", end=end, history=history, seconds=seconds)


def some(plans: Sequence[Plan], every: int) -> Sequence[Plan]:
    """Return every so many-th plan; at full size all of them."""
    return plans if FULL else plans[::every]


def broken(outcome: Outcome, modes: Sequence[str], *, told: bool = False) -> list[str]:
    """Say what is wrong: with the contents, with the file, with the mode, or that nobody was told."""
    found = outcome.problems()
    if outcome.plan.faults and not outcome.hits:
        found.append("in vain: the plan hit nothing")
    if outcome.replaced:
        found.append("replaced: another file was put in the place of a sound one")
    mode = outcome.run.one("mode").get("mode")
    if outcome.plan.end == "stop" and mode not in modes:
        found.append(f"mode: it was {mode}")
    if told and not outcome.run.told:
        found.append("silent: nobody heard of it while the bot ran")
    return found


def assert_kept(field: Field, plans: Sequence[Plan], *modes: str, told: bool = False) -> None:
    """Everything acknowledged is there once, the file is the same one, and the mode was one of these."""
    failed = []
    for outcome in field.play_all(plans):
        print(outcome)
        if found := broken(outcome, modes, told=told):
            failed.append("\n".join([str(outcome), *(f"  * {problem}" for problem in found)]))
    assert not failed, "\n".join([f"{len(failed)} of {len(plans)} plans:", *failed])


def test_sums_that_cannot_be_written(field: Field) -> None:
    """The bot serves, says that checksums are not kept, and the next start does not believe the old ones."""
    faults = ("open|2|-1|28", "open|4|-1|5", "aw|4|-1|SHORT", "aw|5|-1|9", "open|1|-1|1")
    plans = [at_start(f"{SUMS}|{fault}", end=end, seconds=1.0) for fault in faults for end in ENDS]
    plans += [at_start(f"{SUMS}|{fault}", end=end, history="none", seconds=1.0)
              for fault in (faults[0], *faults[2:]) for end in ENDS]  # fmt: skip
    assert_kept(field, some(plans, 6), "normal", told=True)


def test_sums_that_are_immutable(field: Field) -> None:
    """The same with files that may not be changed at all."""
    chattr = shutil.which("chattr")

    def change(site: Path, flag: str) -> bool:
        made = [str(path) for path in (site / "data").glob("modelus.db-sums*")]
        return not subprocess.run([str(chattr), flag, *made], capture_output=True, check=False).returncode

    def forbid(site: Path) -> None:
        if chattr is None or not change(site, "+i"):
            pytest.skip("files cannot be made immutable here")

    plan = Plan("immutable sums", (), phase="starting")
    outcome = field.play(plan, prepare=forbid, between=lambda site: change(site, "-i"))
    assert broken(outcome, ["normal"], told=True) == [], str(outcome)


def test_few_descriptors(field: Field) -> None:
    """A process that may open hardly any file loses nothing, and the file is not taken for damaged."""
    plans = [
        Plan(f"{few} descriptors {end}", (), end=end, descriptors=few) for few in (8, 12, 16) for end in ENDS
    ]
    assert_kept(field, some(plans, 4), "normal", "read_only", "degraded")


def test_flushes_of_the_log_that_fail(field: Field) -> None:
    """What was not acknowledged is no evidence: the next start keeps the file that holds everything."""
    plans = [at_start(f"{WAL}|fdatasync|{first}|-1|5", end=end, seconds=1.5)
             for first in (12, 28, 50) for end in ENDS]  # fmt: skip
    assert_kept(field, some(plans, 6), "read_only", "degraded", told=True)


def test_neither_the_log_nor_the_journal_can_be_flushed(field: Field) -> None:
    """A change whose commit is uncertain is never called refused because it could not be saved for later."""
    plans = [Plan(f"log and journal {first} {end}", (Fault.of(f"{WAL}|fdatasync|{first}|-1|5"),
                  Fault.of(f"*.deferred.jsonl*|{call}|1|-1|5")), end=end)
             for first, call in ((2, "aw"), (5, "fdatasync"), (8, "write")) for end in ENDS]  # fmt: skip
    assert_kept(field, some(plans, 6), "read_only", "degraded", told=True)


def test_the_main_file_cannot_be_read(field: Field) -> None:
    """Errors and lies of the machine pass: the bot waits, then serves the same file."""
    faults = (("pread|12|4|5", 2.0), ("pread|1|-1|FLIP", 2.5), ("pread|1|1|5", 1.0), ("pread|1|-1|5", 4.0),
              ("pread|1|-1|12", 2.0), ("pread|1|-1|24", 2.0), ("pread|1|5|4", 2.0))  # fmt: skip
    histories: tuple[History, ...] = ("closed", "killed")
    plans = [at_start(f"{MAIN}|{fault}", lasting=lasting, history=history, seconds=lasting + 8)
             for history in histories for fault, lasting in faults]  # fmt: skip
    assert_kept(field, some(plans, 6), "normal")


def test_the_main_file_can_never_be_read(field: Field) -> None:
    """The bot stays degraded, says so, and touches nothing."""
    plans = [at_start(f"{MAIN}|pread|1|-1|5", end=end, seconds=2.0) for end in ENDS]
    assert_kept(field, plans, "degraded", "read_only", told=True)


def test_each_thread_fails_to_read_the_log_once(field: Field) -> None:
    """A file that has never been copied is whole, whatever could not be read of its log."""
    histories: tuple[History, ...] = ("none", "closed")
    plans = [at_start(f"{WAL}|pread|3|1|24", each_thread=True, end="kill", history=history)
             for history in histories]  # fmt: skip
    assert_kept(field, plans)


def test_the_log_cannot_be_read_once_at_the_start(field: Field) -> None:
    """One error in each process while the -wal of a killed run is read."""
    plans = [at_start(f"{WAL}|{call}|1|1|{error}", history="killed", seconds=2.0)
             for call in ("pread", "open") for error in (12, 5, 24)]  # fmt: skip
    assert_kept(field, some(plans, 4), "normal")


def test_nothing_beside_the_log_can_be_written(field: Field) -> None:
    """No quota is left for new files and the helper files, while the file and its log still take changes."""
    faults = [f"*/data/modelus{part}|aw|1|{FOR_EVER}|{EDQUOT}" for part in HELPERS]
    faults.append(f"*/data/*.partial|open|1|{FOR_EVER}|{EDQUOT}")
    histories: tuple[History, ...] = ("closed", "killed")
    plans = [
        at_start(*faults, history=history, end=end, seconds=1.0) for history in histories for end in ENDS
    ]
    assert_kept(field, plans, "normal", "read_only", told=True)


def test_the_lock_cannot_be_taken_for_a_moment(field: Field) -> None:
    """A lock that fails is not somebody else's: the bot comes back by itself."""
    plans = [at_start(f"*/data/modelus.db.lock|lock|1|1|{error}", history="killed", seconds=3.0)
             for error in (28, int(EDQUOT), 5)]  # fmt: skip
    assert_kept(field, some(plans, 4), "normal", "degraded")


def test_the_first_database_cannot_be_made_at_once(field: Field) -> None:
    """What was saved for later meanwhile does not keep the first database from being made."""
    plans = [at_start(f"{MAIN}|open|1|-1|28", history="none", end=end, seconds=1.0) for end in ENDS]
    assert_kept(field, plans, "degraded", "read_only")
