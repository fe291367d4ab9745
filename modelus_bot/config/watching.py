"""ConfigWatcher: edits of config.toml reach the running parts, or are refused as a whole and said so.

The folder is watched, not the file: editors and mounted volumes replace files instead of writing into
them. Notifications only wake it; whether there is anything to do is decided by looking at the file, so
that none can be missed where a file system sends none.
"""

from __future__ import annotations

import asyncio
import functools
import os
import time
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from loguru import logger
from watchfiles import awatch

from modelus_bot.config import ConfigError, Configurable, Loaded, Settings, applies_live, load
from modelus_bot.config.keys import changed_keys, field_of, value_of, with_keys_of
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tasks import ended, owned
from modelus_bot.runtime.tunables import Tunable

__all__ = ["Change", "ConfigWatcher", "WatchPace"]

Stamp = tuple[int, ...]
_NOT_SEEN: Stamp = (-1,)
_TOKEN_VARIABLES = ("DISCORD_TOKEN", "DISCORD_TOKEN_FILE")


@dataclass(frozen=True, slots=True)
class Change:
    """A good edit: settings before and after it, keys such as ``logging.level`` that apply now or later.

    ``new`` is what holds from now on; keys that need a restart have their old value in it.
    """

    old: Settings
    new: Settings
    keys: tuple[str, ...]
    needs_restart: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchPace:
    """How patient the watcher is, in seconds."""

    look: float = 0.5
    """Between two looks where no notification comes."""
    quiet: float = 0.2
    """How long a file must have been left alone before it is read."""
    unfinished: float = 0.6
    """The same for a file that is missing, or looks as if it were being written."""
    patience: float = 2.0
    """After this it is read even while it goes on changing."""


PACE = Tunable(WatchPace())


@dataclass(frozen=True, slots=True)
class _Reading:
    """One look into the file: settings, or a sentence why there are none."""

    loaded: Loaded | None
    trouble: str = ""
    missing: bool = False


