"""Whatever else fails: nobody reads "not saved" of a change that could have landed."""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.audit.fallback_log import audit_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError, OutcomeUnknown
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from modelus_bot.database.offline.journal.journal import Journal
from modelus_bot.ui.errors import reply_for
from tests.daily_size import FULL
from tests.database.continuing import continuity_of
from tests.database.operations import PutSetting
from tests.inside import transactions

COMMITS = ("works", "fails", "nobody knows")
JOURNALS = ("works", "fails", "nobody knows", "no room", "no thread")
TROUBLES = ("none", "audit file", "breaker", "commit not told", "figures", "all") if FULL else ("none", "all")
REQUEST = "the-change"


class PutAndMove(PutSetting):
    """Takes the file away before COMMIT, which then works somewhere, so that nobody can say where."""

    path: str

    deferrable = True

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        version = super().apply(tx)
        if self.path:
            os.rename(self.path, self.path + ".moved")  # noqa: PTH104
        return version


@contextmanager
def failing_calls(patch: pytest.MonkeyPatch, names: tuple[str, ...], file: Path) -> Iterator[None]:
    """Let system calls fail for one file."""
    with patch.context() as within:
        for name in names:
            within.setattr(os, name, failing(getattr(os, name), file))
        yield


def failing(real: Callable[..., Any], file: Path) -> Callable[..., Any]:
    """Return a system call that fails for a descriptor of ``file``."""

    def call(descriptor: int, *rest: Any) -> Any:
        if Path(f"/proc/self/fd/{descriptor}").readlink() == file:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(descriptor, *rest)

    return call


def fault(*_: object, **__: object) -> None:
    """Stand for any fault of the program."""
    raise RuntimeError("a fault beside the change")


def break_journal(how: str, path: Path, db: DatabaseManager, stack: ExitStack, patch: Any) -> None:
    """Let the journal fail."""
    assert db.fallback is not None
    journal = db.fallback.journal
    if how in {"fails", "nobody knows"}:
        calls = ("fdatasync",) if how == "fails" else ("fdatasync", "ftruncate")
        stack.enter_context(failing_calls(patch, calls, journal_path(path)))
    elif how == "no room":
        journal.apply(db.fallback.journal.settings.model_copy(update={"journal_megabytes": 0}))
    elif how == "no thread":
        patch.setattr(asyncio, "to_thread", no_thread)


async def no_thread(*_: object) -> None:
    """Fail as ``asyncio.to_thread`` does where the machine has no thread left."""
    raise RuntimeError("can't start new thread")


def break_others(which: str, path: Path, db: DatabaseManager, stack: ExitStack, patch: Any) -> None:
    """Let something fail that has nothing to say about the change."""
    if which in {"audit file", "all"}:
        stack.enter_context(failing_calls(patch, ("fdatasync", "ftruncate"), audit_path(path)))
    if which in {"breaker", "all"}:
        patch.setattr(db.availability, "failed", fault)
    if which in {"commit not told", "all"}:
        patch.setattr(transactions(db), "_on_commit", fault)
    if which in {"figures", "all"}:
        patch.setattr(HealthMonitor, "record", fault)


async def told(
    path: Path, settings: DatabaseSettings, commit: str, journal: str, trouble: str, patch: pytest.MonkeyPatch
) -> object:
    """Return what the author of a change gets, whose COMMIT and everything around it may fail."""
    change = PutAndMove(key="k", value=1, path=str(path) if commit == "nobody knows" else "")
    fallback = continuity_of(path, patience=0.3)
    async with DatabaseManager(path, settings, fallback=fallback) as db:
        with ExitStack() as stack, patch.context() as within:
            if commit == "fails":
                other = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
                other.execute("BEGIN IMMEDIATE")
            break_others(trouble, path, db, stack, within)
            break_journal(journal, path, db, stack, within)
            try:
                async with asyncio.timeout(20):
                    return await db.write(change, Context(actor=1, request_id=REQUEST, deadline=0.3))
            except Exception as error:  # noqa: BLE001 - what comes out is looked at
                return error


async def kept(path: Path) -> tuple[bool, bool]:
    """Say whether the change is in the database, and whether it waits in the journal."""
    moved = path.with_name(path.name + ".moved")
    if moved.exists():
        moved.replace(path)
    with closing(sqlite3.connect(path)) as connection:
        asked = connection.execute("SELECT count(*) FROM requests WHERE request_id = ?", (REQUEST,))
        landed = asked.fetchone()[0] == 1
    fallback = continuity_of(path, patience=0.3)
    async with Journal(journal_path(path), fallback.journal.settings) as journal:
        return landed, any(entry.request_id == REQUEST for entry in journal.pending())


def check(answer: object, *, landed: bool, waits: bool) -> None:
    """Compare what the author is told with what became of the change."""
    if isinstance(answer, OutcomeUnknown):
        reply = reply_for(answer)
        assert reply.title != "Not done"
        assert OutcomeUnknown.advice in reply.sentence
    elif isinstance(answer, WriteDeferred):
        assert landed or waits
    elif isinstance(answer, Exception):
        assert isinstance(answer, DatabaseError), repr(answer)
        assert not landed, f"{answer!r}: told that it was not saved, and it was"
        assert not waits, f"{answer!r}: told that it was not saved, and it will be"
    else:
        assert landed


@pytest.mark.parametrize("commit", COMMITS)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_what_people_are_told_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commit: str
) -> None:
    """Every way in which COMMIT, journal, fallback log, breaker and figures can fail together."""
    settings = DatabaseSettings(busy_slice=0.05, reopen_base=0.05, reopen_cap=0.2, close_deadline=1.0)
    path = tmp_path / "modelus.db"
    async with DatabaseManager(path, settings):
        pass
    for number, (journal, trouble) in enumerate(itertools.product(JOURNALS, TROUBLES)):
        own = tmp_path / str(number) / path.name
        own.parent.mkdir()
        shutil.copy(path, own)
        answer = await told(own, settings, commit, journal, trouble, monkeypatch)
        landed, waits = await kept(own)
        try:
            check(answer, landed=landed, waits=waits)
        except AssertionError as error:
            raise AssertionError(f"journal {journal}, trouble with {trouble}: {error}") from error
