"""Who hears of what: built before both sides, so that neither has to know the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.errors import DatabaseError

__all__ = ["NOBODY", "Notifier", "Overseer"]

T = TypeVar("T")


class Notifier(Generic[T]):
    """Tells all subscribers of something that happened, in the order in which they subscribed."""

    def __init__(self) -> None:
        """Nobody hears of anything yet."""
        self._subscribers: list[Callable[[T], object]] = []

    def subscribe(self, subscriber: Callable[[T], object]) -> None:
        """Let somebody hear of it from now on."""
        self._subscribers.append(subscriber)

    def tell(self, news: T) -> None:
        """Tell everybody; what one of them raises keeps it from those behind."""
        for subscriber in self._subscribers:
            subscriber(news)


class Overseer(Protocol):
    """Passes on what administrators have to know, and looks into failures that may mean damage."""

    def tell(self, alert: Alert) -> None:
        """Let administrators know."""

    def suspect(self, error: DatabaseError) -> None:
        """Take note of a failure that may mean damage."""


class _Nobody:
    def tell(self, alert: Alert) -> None:
        """Nobody wants to know."""

    def suspect(self, error: DatabaseError) -> None:
        """Nobody looks into it."""


NOBODY: Overseer = _Nobody()
