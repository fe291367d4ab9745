"""What administrators are told of: once when an incident begins, once when it is over."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Lag", "Streak"]


class Lag:
    """The age of the newest moment known to be archived, and the incident it may amount to.

    The archive is caught up again only when it is less than half the allowed lag behind, so that one on
    the edge does not tell people twice a minute.
    """

    def __init__(self, allowed: float, clock: Callable[[], float], *, least: float = 0.0) -> None:
        """``allowed`` seconds behind are no incident, nor ``least``; ``clock`` gives UTC seconds."""
        self.allowed = allowed
        self._least = least
        self._clock = clock
        self._since: float | None = None
        self.newest: float | None = None
        self.behind = False

    def allow(self, seconds: float) -> None:
        """Let it be ``seconds`` behind from now on."""
        self.allowed = seconds

    def began(self) -> None:
        """Everything from now on is expected to be archived."""
        if self._since is None:
            self._since = self._clock()

    def stopped(self) -> None:
        """Nothing is expected any more: an incident ends without being over."""
        self._since = None
        self.behind = False

    def archived(self, moment: float) -> None:
        """Everything up to ``moment`` (UTC seconds) is in the archive."""
        self.newest = moment if self.newest is None else max(self.newest, moment)

    @property
    def seconds(self) -> float | None:
        """Seconds behind; None while nothing is expected."""
        if self._since is None:
            return None
        known = self._since if self.newest is None else max(self.newest, self._since)
        return max(0.0, self._clock() - known)

    def changed(self) -> bool | None:
        """Return True when an incident begins, False when it is over, None when nothing changed."""
        seconds, allowed = self.seconds, max(self.allowed, self._least)
        if seconds is None:
            return None
        if not self.behind and seconds > allowed:
            self.behind = True
            return True
        if self.behind and seconds < allowed / 2:
            self.behind = False
            return False
        return None


class Streak:
    """Something that now and then fails and is tried again: an incident when it never works for a while."""

    def __init__(self, allowed: float, clock: Callable[[], float]) -> None:
        """``allowed`` seconds of failures without a success are no incident."""
        self.allowed = allowed
        self._clock = clock
        self._since: float | None = None
        self._told = False

    def failed(self) -> None:
        """It failed once more."""
        if self._since is None:
            self._since = self._clock()

    def worked(self) -> None:
        """It worked."""
        self._since = None

    def changed(self) -> bool | None:
        """Return True when an incident begins, False when it is over, None when nothing changed."""
        failing = self._since is not None and self._clock() - self._since > self.allowed
        if failing != self._told and (failing or self._since is None):
            self._told = failing
            return failing
        return None
