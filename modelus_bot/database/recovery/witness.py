"""Who can tell that a page is not what was written, where SQLite itself sees nothing wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["NoWitness", "PageWitness", "Testimony"]


class Testimony(Protocol):
    """What a look at the main file found: pages whose content nobody wrote."""

    @property
    def unexplained(self) -> tuple[int, ...]:
        """The numbers of those pages."""
        ...


class PageWitness(Protocol):
    """Keeps a hash of every page of the main file and compares."""

    async def check(self) -> Testimony:
        """Compare the whole file."""
        ...

    async def adopt(self) -> None:
        """Trust the file as it is from now on, as after it was replaced by a checked one."""
        ...

    async def after_close(self) -> None:
        """Settle after the last connection was closed and moved the -wal into the file."""
        ...


@dataclass(frozen=True, slots=True)
class _Nothing:
    unexplained: tuple[int, ...] = ()


class NoWitness:
    """Stands in where no hashes are kept: damage that SQLite does not see is not seen."""

    async def check(self) -> Testimony:
        """Say nothing."""
        return _Nothing()

    async def adopt(self) -> None:
        """Keep nothing."""

    async def after_close(self) -> None:
        """Settle nothing."""
