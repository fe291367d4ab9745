"""Failing disk calls that did cost changes once, each by its name: a guard takes nothing sound for damage."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.faults.disk_faults import FOR_EVER, Fault
from tests.faults.plan_runs import Field, History, Outcome, Plan

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]

SUMS = "*/modelus.db-sums*"
WAL = "*/data/modelus.db-wal"
MAIN = "*/data/modelus.db"
HELPERS = ("-sums*", "-state*", ".deferred.jsonl*", ".audit.jsonl*", ".snapshot/*", ".reserve*")
EDQUOT = "122"


def plan_at_start(
    name: str,
    *faults: str,
    end: str = "stop",
    history: History = "closed",
    lasting: float | None = None,
    each_thread: bool = False,
    seconds: float = 0.0,
) -> Plan:
    """Return a plan whose faults hold from the start on, ``lasting`` so many seconds at most."""
    made = tuple(Fault.of(text, seconds=lasting, each_thread=each_thread) for text in faults)
    return Plan(name, made, phase="starting", end=end, history=history, seconds=seconds)


def assert_kept(outcome: Outcome, *modes: str) -> None:
    """Everything acknowledged is there once, the file is the same one, and the mode was one of these."""
    print(outcome)
    assert outcome.hits, "the plan hit nothing"
    assert outcome.problems() == [], str(outcome)
    assert not outcome.replaced, f"the file was replaced: {outcome.told}"
    mode = outcome.run.one("mode").get("mode")
    assert outcome.plan.end == "kill" or mode in modes, f"{mode}: {outcome}"


@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("history", ["none", "closed"])
@pytest.mark.parametrize(
    "fault", ["open|2|-1|28", "open|4|-1|5", "aw|4|-1|SHORT", "aw|5|-1|9", "open|1|-1|1"]
)
def test_sums_that_cannot_be_written(field: Field, fault: str, history: History, end: str) -> None:
    """The bot serves, says that its sums are not kept, and the next start does not believe the old ones."""
    outcome = field.play(
        plan_at_start(
            f"sums {fault} {history} {end}", f"{SUMS}|{fault}", history=history, end=end, seconds=1.0
        )
    )
    assert_kept(outcome, "normal")
    assert outcome.run.told, "nobody heard that the sums cannot be written"


def test_sums_that_are_immutable(field: Field) -> None:
    """The same with files that may not be changed at all."""
    chattr = shutil.which("chattr")

    def forbid(site: Path) -> None:
        made = [str(path) for path in (site / "data").glob("modelus.db-sums*")]
        if (
            chattr is None
            or subprocess.run([chattr, "+i", *made], capture_output=True, check=False).returncode
        ):
            pytest.skip("files cannot be made immutable here")

    def allow(site: Path) -> None:
        subprocess.run([str(chattr), "-i", *(site / "data").glob("modelus.db-sums*")], check=True)

    outcome = field.play(Plan("immutable sums", (), phase="starting"), prepare=forbid, between=allow)
    print(outcome)
    assert outcome.problems() == [], str(outcome)
    assert not outcome.replaced
    assert outcome.run.told


@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("descriptors", [16, 24])
def test_few_descriptors(field: Field, descriptors: int, end: str) -> None:
    """A process that may open hardly any file loses nothing, and the file is not taken for damaged."""
    plan = Plan(f"{descriptors} descriptors {end}", (), end=end, descriptors=descriptors)
    outcome = field.play(plan)
    print(outcome)
    assert outcome.problems() == [], str(outcome)
    assert not outcome.replaced


@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("first", [12, 28, 50])
def test_flushes_of_the_log_that_fail(field: Field, first: int, end: str) -> None:
    """What was not acknowledged is no evidence: the next start keeps the file that holds everything."""
    outcome = field.play(
        plan_at_start(f"flush {first} {end}", f"{WAL}|fdatasync|{first}|-1|5", end=end, seconds=1.5)
    )
    assert_kept(outcome, "read_only", "degraded")
    assert outcome.run.told


@pytest.mark.parametrize(
    ("fault", "lasting"),
    [("pread|12|4|5", 2.0), ("pread|1|1|5", 1.0), ("pread|1|-1|5", 4.0), ("pread|1|-1|FLIP", 2.5),
     ("pread|1|-1|12", 2.0), ("pread|1|-1|24", 2.0), ("pread|1|5|4", 2.0)],
)  # fmt: skip
@pytest.mark.parametrize("history", ["closed", "killed"])
def test_the_main_file_cannot_be_read(field: Field, fault: str, lasting: float, history: History) -> None:
    """Errors and lies of the machine pass: the bot waits, then serves the same file."""
    plan = plan_at_start(
        f"main {fault} {history}",
        f"{MAIN}|{fault}",
        lasting=lasting,
        history=history,
        seconds=lasting + 3,
    )
    assert_kept(field.play(plan), "normal")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_the_main_file_can_never_be_read(field: Field, end: str) -> None:
    """The bot stays degraded, says so, and touches nothing."""
    outcome = field.play(plan_at_start(f"unreadable {end}", f"{MAIN}|pread|1|-1|5", end=end, seconds=2.0))
    assert_kept(outcome, "degraded", "read_only")
    assert outcome.run.told


@pytest.mark.parametrize("history", ["none", "closed"])
def test_each_thread_fails_to_read_the_log_once(field: Field, history: History) -> None:
    """A file that has never been copied is whole, whatever could not be read of its log."""
    outcome = field.play(
        plan_at_start(
            f"third pread {history}", f"{WAL}|pread|3|1|24", each_thread=True, end="kill", history=history
        )
    )
    assert_kept(outcome)


@pytest.mark.parametrize("error", [12, 5, 24])
@pytest.mark.parametrize("call", ["pread", "open"])
def test_the_log_cannot_be_read_once_at_the_start(field: Field, call: str, error: int) -> None:
    """One error in each process while the -wal of a killed run is read."""
    outcome = field.play(
        plan_at_start(f"log {call} {error}", f"{WAL}|{call}|1|1|{error}", history="killed", seconds=2.0)
    )
    assert_kept(outcome, "normal")


@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("history", ["closed", "killed"])
def test_nothing_beside_the_log_can_be_written(field: Field, history: History, end: str) -> None:
    """No quota is left for new files and the helper files, while the file and its log still take changes."""
    beside = [
        f"*/data/modelus{'.db' if part[0] == '-' else ''}{part}|aw|1|{FOR_EVER}|{EDQUOT}" for part in HELPERS
    ]
    partial = f"*/data/*.partial|open|1|{FOR_EVER}|{EDQUOT}"
    name = f"helpers {history} {end}"
    outcome = field.play(plan_at_start(name, *beside, partial, history=history, end=end, seconds=1.0))
    assert_kept(outcome, "normal", "read_only")
    assert outcome.run.told
