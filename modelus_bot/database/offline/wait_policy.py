"""How long operations wait for the database before they are served without it or refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

from modelus_bot.config import DegradationSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Query, Write
from modelus_bot.database.offline.journal.entry import new_request_id

__all__ = ["SHORT_WAIT", "WaitPolicy", "WaitRequest", "allowed_wait", "seconds_to_wait"]

SHORT_WAIT = 0.25
"""Seconds that people wait once somebody has waited in vain."""


@dataclass(frozen=True, slots=True)
class WaitRequest:
    """What is known of a write and of the moment it is asked for.

    ``deferrable``: it can be saved for later. ``by_person``: somebody looks at the screen, it is not the
    bot's own. ``others_wait``: changes were saved and are not applied yet. ``recently_failed``: somebody has
    waited in vain since the database last answered. ``deadline``: seconds its caller gives it, if any.
    """

    deferrable: bool = False
    by_person: bool = False
    others_wait: bool = False
    recently_failed: bool = False
    deadline: float | None = None


def allowed_wait(usual: float, *, recently_failed: bool) -> float:
    """Return the seconds after which somebody is served otherwise, who would wait ``usual`` seconds.

    Once somebody has waited in vain nobody waits long: a command asks several times.
    """
    return min(SHORT_WAIT, usual) if recently_failed else usual


def seconds_to_wait(asking: WaitRequest, usual: float) -> float | None:
    """Return how long a write waits, where people wait ``usual`` seconds; None: as long as it likes.

    The bot itself has time for what cannot be saved, unless something is wrong: changes wait, or
    somebody has waited in vain. Nothing waits longer than its deadline.
    """
    something_is_wrong = asking.others_wait or asking.recently_failed
    if not asking.deferrable and not asking.by_person and not something_is_wrong:
        return None
    most = allowed_wait(usual, recently_failed=asking.recently_failed) if asking.deferrable else usual
    return most if asking.deadline is None else min(asking.deadline, most)


class Saved(Protocol):
    """The changes that were saved for later, as far as those who come next need to know."""

    depth: int
    """How many wait."""


class Kept(Protocol):
    """What can be answered without the database, as far as those who ask need to know."""

    as_of: int | None
    """UTC seconds as of which answers are right; None while there are none."""


class WaitPolicy:
    """Who waits how long, from what was saved, what is kept, and whether somebody has waited in vain."""

    def __init__(self, settings: DegradationSettings, saved: Saved, kept: Kept) -> None:
        """Begin with a database that answers."""
        self.settings = settings
        self._saved, self._kept = saved, kept
        self._recently_failed = False
        self.timeout = settings.patience
        """Seconds after which somebody is served otherwise instead of waiting for the database."""

    def apply(self, settings: DegradationSettings) -> None:
        """Go on with edited settings."""
        self.settings = self.settings.edited(settings)
        self._waited(recently_failed=self._recently_failed)

    def waited_in_vain(self) -> None:
        """Note that somebody was served otherwise: who comes next waits shortly."""
        self._waited(recently_failed=True)

    def worked(self) -> None:
        """Note that the database has answered."""
        if self._recently_failed:
            self._waited(recently_failed=False)

    def for_write(self, write: Write[Any], context: Context) -> Context:
        """Return the context for a write that people wait for, or that can be saved for later.

        Both wait only shortly, and what can be saved has a name.
        """
        asking = WaitRequest(
            deferrable=write.deferrable,
            by_person=context.actor is not None,
            others_wait=self._saved.depth > 0,
            recently_failed=self._recently_failed,
            deadline=context.deadline,
        )
        seconds = seconds_to_wait(asking, self.settings.patience)
        if seconds is None:
            return context
        return replace(context, request_id=context.request_id or new_request_id(), deadline=seconds)

    def for_read(self, query: Query[..., Any]) -> float | None:
        """Return how long to wait for what can be answered without the database; None: the reader decides."""
        return self.timeout if self.can_answer(query) else None

    def can_answer(self, query: Query[..., Any]) -> bool:
        """Say whether a query could be answered without the database."""
        return query.kept and self._kept.as_of is not None

    def goes_behind(self, write: Write[Any]) -> bool:
        """Say whether others were saved before this one, which go first."""
        return write.deferrable and self._saved.depth > 0

    def _waited(self, *, recently_failed: bool) -> None:
        self._recently_failed = recently_failed
        self.timeout = allowed_wait(self.settings.patience, recently_failed=recently_failed)
