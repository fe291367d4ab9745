"""When a task is done: decided from facts alone, and said in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.config import MaintenanceSettings
from modelus_bot.database.engine.checkpoints import (
    AT_LEAST_EVERY,
    HUGE,
    LARGE,
    LONG_LOG,
    PASSIVE,
    SCARCE,
    SHORT_LOG,
    TRUNCATE,
    kind_of,
    worth_moving,
)
from modelus_bot.database.maintenance.facts import FileFacts, temporary_folder
from modelus_bot.database.maintenance.optimize import ShrinkLog
from modelus_bot.database.maintenance.pruning import PruneTask
from modelus_bot.database.maintenance.run_request import Rewriting, RunRequest, TaskDecision, Trigger
from modelus_bot.database.maintenance.vacuum import Vacuum
from modelus_bot.domain.pruning import prunings_under
from modelus_bot.subjects import DECLARED

MB = 1024 * 1024
CLOCK = RunRequest(Trigger.CLOCK)

FACTS = FileFacts(
    page_size=4096,
    pages=100 * MB // 4096,
    free_pages=30 * MB // 4096,
    wal_bytes=0,
    disk_free=1000 * MB,
    scratch_free=1000 * MB,
)


def decided(order: RunRequest = CLOCK, **changes: object) -> TaskDecision:
    """Decide about rewriting a file of 100 MB with 30 MB empty, except for what is said."""
    return Vacuum().decide(replace(FACTS, **changes), order)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "due", "words"),
    [
        ({}, True, "30.0 MB of 100.0 MB (30%) are empty"),
        ({"free_pages": 20 * MB // 4096}, False, "not worth it"),
        ({"pages": 10 * MB // 4096, "free_pages": 8 * MB // 4096}, False, "not worth it"),
        ({"disk_free": 219 * MB}, False, "only 219.0 MB are free on the disk and 220.0 MB are needed"),
        ({"scratch_free": 109 * MB}, False, "only 109.0 MB are free for temporary files"),
        ({"disk_free": None}, False, "cannot be found out"),
        ({"waiting": 3}, False, "3 changes are waiting"),
        ({"write_timeout": 2.0}, False, "changes would wait for about 2 s and may wait for 1 s"),
    ],
)
def test_rewriting(changes: dict[str, object], due: bool, words: str) -> None:
    """Worth it from a fifth and 8 MB on; each obstacle is named with its numbers."""
    decision = decided(**changes)
    assert decision.due is due
    assert words in decision.because
    assert decision.refused is (not due and "not worth it" not in decision.because)


def test_rewriting_near_the_limit_and_by_persons() -> None:
    """Near the limit a megabyte is enough; a person may want less, and never gets past missing space."""
    little = 2 * MB // 4096
    assert not decided(free_pages=little).due
    assert decided(RunRequest(Trigger.NEAR_LIMIT), free_pages=little).due
    assert decided(RunRequest(Trigger.PERSON, Rewriting.CONFIRMED), free_pages=0).due
    assert decided(RunRequest(Trigger.PERSON, Rewriting.CONFIRMED), free_pages=0, write_timeout=0.1).due
    assert decided(RunRequest(Trigger.PERSON, Rewriting.CONFIRMED), disk_free=MB).refused
    asked = decided(RunRequest(Trigger.PERSON, Rewriting.NO))
    assert not asked.due
    assert "it has to be asked for" in asked.because


@given(
    pages=st.integers(1, 10**7),
    free=st.floats(0, 1),
    disk=st.one_of(st.none(), st.integers(0, 10**12)),
    scratch=st.one_of(st.none(), st.integers(0, 10**12)),
    waiting=st.integers(0, 3),
    write_timeout=st.floats(0.1, 100),
    why=st.sampled_from(list(Trigger)),
    rewriting=st.sampled_from(list(Rewriting)),
)
def test_rewriting_never_endangers_the_disk(
    pages: int,
    free: float,
    disk: int | None,
    scratch: int | None,
    waiting: int,
    write_timeout: float,
    why: Trigger,
    rewriting: Rewriting,
) -> None:
    """Whatever the facts: never without the space, never while writes wait, never longer than they may."""
    facts = FileFacts(4096, pages, int(pages * free), 0, disk, scratch, waiting, write_timeout=write_timeout)
    decision = Vacuum().decide(facts, RunRequest(why, rewriting))
    assert decision.because
    if not decision.due:
        return
    assert disk is not None
    assert scratch is not None
    assert disk >= facts.bytes * 2.2
    assert scratch >= facts.bytes
    assert waiting == 0
    assert rewriting is not Rewriting.NO
    assert rewriting is Rewriting.CONFIRMED or facts.rewriting_seconds < write_timeout


def test_the_log_is_shrunk_by_one_only() -> None:
    """From a few megabytes on, unless the archive's program moves it."""
    task = ShrinkLog()
    assert not task.decide(replace(FACTS, wal_bytes=LARGE - 1), CLOCK).due
    assert task.decide(replace(FACTS, wal_bytes=LARGE), CLOCK).due
    assert not task.decide(replace(FACTS, wal_bytes=LARGE, others_checkpoint=True), CLOCK).due