class ConfigWatcher:
    """Watches one settings file; ``async with`` starts and stops it.

    ``fixed`` keys are set by whoever runs the bot: edits of them are no change. ``environment`` defaults
    to the process's. ``parts`` go on with each good edit, one after the other, on the event loop; subscribers
    are called after them and must not block. ``on_problem`` is told, in plain lines, why an edit was not
    applied; once for each different reason.
    """

    def __init__(
        self,
        path: Path,
        settings: Settings,
        *,
        parts: Collection[Configurable] = (),
        on_problem: Callable[[str], None] | None = None,
        fixed: Collection[str] = (),
        environment: Mapping[str, str] | None = None,
        pace: WatchPace | None = None,
    ) -> None:
        """Take the settings that hold now; nothing is read yet."""
        self.path = path.absolute()
        self.settings = settings
        self.needs_restart: tuple[str, ...] = ()
        """Keys whose value in the file waits for the next start."""
        self._parts = tuple(parts)
        self._on_problem: list[Callable[[str], None]] = [] if on_problem is None else [on_problem]
        self._written = settings
        self._fixed = frozenset(fixed)
        self._environment = os.environ if environment is None else environment
        self._pace = pace or PACE.value
        self._subscribers: list[Callable[[Change], None]] = []
        self._stamp = _NOT_SEEN
        self._existed = self.path.exists()
        self._trouble = ""
        self._overridden: dict[str, Any] | None = None
        self._task: asyncio.Task[None] | None = None

    def subscribe(self, subscriber: Callable[[Change], None]) -> None:
        """Call ``subscriber`` for every change from now on, after those that subscribed before."""
        self._subscribers.append(subscriber)

    def subscribe_to_problems(self, subscriber: Callable[[str], None]) -> None:
        """Tell ``subscriber``, too, why an edit was not applied."""
        self._on_problem.append(subscriber)

    async def __aenter__(self) -> Self:
        """Start watching; an edit made since the settings were read is noticed at once."""
        self._task = owned(self._watch(), name="config-watcher")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop watching."""
        await ended(self._task)

    async def _watch(self) -> None:
        polling: bool | None = None
        while True:
            folder = await asyncio.to_thread(_folder_stamp, self.path.parent)
            try:
                await self._watch_folder(folder, polling=polling)
            except (OSError, RuntimeError) as error:
                if folder is not None and not polling:
                    polling = True
                    logger.bind(error=in_words(error)).warning("config_watch_without_notifications")
            await self._look()
            await asyncio.sleep(self._pace.look)

    async def _watch_folder(self, folder: Stamp | None, *, polling: bool | None) -> None:
        """Look at the file whenever something happens beside it, until the folder is another one."""
        events = awatch(
            self.path.parent,
            watch_filter=None,
            debounce=round(self._pace.quiet * 1000) + 1,
            step=max(5, round(self._pace.quiet * 250)),
            rust_timeout=round(self._pace.look * 1000),
            yield_on_timeout=True,
            recursive=False,
            force_polling=polling,
        )
        async with aclosing(events):
            await self._look()
            async for _ in events:
                await self._look()
                if await asyncio.to_thread(_folder_stamp, self.path.parent) != folder:
                    return

    async def _look(self) -> None:
        try:
            stamp = await asyncio.to_thread(_stamp, self.path)
            if stamp != self._stamp:
                self._stamp = await self._settled(stamp)
                self._take(await asyncio.to_thread(self._read))
        except Exception as error:  # noqa: BLE001 - watching must outlive any fault of its own
            logger.opt(exception=error).error("config_watch_fault")

    async def _settled(self, stamp: Stamp) -> Stamp:
        """Wait until the file is left alone, longer while it looks half-written; return its stamp."""
        began = changed = time.monotonic()
        while time.monotonic() - began < self._pace.patience:
            await asyncio.sleep(self._pace.quiet / 4)
            newer = await asyncio.to_thread(_stamp, self.path)
            if newer != stamp:
                stamp, changed = newer, time.monotonic()
            quiet = time.monotonic() - changed
            if quiet >= self._pace.unfinished:
                break
            if quiet >= self._pace.quiet and await asyncio.to_thread(_finished, self.path):
                break
        return stamp

    def _read(self) -> _Reading:
        """Read and validate the file as a whole; the token is not part of it and cannot be edited."""
        environment = {
            name: value for name, value in self._environment.items() if name not in _TOKEN_VARIABLES
        }
        try:
            if not self.path.read_bytes().strip():
                return _Reading(
                    None, f"{self.path} is empty. The settings stay as they are until it is filled."
                )
            return _Reading(load(self.path, environment))
        except FileNotFoundError:
            text = f"{self.path} is gone. The settings stay as they are until it is back."
            return _Reading(None, text, missing=True)
        except OSError as error:
            trouble = f"{self.path}: cannot be read: {in_words(error)}."
        except ConfigError as error:
            trouble = str(error)
        return _Reading(
            None, f"An edit of {self.path} was not applied; the settings stay as they are.\n{trouble}"
        )

    def _take(self, reading: _Reading) -> None:
        if reading.loaded is None:
            if reading.trouble != self._trouble and (self._existed or not reading.missing):
                self._trouble = reading.trouble
                logger.bind(problem=reading.trouble).warning("config_edit_refused")
                for subscriber in self._on_problem:
                    subscriber(reading.trouble)
            return
        self._existed = True
        if self._trouble:
            self._trouble = ""
            logger.info("config_readable_again")
        self._note_overridden(reading.loaded)
        self._announce(reading.loaded.settings)

    def _note_overridden(self, loaded: Loaded) -> None:
        """Say it when somebody edits a setting that the environment decides."""
        overridden = {key: loaded.written[key] for key in loaded.variables if key in loaded.written}
        if self._overridden is not None and overridden != self._overridden:
            variables = sorted(loaded.variables[key] for key in overridden)
            logger.bind(variables=variables).warning("config_environment_wins")
        self._overridden = overridden

    def _announce(self, written: Settings) -> None:
        """Give subscribers what changed since the last good edit."""
        edited = [key for key in changed_keys(self._written, written) if key not in self._fixed]
        if not edited:
            return
        live = tuple(key for key in edited if applies_live(field_of(key)))
        differing = changed_keys(self.settings, written)
        old, self._written = self.settings, written
        self.settings = with_keys_of(old, written, live)
        self.needs_restart = tuple(
            key for key in differing if key not in self._fixed and not applies_live(field_of(key))
        )
        change = Change(old, self.settings, live, self.needs_restart)
        for part in self._parts:
            _without_fault(functools.partial(part.apply, change.new), change)
        for subscriber in self._subscribers:
            _without_fault(functools.partial(subscriber, change), change)
        logger.bind(changes=dict(_worded(change))).info("config_applied")
        if self.needs_restart and set(edited) - set(live):
            logger.bind(keys=self.needs_restart).warning("config_needs_restart")


def _without_fault(step: Callable[[], None], change: Change) -> None:
    """Do one step; a fault of one part must not keep the edit from the others."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - see above
        logger.bind(keys=change.keys).opt(exception=error).error("config_change_fault")


def _worded(change: Change) -> Iterator[tuple[str, str]]:
    for key in change.keys:
        yield key, f"{value_of(change.old, key)} → {value_of(change.new, key)}"


def _stamp(path: Path) -> Stamp:
    """Return what tells one content of the file from another; empty when there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _folder_stamp(folder: Path) -> Stamp | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def _finished(path: Path) -> bool:
    """Guess whether a file was written to its end: a text that ends with a line, and is TOML."""
    try:
        content = path.read_bytes()
        tomllib.loads(content.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return False
    return content.endswith(b"\n") and bool(content.strip())
