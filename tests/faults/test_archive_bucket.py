"""The archive in an S3-compatible bucket: everything but the bucket lost, restored on a new machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from loguru import logger

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.archive.archive import Archive
from modelus_bot.database.archive.failures import ArchiveUnavailable, MomentUnavailable
from modelus_bot.database.archive.restore import PLAN_SECONDS
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED
from tests.database.archive.writing import add, count, first_copy, needs_program, opened, rows
from tests.database.operations import PutSetting, setting
from tests.tuning import Tuning
from tests.waiting import blocking_scene_of

pytestmark = [
    needs_program,
    pytest.mark.fault,
    pytest.mark.skipif(
        importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask_cors") is None,
        reason="moto and its server are not installed",
    ),
]

KEY, SECRET = "AKIATESTKEY000000000", "a-secret-made-up-for-this-test"


class Service:
    """An S3-compatible service on loopback that can be made to hang."""

    def __init__(self) -> None:
        """Start it and make the bucket."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()
        self._make_bucket()

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the service did not start")

    def _make_bucket(self) -> None:
        script = (
            "import boto3, sys; boto3.client('s3', endpoint_url=sys.argv[1], region_name='us-east-1')"
            ".create_bucket(Bucket='archive')"
        )
        environment = os.environ | {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
        subprocess.run([sys.executable, "-c", script, self.endpoint], check=True, env=environment)

    def freeze(self) -> None:
        """Let every request hang."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Answer again."""
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Stop it."""
        self._process.send_signal(signal.SIGCONT)
        self._process.terminate()
        self._process.wait()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """One service for all tests; each uses a prefix of its own."""
    running = Service()
    yield running
    running.end()


@pytest.fixture
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/that/exists.pem")


def bucket(service: Service, prefix: str, **more: object) -> ArchiveSettings:
    """Settings of an archive in the service's bucket."""
    return ArchiveSettings.model_validate(
        {"url": f"s3://archive/{prefix}", "endpoint": service.endpoint, "sync_milliseconds": 100} | more
    )


@pytest.mark.slow
@pytest.mark.usefixtures("_credentials")
async def test_new_machine_from_the_bucket_alone(tmp_path: Path, service: Service) -> None:
    """The whole directory is lost; another machine gets every row from the bucket, also past moments."""
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(str(message)), format="{message} {extra}", level="TRACE")
    home = tmp_path / "old machine"
    settings = bucket(service, "bots/one")
    writer = opened(home / "bot.db")
    async with Archive(home / "bot.db", settings) as archive:
        await first_copy(archive)
        add(writer, 40)
        await archive.sync()
        blocking_scene_of(1.2)
        between = time.time()
        blocking_scene_of(1.2)
        add(writer, 40)
        assert await archive.snapshot()
        add(writer, 20)
        await archive.sync()
        writer.close()
        written = b"".join(path.read_bytes() for path in (home / ".bot.db-archive").glob("*.json"))
    logger.remove(sink)
    assert SECRET.encode() not in written
    assert KEY.encode() not in written
    assert not any(SECRET in line or KEY in line for line in lines)
    shutil.rmtree(home)

    new = Archive(tmp_path / "new machine" / "bot.db", settings)
    held = await new.moments()
    assert held is not None
    assert held[0] < between < held[1] + 1
    began = time.monotonic()
    await new.restore(tmp_path / "restored.db")
    took = time.monotonic() - began
    assert count(tmp_path / "restored.db") == 100
    moment = await new.restore(tmp_path / "past.db", at=between)
    assert moment.timestamp() <= between
    assert count(tmp_path / "past.db") == 40
    assert all(at <= between for _, at in rows(tmp_path / "past.db"))
    with pytest.raises(MomentUnavailable, match="begins at"):
        await new.restore(tmp_path / "early.db", at=held[0] - 60)
    print(f"restored from the bucket in {took:.2f} s")


