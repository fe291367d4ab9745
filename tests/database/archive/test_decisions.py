"""What the archive decides without the program: settings, environment, lag, retention, log lines, plans."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger

from modelus_bot.config import ArchiveSettings
from modelus_bot.database.archive.incidents import Lag, Streak
from modelus_bot.database.archive.litestream_config import (
    MOST_PIECES,
    ArchivePaths,
    configuration,
    environment,
    exact_possible,
    exact_wanted,
    write_private,
)
from modelus_bot.database.archive.process_log import ProgramLog
from modelus_bot.database.archive.program import Program, find_program, version_of
from modelus_bot.database.archive.restore import plan_of
from modelus_bot.database.archive.snapshots import keep_hours
from modelus_bot.database.archive.status import ArchiveStatus
from modelus_bot.database.archive.supervisor import BACKOFF_FIRST, Launch, Supervisor, started
from tests.tuning import Tuning


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        """Begin at a round moment."""
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """Tell the moment."""
        return self.now


def test_bucket_configuration_has_no_secrets() -> None:
    """Bucket, prefix, endpoint and region are in the configuration; credentials are not."""
    settings = ArchiveSettings(
        url="s3://shelf/bots/main/", endpoint="http://127.0.0.1:9000", region="eu-west-1"
    )
    places = ArchivePaths.of(Path("/srv/data/bot.db"), settings)
    replica = configuration(places, settings)["dbs"][0]["replica"]
    assert replica["type"] == "s3"
    assert (replica["bucket"], replica["path"]) == ("shelf", "bots/main/bot.db")
    assert replica["endpoint"] == "http://127.0.0.1:9000"
    assert replica["region"] == "eu-west-1"
    assert not any("key" in name for name in replica)
    assert places.replica is None


def test_the_program_never_copies_by_itself() -> None:
    """Its own schedule for full copies and their retention lies centuries away."""
    settings = ArchiveSettings()
    config = configuration(ArchivePaths.of(Path("/srv/bot.db"), settings), settings)
    assert config["snapshot"] == {"interval": "2500000h", "retention": "2500000h"}
    assert config["l0-retention"] == "1440m"
    (database,) = config["dbs"]
    assert database["monitor-interval"] == "2500000h"
    assert database["min-checkpoint-page-count"] == database["truncate-page-n"] == 2**30, "0 is its default"
    once = configuration(ArchivePaths.of(Path("/srv/bot.db"), settings), settings, socket=False)
    assert once["dbs"][0]["checkpoint-interval"] == "2500000h"
    short = ArchiveSettings(retention_hours=3)
    assert configuration(ArchivePaths.of(Path("/srv/bot.db"), short), short)["l0-retention"] == "180m"


def test_environment_is_minimal() -> None:
    """Credentials are passed on for a bucket only, and the bundle of certificates to no endpoint at all."""
    given_env = {
        "PATH": "/bin",
        "DISCORD_TOKEN": "secret",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_CA_BUNDLE": "/etc/bundle.pem",
        "TZ": "Asia/Tokyo",
    }
    assert environment(ArchiveSettings(), given_env) == {"PATH": "/bin", "TZ": "UTC"}
    secure = environment(ArchiveSettings(url="s3://b/p"), given_env)
    assert secure == {"PATH": "/bin", "TZ": "UTC", "AWS_ACCESS_KEY_ID": "key"}
    for endpoint in ("http://nas:9000", "https://nas:9000"):
        assert environment(ArchiveSettings(url="s3://b/p", endpoint=endpoint), given_env) == secure


def test_files_are_written_for_their_owner_only(tmp_path: Path) -> None:
    """The configuration is JSON that nobody else can read, and nothing unfinished stays."""
    path = tmp_path / "replicate.json"
    write_private(path, {"path": 'a "quoted" $HOME'})
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == {"path": 'a "quoted" $HOME'}
    assert list(tmp_path.iterdir()) == [path]


def test_lag_tells_once_an_incident() -> None:
    """Falling behind is said once, flapping around the edge says nothing, and catching up is said once."""
    clock = Clock()
    lag = Lag(30.0, clock)
    assert lag.seconds is None
    lag.began()
    said = []
    for moved, archived in (
        (10, False),
        (25, False),
        (5, False),
        (1, True),
        (31, False),
        (9, False),
        (1, True),
    ):
        clock.now += moved
        if archived:
            lag.archived(clock.now - 20 if clock.now < 1_000_060 else clock.now)
        said.append(lag.changed())
    assert said == [None, True, None, None, None, None, False]
    clock.now += 100
    lag.stopped()
    assert lag.changed() is None
    assert lag.seconds is None


def test_lag_never_goes_back() -> None:
    """An older report does not make the archive younger than it is known to be."""
    clock = Clock()
    lag = Lag(30.0, clock)
    lag.began()
    lag.archived(clock.now + 5)
    lag.archived(clock.now - 50)
    assert lag.newest == clock.now + 5
    assert lag.seconds == 0.0


def test_streak_forgives_single_failures() -> None:
    """Failures with a success between them are no incident; a long row of them is one, told once."""
    clock = Clock()
    streak = Streak(900.0, clock)
    for _ in range(10):
        streak.failed()
        clock.now += 600
        assert streak.changed() is None
        streak.worked()
    for _ in range(3):
        streak.failed()
        clock.now += 400
    assert streak.changed() is True
    assert streak.changed() is None
    streak.worked()
    assert streak.changed() is False


@given(ages=st.lists(st.floats(0, 400 * 3600), max_size=40), retention=st.integers(1, 200))
def test_retention_keeps_what_restores_need(ages: list[float], retention: int) -> None:
    """Whatever the copies' ages: each moment of the retention that could be restored still can."""
    now = 2_000_000.0
    moments = sorted(now - age for age in ages)
    begin = now - retention * 3600
    hours = keep_hours(moments, begin, now)
    assert keep_hours(moments, None, now) is None
    before = [moment for moment in moments if moment <= begin]
    if hours is None:
        assert not before
        return
    kept = [moment for moment in moments if moment >= now - hours * 3600]
    assert before
    assert max(before) in kept


