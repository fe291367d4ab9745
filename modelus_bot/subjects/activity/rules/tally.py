"""Messages added up in memory until they are saved: by channel, member and day. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from modelus_bot.subjects.activity.model import Count

__all__ = ["LARGEST_BATCH", "MOST", "MessageTally"]

MOST = 10_000
"""How many counts are held; while they cannot be saved, a message that would need another is not counted."""
LARGEST_BATCH = 1000
"""Counts that leave together at most."""

SLOT = 900
"""Seconds: every zone's midnight is at a quarter of an hour of the world's time."""

Key = tuple[int, int, date]


class MessageTally:
    """What was written since the last batch; ``waiting`` messages are in it, ``lost`` ones did not fit."""

    def __init__(self, day_of: Callable[[int], date], most: int = MOST) -> None:
        """Sort messages into the days that ``day_of`` finds for instants (UTC seconds)."""
        self.waiting = self.lost = 0
        self._day_of = day_of
        self._slot, self._day = -1, date.min
        self._most = most
        self._counts: dict[Key, list[int]] = {}
        self._names: dict[int, str] = {}

    def add(self, channel_id: int, user_id: int, name: str, at: int) -> None:
        """Count a message."""
        key = (channel_id, user_id, self._day_at(at))
        found = self._counts.get(key)
        if found is not None:
            found[0] += 1
            found[1] = max(found[1], at)
        elif len(self._counts) < self._most:
            self._counts[key] = [1, at]
            self._names[user_id] = name
        else:
            self.lost += 1
            return
        self.waiting += 1

    def _day_at(self, at: int) -> date:
        """Return a message's day; within a slot it is the same, wherever a day begins."""
        if at // SLOT != self._slot:
            self._slot, self._day = at // SLOT, self._day_of(at)
        return self._day

    def take(self) -> tuple[tuple[Count, ...], dict[int, str]]:
        """Take out what was counted first, and the names of whom it is about."""
        keys = list(self._counts)[:LARGEST_BATCH]
        counts = tuple(Count(*key, *self._counts.pop(key)) for key in keys)
        self.waiting -= sum(count.messages for count in counts)
        names = {count.user_id: self._names[count.user_id] for count in counts}
        if not self._counts:
            self._names.clear()
        return counts, names
