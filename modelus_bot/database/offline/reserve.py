"""Reserve: disk space that is held until the disk is full, and then given up so that the bot can work on."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from pathlib import Path

from loguru import logger

from modelus_bot.config.units import MEGABYTE
from modelus_bot.runtime.atomic_files import PARTIAL, sync_folder
from modelus_bot.runtime.os_errors import in_words

__all__ = ["Reserve", "reserve_beside"]

FLOOR_SHARE = 16
"""The disk counts as full when less than this part of the reserve's size is free beside it."""

MARGIN_SHARE = 8
"""The disk counts as usable again when this part of the reserve's size would stay free beside it."""


class Reserve:
    """A file whose blocks are really allocated; safe to use from any thread.

    Journal, fallback log and log live from its space while the database is only read. A reserve that was
    given up has to be allocated again before the disk counts as usable, so that it does not fill up at once.
    Its file stays, empty: that a reserve is owed has to be known after the bot was killed, too.
    """

    def __init__(self, path: Path, megabytes: int) -> None:
        """Remember where and how large; 0 megabytes: none. Nothing is touched yet."""
        self.path = path
        self._size = megabytes * MEGABYTE
        self._short = threading.Lock()
        """Held for moments only: giving up must never wait for an allocation."""
        self._allocating = threading.Lock()
        self._turn = 0
        self._held = False
        self._owed = False

    @property
    def held(self) -> bool:
        """Whether the space is set aside right now."""
        return self._held

    @property
    def owed(self) -> bool:
        """Whether it was given up and has to come back before the disk counts as usable."""
        return self._owed

    @property
    def size(self) -> int:
        """Bytes that are set aside, or would be."""
        return self._size

    @property
    def missing(self) -> bool:
        """Whether it should be held and is not, though nothing forced it to be given up; asks the disk."""
        return not self._owed and (self.path.exists() if self._size == 0 else not self._complete())

    def claim(self) -> bool:
        """Hold it at a start, as ``hold`` does; False also while an earlier run's debt cannot be paid."""
        self._owed = self._size > 0 and self._emptied()
        return self.restore() if self._owed else self.hold()

    def hold(self) -> bool:
        """Set the space aside, unless that is done; False when there is not enough. Blocks: for a thread.

        Failing is logged, and then nothing is owed: a disk that never had the space can be used without.
        """
        if self._size == 0:
            self._drop()
            return True
        with self._allocating:
            turn = self._turn
            if self._complete():
                self._held = True
                return True
            try:
                self._allocate(turn)
            except OSError as error:
                logger.bind(path=str(self.path), bytes=self._size, error=in_words(error)).warning(
                    "reserve_not_held"
                )
                return False
        return self._held

    def release(self) -> bool:
        """Give the space up, because the disk is full; True when that freed something. Never raises."""
        with self._short:
            self._turn += 1
            was_held, self._held = self._held, False
            self._owed = self._owed or was_held
            freed = self._empty()
        if freed:
            logger.bind(path=str(self.path), bytes=self._size).warning("reserve_released")
        return freed

    def restore(self) -> bool:
        """Say whether the disk can be used again; sets the space aside first if it was given up.

        False while less is free than the reserve and a margin. Blocks: for a thread.
        """
        if not self._owed:
            return True
        held = self.room() and self.hold()
        if held:
            self._owed = False
            logger.bind(path=str(self.path), bytes=self._size).info("reserve_held_again")
        return held

    def room(self) -> bool:
        """Say whether there is space for it and a margin; asks the disk."""
        free = self.free()
        return free is not None and free >= self._size + self._size // MARGIN_SHARE

    def low(self) -> bool:
        """Say whether so little is free beside a held reserve that the disk counts as full. Asks the disk."""
        free = self.free()
        return self._held and free is not None and free < self._size // FLOOR_SHARE

    def free(self) -> int | None:
        """Return the bytes that are free on the reserve's disk; None when that cannot be found out."""
        try:
            return shutil.disk_usage(self.path.parent).free
        except OSError:
            return None

    def apply(self, megabytes: int) -> None:
        """Go on with another size; the next ``hold`` makes it true."""
        self._size = megabytes * MEGABYTE
        self._owed = self._owed and self._size > 0

    def _drop(self) -> None:
        """Remove a reserve that is not wanted any more."""
        with self._short:
            self._turn += 1
            self._held = self._owed = False
            self._remove()

    def _complete(self) -> bool:
        """Say whether the file has its size, and blocks for all of it."""
        try:
            found = self.path.stat()
        except OSError:
            return False
        return found.st_size == self._size and found.st_blocks * 512 >= self._size

    def _allocate(self, turn: int) -> None:
        """Allocate beside, then put in place, unless the space was given up meanwhile; raises ``OSError``."""
        partial = self.path.with_name(self.path.name + PARTIAL)
        with self._short:
            self._held = False
            if not self._owed:
                self._remove()
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, self._size)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            with self._short:
                if self._turn != turn:
                    return
                partial.replace(self.path)
                self._held = True
            sync_folder(self.path.parent)
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)

    def _emptied(self) -> bool:
        """Say whether the file is what a reserve that was given up leaves."""
        try:
            return self.path.stat().st_size == 0
        except OSError:
            return False

    def _empty(self) -> bool:
        """Free its blocks and keep its name; True when there were any."""
        try:
            freed = self.path.stat().st_size > 0
            os.truncate(self.path, 0)
        except FileNotFoundError:
            return False
        except OSError:
            return self._remove()
        return freed

    def _remove(self) -> bool:
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            logger.bind(path=str(self.path), error=in_words(error)).error("reserve_not_released")
            return False
        return True


def reserve_beside(database: Path, megabytes: int) -> Reserve:
    """Return the reserve of a database file: ``modelus.db`` has ``modelus.reserve``."""
    return Reserve(database.with_suffix(".reserve"), megabytes)