def test_pieces_are_limited() -> None:
    """Few pieces are kept for a day; of very many only as long as their number allows, an hour at least."""
    settings = ArchiveSettings()
    assert exact_possible(settings, [10.0] * 100) == exact_wanted(settings) == 1440
    many = [3600.0 * 10] * (MOST_PIECES * 2)
    assert exact_possible(settings, many) == 300
    assert exact_possible(settings, [60.0] * (MOST_PIECES + 1)) == 60


def said(lines: list[bytes], clock: Callable[[], float]) -> tuple[ProgramLog, list[dict[str, Any]]]:
    """Feed lines to a log and return it with the events it made."""
    records: list[dict[str, Any]] = []
    sink = logger.add(lambda message: records.append(dict(message.record)), level="TRACE")
    log = ProgramLog(["hush"], clock)
    for line in lines:
        log.take(line)
    logger.remove(sink)
    return log, records


def test_log_lines_become_events() -> None:
    """Levels are mapped, a field called level does not shadow the line's own, other text is a warning."""
    _, records = said(
        [
            b'{"time":"x","level":"INFO","msg":"starting compaction monitor","level":1}\n',
            b'{"time":"x","level":"ERROR","msg":"sync error","error":"disk full"}\n',
            b"panic: something\n",
            b"\n",
            b"[1, 2]\n",
            b'{"level":"WARN","msg":"\xff odd {braces}"}\n',
        ],
        Clock(),
    )
    assert [record["level"].name for record in records] == ["DEBUG", "ERROR", "WARNING", "WARNING", "WARNING"]
    assert records[0]["extra"] == {"said": "starting compaction monitor"}
    assert records[1]["extra"] == {"said": "sync error", "error": "disk full"}
    assert records[2]["extra"]["said"] == "panic: something"


def test_complaints_are_not_repeated_and_carry_no_secret() -> None:
    """The same complaint is logged once a minute; secrets are blotted out."""
    clock = Clock()
    complaint = b'{"level":"ERROR","msg":"sync error","error":"key hush is wrong"}'
    log, records = said([complaint] * 50, clock)
    assert len(records) == 1
    assert "hush" not in str(records[0]["extra"])
    assert log.last_error == "sync error: key *** is wrong"