@pytest.mark.parametrize(
    ("size", "seconds", "free", "kind"),
    [
        (LARGE - 1, 0.0, SCARCE, None),
        (LARGE, 0.0, SCARCE, PASSIVE),
        (0, AT_LEAST_EVERY, None, PASSIVE),
        (HUGE, 0.0, None, TRUNCATE),
        (MB, 0.0, SCARCE - 1, TRUNCATE),
        (MB - 1, 0.0, 0, None),
    ],
)
def test_checkpoints(size: int, seconds: float, free: int | None, kind: str | None) -> None:
    """Quietly from a few megabytes on and now and then; the space is given back when large or scarce."""
    assert kind_of(size, seconds, free) == kind


@pytest.mark.parametrize(
    ("frames", "size", "seconds", "moved"),
    [
        (LONG_LOG, 0, 0.0, True),
        (LONG_LOG - 1, HUGE, AT_LEAST_EVERY, False),
        (SHORT_LOG + 1, 0, AT_LEAST_EVERY + 1, True),
        (SHORT_LOG, 0, 10 * AT_LEAST_EVERY, False),
        (None, LARGE, 0.0, True),
        (None, LARGE - 1, 10 * AT_LEAST_EVERY, False),
    ],
)
def test_another_program_checkpoints(frames: int | None, size: int, seconds: float, moved: bool) -> None:
    """By the pages in the log and how long it lies there; by its size where nobody counted them."""
    assert worth_moving(frames, size, seconds) is moved


def test_requests_stay_while_the_trail_waits() -> None:
    """Entries of the trail that wait in their file are merged by their request, so that none may go."""
    for task in map(PruneTask, DECLARED.prunings):
        decision = task.decide(replace(FACTS, trail_waits=True), CLOCK)
        assert decision.refused is (task.name == "Answered requests")
        assert task.decide(FACTS, CLOCK).due


def test_every_task_says_why() -> None:
    """Each has a name of its own and a sentence."""
    names = [pruning.name for pruning in DECLARED.prunings]
    assert len(set(names)) == len(names) == 9
    assert all(
        pruning.why.endswith(".") and 0 < pruning.early_days <= pruning.days for pruning in DECLARED.prunings
    )


def test_settings_say_how_long_some_are_kept() -> None:
    """As many days as the setting says, also where more goes early; with 0 they stay."""
    for days, expected in ((400, [(400, 365)]), (10, [(10, 10)]), (0, [])):
        settings = MaintenanceSettings(keep_conversations=days)
        found = prunings_under(DECLARED.prunings, settings)
        assert len(found) == len(DECLARED.prunings) - (days == 0)
        assert [(item.days, item.early_days) for item in found if item.name == "Conversations"] == expected


def test_temporary_files_are_where_sqlite_looks_first(tmp_path: Path) -> None:
    """The environment decides, as far as its folders can be used."""
    first, second = tmp_path / "first", tmp_path / "second"
    second.mkdir()
    environment = {"SQLITE_TMPDIR": str(first), "TMPDIR": str(second)}
    assert temporary_folder(environment) == second
    first.mkdir()
    assert temporary_folder(environment) == first
    assert temporary_folder({}).is_dir()
