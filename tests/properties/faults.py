"""Real faults of a database file under the running bot, one fresh file for each example."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.snapshot.folder import snapshot_folder
from tests.commands.away import bring_back, continuity_of, going_on, impatient, take_away
from tests.conftest import BotEnv
from tests.small_disk import mounted

Fault = Callable[[Path], AbstractContextManager[None]]
Example = TypeVar("Example")

EXAMPLES = 100
HASTE = dict.fromkeys(("read_deadline", "long_read_deadline", "write_deadline", "close_deadline"), 0.15)
"""Seconds; what takes longer because the machine is busy is a failure as good as any other here."""


class Stage:
    """A bot among people, and copies of one filled database to break."""

    def __init__(self, env: BotEnv, template: Path, disk: Path | None) -> None:
        """Break copies of ``template``; ``disk`` is a small one to fill, None where none can be mounted."""
        self.env = env
        self._template = template
        self._disk = disk
        self._folder = template.with_name("broken")
        self._numbers = itertools.count()

    def ways(self) -> SearchStrategy[tuple[str, bool]]:
        """Return the faults that are possible here, each with whether it appears while the file is open."""
        faults = [fault for fault in FAULTS if fault != "full disk" or self._disk is not None]
        both = [(fault, while_open) for fault in sorted(faults) for while_open in (True, False)]
        return st.sampled_from([way for way in both if way[1] or way[0] not in ONLY_WHILE_OPEN])

    @asynccontextmanager
    async def broken(self, fault: str, *, while_open: bool, serving: bool) -> AsyncIterator[None]:
        """Give the bot a fresh copy with a fault that appears while it is open, or was there before.

        ``serving``: with journal and snapshot, so that people are served meanwhile.
        """
        place = self._disk or self._folder if fault == "full disk" else self._folder
        folder = place / str(next(self._numbers)) / "data"
        shutil.copytree(self._template, folder)
        path = folder / "modelus.db"
        breaking = FAULTS[fault](path)
        fallback = continuity_of(path) if serving else None
        hasty = impatient(path).model_copy(update=HASTE)
        try:
            with contextlib.ExitStack() as broken:
                if not while_open:
                    broken.enter_context(breaking)
                async with DatabaseManager(path, hasty, tolerant=True, fallback=fallback) as db:
                    self.env.bot.db = self.env.db = db
                    if while_open:
                        broken.enter_context(breaking)
                    if fault == "closed":
                        await db.close()
                    yield
                    broken.close()
        finally:
            shutil.rmtree(folder.parent, ignore_errors=True)


@asynccontextmanager
async def stage_of(env: BotEnv, folder: Path) -> AsyncIterator[Stage]:
    """Keep a copy of the bot's filled database with its snapshot, and a small disk if there can be one."""
    path = env.settings.database.path
    async with going_on(env):
        pass
    template = folder / "template"
    template.mkdir()
    shutil.copyfile(path, template / "modelus.db")
    shutil.copytree(snapshot_folder(path), snapshot_folder(template / "modelus.db"))
    with mounted(folder / "disk", "4m") as disk:
        yield Stage(env, template, disk)


async def examine(
    examples: SearchStrategy[Example], check: Callable[[Example], Coroutine[Any, Any, None]]
) -> None:
    """Let hypothesis try a hundred examples; it thinks in a thread, and each check runs on this loop."""
    loop = asyncio.get_running_loop()

    @given(examples)
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def each(example: Example) -> None:
        asyncio.run_coroutine_threadsafe(check(example), loop).result()

    await asyncio.to_thread(each)


@contextmanager
def nothing(_: Path) -> Iterator[None]:
    """Break nothing: what is closed needs no fault."""
    yield


@contextmanager
def moved(path: Path) -> Iterator[None]:
    """Move the file and what lies beside it elsewhere."""
    take_away(path)
    yield
    bring_back(path)


@contextmanager
def folder_unreachable(path: Path) -> Iterator[None]:
    """Let nobody into the folder: by its rights, or, for an administrator, by moving it."""
    if os.geteuid():
        path.parent.chmod(0)
        yield
        path.parent.chmod(0o700)
    else:
        path.parent.rename(path.parent.with_name("elsewhere"))
        yield


@contextmanager
def replaced_by_a_folder(path: Path) -> Iterator[None]:
    """Put a folder where the file was."""
    take_away(path)
    path.mkdir()
    yield
    path.rmdir()
    bring_back(path)


@contextmanager
def replaced_by_text(path: Path) -> Iterator[None]:
    """Put a text where the file was."""
    take_away(path)
    path.write_text("This is no database.\n" * 400, "utf-8")
    yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the write lock, as another program may."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def damaged(path: Path) -> Iterator[None]:
    """Overwrite all pages but the first with noise, by another program and behind SQLite's back."""
    pages = path.stat().st_size // 4096
    noise = ["dd", "if=/dev/urandom", f"of={path}", "bs=4096", "seek=1", f"count={pages - 1}"]
    subprocess.run([*noise, "conv=notrunc", "status=none"], check=True)
    yield


@contextmanager
def cut_off(path: Path) -> Iterator[None]:
    """Cut the file off after its first page, by another program."""
    subprocess.run(["truncate", "-s", "4096", str(path)], check=True)
    yield


@contextmanager
def without_a_table(path: Path) -> Iterator[None]:
    """Rename the table of members, as an operator's slip may."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA legacy_alter_table=ON")
        other.execute("DROP VIEW IF EXISTS triage_users")
        other.execute("ALTER TABLE users RENAME TO people")
    yield


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    """Let others fill the disk to its last byte."""
    other = path.parent.with_name("others")
    with contextlib.suppress(OSError), other.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    yield
    other.unlink()


FAULTS: dict[str, Fault] = {
    "moved": moved,
    "folder unreachable": folder_unreachable,
    "replaced by a folder": replaced_by_a_folder,
    "replaced by a text": replaced_by_text,
    "locked": locked,
    "damaged": damaged,
    "cut off": cut_off,
    "without a table": without_a_table,
    "full disk": full_disk,
    "closed": nothing,
}
ONLY_WHILE_OPEN = {"closed"}
"""A bot cannot be opened closed."""