def test_plan_without_headers_is_careful(tmp_path: Path) -> None:
    """From a bucket the moment is in whole seconds and the size an estimate; no files are no plan."""
    settings = ArchiveSettings(url="s3://b/p")
    places = ArchivePaths.of(tmp_path / "bot.db", settings)
    files = [
        {"level": 9, "name": "a", "max_txid": "0a", "size": 1000, "timestamp": "2026-01-01T00:00:00Z"},
        {"level": 0, "name": "b", "max_txid": "0b", "size": 10, "timestamp": "2026-01-01T00:00:09Z"},
    ]
    plan = plan_of({"files": files}, places)
    assert plan is not None
    assert plan.moment == 1767225609.0
    assert plan.transaction == "0b"
    assert plan.bytes >= plan.archived_bytes == 1010
    assert plan_of({"files": []}, places) is None


@pytest.mark.parametrize(
    ("answer", "usable"),
    [
        ("0.5.17", True),
        ("0.5.19", True),
        ("v0.5.17", True),
        ("0.5.3", False),
        ("0.3.13", False),
        ("oops", False),
    ],
)
async def test_only_a_fitting_version_is_used(tmp_path: Path, answer: str, usable: bool) -> None:
    """A program of another line, or that says something else, is not used, and the words say so."""
    program = tmp_path / "litestream"
    program.write_text(f"#!/bin/sh\necho {answer}\n")
    program.chmod(0o755)
    settings = ArchiveSettings(binary=str(program))
    asked = Program(ArchivePaths.of(tmp_path / "bot.db", settings), settings)
    assert await asked.probe() is usable
    assert ("works with this bot" in asked.unusable) is not usable


async def test_version_of_something_else(tmp_path: Path) -> None:
    """What cannot be run, and what hangs, has no version."""
    text = tmp_path / "text"
    text.write_text("hello")
    text.chmod(0o755)
    assert await version_of(text) == ()
    sleeper = tmp_path / "sleeper"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o755)
    assert await version_of(sleeper, seconds=0.2) == ()


def test_program_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is taken as it is, a name is looked for beside the interpreter and then on PATH."""
    program = tmp_path / "some-archiver"
    program.write_text("#!/bin/sh\n")
    assert find_program(str(program)) is None
    program.chmod(0o755)
    assert find_program(str(program)) == program
    assert find_program("some-archiver") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_program("some-archiver") == program


def test_words_for_every_state() -> None:
    """Switched off, missing, stopped, running, behind: each has a sentence of its own."""
    off = ArchiveStatus(available=False, running=False, target="/a", why="The archive is switched off.")
    assert off.words.startswith("Nothing is archived. The archive is switched off. Copies are still made")
    idle = ArchiveStatus(available=True, running=False, target="/a", why="It was not started.")
    assert idle.words == "Nothing is being archived in /a: It was not started."
    well = ArchiveStatus(available=True, running=True, target="/a", lag=0.12)
    assert well.words == "Every change is archived in /a, 0.1 s behind."


async def test_a_stubborn_program_is_killed(tmp_path: Path) -> None:
    """A program that ignores the signal to end is killed when its time is up."""
    script = tmp_path / "stubborn"
    script.write_text("#!/bin/sh\ntrap '' TERM\necho up\nwhile true; do sleep 0.05; done\n")
    script.chmod(0o755)
    process = await started(Launch([script], tmp_path, {"PATH": "/bin:/usr/bin"}))
    assert process.stdout is not None
    assert await process.stdout.readline() == b"up\n"
    assert await process.end(seconds=0.3) == -9
    process.close()


async def test_a_fault_of_our_own_ends_no_supervision(tmp_path: Path, tuning: Tuning) -> None:
    """Whatever goes wrong when the program is started, it is started again, with growing pauses."""
    tuning(BACKOFF_FIRST.at(0.02))
    faults = [KeyError("path"), OSError(12, "no memory"), ValueError("no such state")]
    asked: list[float] = []

    def launch() -> Launch:
        asked.append(time.monotonic())
        if faults:
            raise faults.pop(0)
        return Launch(["/bin/sleep", "60"], tmp_path, {"PATH": "/bin:/usr/bin"})

    supervisor = Supervisor(launch, ProgramLog())
    await supervisor.start()
    try:
        async with asyncio.timeout(30):
            while supervisor.pid is None:
                await asyncio.sleep(0.01)
        assert supervisor.restarts == 3
        pauses = [later - earlier for earlier, later in itertools.pairwise(asked)]
        assert all(pause >= least for pause, least in zip(pauses, (0.02, 0.04, 0.08), strict=True))
    finally:
        await supervisor.stop(seconds=0.1)
