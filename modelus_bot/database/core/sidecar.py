"""A file kept beside the database that may fail while the database works: the one rule for all of them.

What it says must never accuse a sound file. So one that could not be written is removed; where even that
fails, another *epoch* is asked for, which is committed before the next change and makes what lies there a
stranger's. A sidecar that has no ``remove`` says nothing that grows untrue; it stays as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from loguru import logger

from modelus_bot.runtime.os_errors import in_words

__all__ = ["Renewable", "Sidecar", "SidecarKind"]

REST_SECONDS = 1.0
"""How long a file that could not be written is left alone."""


class Renewable(Protocol):
    """The epoch of the database, as far as a sidecar needs it."""

    def renew(self, why: str) -> None:
        """Take another number."""
        ...


@dataclass(frozen=True, slots=True)
class SidecarKind:
    """How a sidecar is called among people, what is lost without it, and how its failure is logged."""

    name: str
    without: str
    event: str


class Sidecar:
    """Whether one of them can be written, and what follows where it cannot; for one thread at a time."""

    def __init__(
        self,
        kind: SidecarKind,
        remove: Callable[[], None] | None = None,
        epoch: Renewable | None = None,
    ) -> None:
        """Begin without trouble; ``remove`` deletes what lies on the disk and raises ``OSError``."""
        self.kind = kind
        self.trouble: OSError | None = None
        """Why it could not be written last; None when it could."""
        self._remove = remove
        self._epoch = epoch
        self._try_at = 0.0

    @property
    def resting(self) -> bool:
        """Whether it failed so lately that trying again would be a waste."""
        return time.monotonic() < self._try_at

    @property
    def due(self) -> bool:
        """Whether it is time to try again what failed."""
        return self.trouble is not None and not self.resting

    def rested(self) -> None:
        """Let the next attempt be made at once."""
        self._try_at = 0.0

    def write(self, write: Callable[[], None]) -> bool:
        """Write, and return whether that worked; where it did not, what is there loses its voice."""
        try:
            write()
        except OSError as error:
            self._fall_behind(error)
            return False
        if self.trouble is not None:
            logger.bind(sidecar=self.kind.name).info("sidecar_saved_again")
        self.trouble = None
        return True

    def _fall_behind(self, error: OSError) -> None:
        if self.trouble is None:
            logger.bind(sidecar=self.kind.name, error=in_words(error)).warning(self.kind.event)
        self.trouble, self._try_at = error, time.monotonic() + REST_SECONDS
        if self._remove is None:
            return
        try:
            self._remove()
        except OSError as failure:
            if self._epoch is not None:
                self._epoch.renew(f"{self.kind.name}: neither written nor removed: {in_words(failure)}")
