"""What a replay did, in numbers and in words for administrators."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database.offline.journal.entry import Settled

__all__ = ["Reconciliation"]

NAMED = 10
"""How many changes that were not applied are named one by one."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The result of a replay that took ``seconds``.

    ``repeated`` changes had been applied before, ``waiting`` ones could not be applied yet.
    """

    applied: int = 0
    repeated: int = 0
    refused: tuple[Settled, ...] = ()
    expired: tuple[Settled, ...] = ()
    waiting: int = 0
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether nothing waits any more."""
        return self.waiting == 0

    @property
    def empty(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.applied or self.repeated or self.refused or self.expired or self.waiting)

    @property
    def words(self) -> str:
        """Sentences for administrators: what was applied, and what was not and why."""
        parts = [f"{_changes(self.applied)} saved for later {_were(self.applied)} applied"]
        if self.repeated:
            parts.append(f"{self.repeated} had been applied already")
        if self.refused:
            parts.append(f"{len(self.refused)} {_were(len(self.refused))} refused")
        if self.expired:
            parts.append(f"{len(self.expired)} had waited too long to be applied")
        if self.waiting:
            parts.append(f"{self.waiting} still {'waits' if self.waiting == 1 else 'wait'}")
        failed = sorted((*self.refused, *self.expired), key=lambda item: item.number)
        lines = [_line(item) for item in failed[:NAMED]]
        if len(failed) > NAMED:
            lines.append(f"… and {len(failed) - NAMED} more; each author was told.")
        return "\n".join([f"{', '.join(parts)}.", *lines])


def _changes(count: int) -> str:
    return "1 change" if count == 1 else f"{count} changes"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _line(found: Settled) -> str:
    author = "the bot" if found.actor is None else f"<@{found.actor}>"
    return f"Number {found.number} ({found.change}, by {author}): {found.reason}"
