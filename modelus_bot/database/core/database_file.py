"""DatabaseFile: a database by the name that somebody gave it: where it lies, what is there, who has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modelus_bot.database.core.instance_lock import InstanceLock, meant, require_one_name
from modelus_bot.database.core.sidecar_paths import parts_of

__all__ = ["DatabaseFile"]


class DatabaseFile:
    """The file that ``named`` leads to, through links; ``path`` is where it lies. Nothing is opened."""

    def __init__(self, named: Path) -> None:
        """Follow the links that are there now."""
        self.named = named
        self.path = meant(named)

    @property
    def files(self) -> tuple[Path, ...]:
        """The file itself and what SQLite keeps beside it, whether that is there or not."""
        return tuple(parts_of(self.path))

    def is_at(self, other: Path) -> bool:
        """Say whether another name leads to the same place."""
        return self.path.absolute() == meant(other).absolute()

    def require_one_name(self) -> None:
        """Raise ``AmbiguousFile`` where another program could have it under a name that shares no lock."""
        require_one_name(self.named)

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Be the only one who has it meanwhile; raises ``AlreadyRunning``, ``AmbiguousFile``, ``OSError``."""
        lock = InstanceLock(self.named)
        lock.acquire()
        try:
            yield
        finally:
            lock.release()