def bot_on(machine: Path, archive: ArchiveSettings) -> DatabaseManager:
    """Return the bot's database on a machine, with everything that it keeps there."""
    path = machine / "data" / "modelus.db"
    protection = Protection(
        path,
        backup=BackupSettings(folder=machine / "backups", schedule="off", attempts=1),
        archive=archive,
        integrity=IntegritySettings(confirm_after=0.2, quarantine=machine / "quarantine"),
        invariants=DECLARED.invariants,
    )
    return DatabaseManager(path, DatabaseSettings(write_deadline=30.0), protection=protection)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("_credentials")
async def test_a_bot_on_a_new_machine_starts_from_the_bucket_alone(tmp_path: Path, service: Service) -> None:
    """With nothing but the bucket it brings everything back, and goes on in the bucket."""
    settings = bucket(service, "bots/moving")
    async with bot_on(tmp_path / "old", settings) as db:
        for number in range(20):
            await db.write(PutSetting(key=f"key {number}", value=number), Context())
        assert db.protection is not None
        await db.protection.archive.sync()
    shutil.rmtree(tmp_path / "old")

    async with bot_on(tmp_path / "new", settings) as db:
        assert [await db.read(setting, f"key {number}") for number in range(20)] == list(range(20))
        assert db.protection is not None
        assert [item.kind for item in db.protection.waiting] == ["database_recovered"]
        await db.write(PutSetting(key="key 0", value=100), Context())
        await db.protection.archive.sync()
    shutil.rmtree(tmp_path / "new")

    async with bot_on(tmp_path / "newest", settings) as db:
        assert await db.read(setting, "key 0") == 100


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("_credentials")
async def test_a_new_machine_does_not_begin_anew_beside_a_bucket_it_cannot_ask(
    tmp_path: Path, tuning: Tuning
) -> None:
    """Nobody knows what is in a bucket out of reach: the database stays away, and no empty file is made."""
    tuning(PLAN_SECONDS.at(3.0))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{probe.getsockname()[1]}"
    settings = ArchiveSettings.model_validate({"url": "s3://archive/bots/away", "endpoint": endpoint})
    with pytest.raises(DatabaseError):
        await bot_on(tmp_path, settings).__aenter__()
    assert not (tmp_path / "data" / "modelus.db").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("_credentials")
async def test_bucket_out_of_reach(tmp_path: Path, service: Service) -> None:
    """While the service hangs, writes go on, lag is told once, stopping is quick; later all is there."""
    database = tmp_path / "home" / "bot.db"
    told: list[str] = []
    writer = opened(database)
    settings = bucket(service, "bots/two", lag_alert=2.0)
    archive = Archive(database, settings, on_alert=lambda kind, _: told.append(kind))
    await archive.start()
    try:
        add(writer, 5)
        await archive.sync()
        service.freeze()
        add(writer, 20)
        with pytest.raises(ArchiveUnavailable):
            await archive.sync(seconds=4)
        assert told == ["archive_behind"]
        began = time.monotonic()
        await archive.stop()
        assert time.monotonic() - began < 6
    finally:
        service.thaw()
        await archive.stop()
    add(writer, 5)
    async with archive:
        await archive.sync()
    writer.close()
    await Archive(tmp_path / "new" / "bot.db", settings).restore(tmp_path / "restored.db")
    assert count(tmp_path / "restored.db") == 30


async def test_missing_credentials_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials nothing is archived, the bot starts all the same, and the status says why."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    database = tmp_path / "home" / "bot.db"
    writer = opened(database)
    settings = ArchiveSettings(url="s3://archive/none", endpoint="http://127.0.0.1:9", sync_milliseconds=100)
    began = time.monotonic()
    async with Archive(database, settings) as archive:
        assert time.monotonic() - began < 8
        add(writer, 1)
        with pytest.raises(ArchiveUnavailable):
            await archive.sync(seconds=0.5)
        status = archive.status()
        assert status.available
        assert not status.running
        assert "Nothing is being archived" in status.words
        print(status.words)
    writer.close()
