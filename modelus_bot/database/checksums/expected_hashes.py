"""What every page of the main file may hold: the pure part, which reads and writes nothing.

The main file changes only when a checkpoint copies committed frames of the -wal into it. When the
-wal starts anew, all of the old one has been copied. So between two starts each page holds either
what it held at the first one or one of the versions committed since, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from modelus_bot.database.checksums.wal_knowledge import WalEvent, WalKnowledge, after
from modelus_bot.database.format.page_hash import HASH_BYTES, UNKNOWN
from modelus_bot.database.format.wal import Position

__all__ = ["Batch", "ExpectedHashes", "Look", "split"]


@dataclass(frozen=True, slots=True)
class Batch:
    """One step of what happened to the -wal; ``ExpectedHashes.note`` applies it and a journal keeps it.

    ``position`` is None when there is no -wal; after a CUT ``entries`` are all that are left. The rest is as
    in ``Commits``.
    """

    position: Position | None
    events: tuple[WalEvent, ...] = (WalEvent.READ,)
    pages: int = 0
    low: int = 0
    high: int = 0
    entries: Sequence[tuple[int, bytes]] = ()


@dataclass(slots=True)
class Look:
    """What pages, and how many of them, the main file may have had since a reading of it began."""

    low: int
    high: int
    replaced: dict[int, set[bytes]] = field(default_factory=dict)


@dataclass(slots=True)
class ExpectedHashes:
    """The known hashes of a main file of ``page_size`` bytes a page, and of what may replace them.

    ``base`` holds one hash a page as of the last start of the -wal, ``versions`` the hashes committed
    since, oldest first, by page. ``pages``, ``low`` and ``high`` are the lengths in pages after the
    last commit, the least and the greatest since.
    """

    page_size: int
    base: bytearray
    pages: int
    low: int
    high: int
    known: WalKnowledge = WalKnowledge.FOLLOWING
    gaps: int = 0
    """How often commits were missed since these hashes were taken; says if it was while pages were read."""
    epochs: tuple[int, int] = (0, 0)
    """The numbers of which the file must have one for what is known here to count."""
    position: Position | None = None
    versions: dict[int, bytearray] = field(default_factory=dict)
    suspects: set[int] = field(default_factory=set)
    """Pages that a stranger's -wal would change, whatever the main file holds."""
    look: Look | None = None
    """What was right at some time since pages began to be read; None while nobody reads any."""

    @classmethod
    def of(cls, page_size: int, hashes: bytes) -> ExpectedHashes:
        """Return the hashes that trust a file as it was found."""
        count = len(hashes) // HASH_BYTES
        return cls(page_size, bytearray(hashes), count, count, count)

    @property
    def hashed(self) -> int:
        """How many pages have a hash from the last start of the -wal."""
        return len(self.base) // HASH_BYTES

    @property
    def required(self) -> int:
        """How many pages the main file must have."""
        return min(self.hashed, self.low)

    @property
    def allowed(self) -> int:
        """How many pages it may have at most; what is behind them nobody wrote."""
        return max(self.hashed, self.high)

    def base_of(self, page: int) -> bytes:
        """Return the hash of a page as of the last start of the -wal, nothing for one beyond that."""
        return bytes(self.base[(page - 1) * HASH_BYTES : page * HASH_BYTES])

    def valid_for(self, epochs: tuple[int, int]) -> None:
        """Let what is known here count for a file that has one of these numbers."""
        self.epochs = epochs

    def note(self, batch: Batch) -> None:
        """Take over what the tail saw."""
        if WalEvent.RESTARTED in batch.events:
            self._settle()
        if self.known is WalKnowledge.CLOSED:
            self._suspect(batch)
        if WalEvent.CUT in batch.events:
            self._forget_cut(page for page, _ in batch.entries)
        for event in batch.events:
            self.happened(event)
        self.position = batch.position
        if batch.pages:
            self.pages = batch.pages
            self.low = min(self.low, batch.low)
            self.high = max(self.high, batch.high)
        for page, found in batch.entries:
            self.versions.setdefault(page, bytearray()).extend(found)

    def happened(self, event: WalEvent) -> None:
        """Note what concerns no page."""
        self.gaps += event.misses
        self.known = after(self.known, event)

    def nothing_new(self) -> Batch:
        """Return the batch that says what is known already."""
        return Batch(self.position, self.known.restated)

    def snapshot(self) -> Batch:
        """Return the one batch that, noted on ``base`` alone, gives this state."""
        entries = [
            (page, bytes(versions[at : at + HASH_BYTES]))
            for page, versions in self.versions.items()
            for at in range(0, len(versions), HASH_BYTES)
        ]
        return Batch(
            self.position,
            (WalEvent.MISSED,) * self.known.missed + self.known.restated,
            pages=self.pages,
            low=self.low,
            high=self.high,
            entries=entries,
        )

    def begin_look(self) -> None:
        """Pages are being read from now on: until ``end_look`` what was right now stays so."""
        self.look = Look(self.required, self.allowed)

    def end_look(self) -> None:
        """Nobody is reading any more."""
        self.look = None

    def observe(self, first: int, hashes: bytes) -> None:
        """Remember what pages were found to hold: older versions may not come back."""
        replaced = self.look.replaced if self.look is not None else {}
        for page in [page for page in self.versions if first <= page < first + len(hashes) // HASH_BYTES]:
            if page in replaced:  # it was read before that, perhaps: the same content may come once more
                continue
            at = (page - first) * HASH_BYTES
            self._advance(page, hashes[at : at + HASH_BYTES])
        unknown = self.base.find(UNKNOWN)
        while unknown >= 0:
            page, off = divmod(unknown, HASH_BYTES)
            at = (page + 1 - first) * HASH_BYTES
            if off == 0 and 0 <= at < len(hashes):
                self.base[unknown : unknown + HASH_BYTES] = hashes[at : at + HASH_BYTES]
            unknown = self.base.find(UNKNOWN, unknown + 1)

    def accept(self, page: int, found: bytes | None) -> None:
        """Trust a page as it was found, None for one that is not there."""
        if found is None:
            self.low = min(self.low, page - 1)
            return
        if page > self.hashed:
            self.base += UNKNOWN * (page - self.hashed)
            self.high = max(self.high, page)
        self.base[(page - 1) * HASH_BYTES : page * HASH_BYTES] = found

    def shadowed(self, page: int) -> bool:
        """Say whether a version in the -wal will replace the page before anybody reads it from the file."""
        return (
            self.position is not None
            and page in self.versions
            and page <= self.pages
            and page not in self.suspects
        )

    def _replace(self, page: int, found: bytes) -> None:
        """Put a new hash into the base."""
        if self.look is not None:
            self.look.replaced.setdefault(page, set()).add(self.base_of(page))
        self.base[(page - 1) * HASH_BYTES : page * HASH_BYTES] = found

    def _advance(self, page: int, found: bytes) -> None:
        if self.base_of(page) == found:
            return
        versions = split(self.versions[page])
        if found not in versions or page > self.hashed:
            return
        at = versions.index(found)
        if self.look is not None:
            self.look.replaced.setdefault(page, set()).update(versions[:at])
        self._replace(page, found)
        self.versions[page] = bytearray(b"".join(versions[at:]))

    def _settle(self) -> None:
        """Take the newest versions for what the main file holds, as when the -wal starts anew."""
        size = HASH_BYTES
        required, hashed = self.required, self.hashed
        if self.look is not None:
            self.look.low, self.look.high = min(self.look.low, required), max(self.look.high, self.allowed)
            for page, versions in self.versions.items():
                self.look.replaced.setdefault(page, set()).update(split(versions))
        del self.base[self.pages * size :]
        self.base += UNKNOWN * (self.pages - self.hashed)
        for page in range(required + 1, min(hashed, self.pages) + 1):
            self._replace(page, UNKNOWN)
        for page, versions in self.versions.items():
            if page <= self.pages:
                self._replace(page, bytes(versions[-size:]))
        self.versions.clear()
        self.low = self.high = self.pages

    def _suspect(self, batch: Batch) -> None:
        """Note pages that a -wal changes which came after everything was closed in order."""
        for page, found in dict(batch.entries).items():
            versions = self.versions.get(page)
            if found != (bytes(versions[-HASH_BYTES:]) if versions else self.base_of(page)):
                self.suspects.add(page)

    def _forget_cut(self, kept: Iterable[int]) -> None:
        """Expect no more that the versions that were cut off come into the main file."""
        for page in self.versions.keys() - set(kept):
            del self.versions[page]
            if page <= self.hashed:
                self.base[(page - 1) * HASH_BYTES : page * HASH_BYTES] = UNKNOWN


def split(hashes: bytes | bytearray) -> list[bytes]:
    """Return hashes that stand one behind the other, one by one."""
    return [bytes(hashes[at : at + HASH_BYTES]) for at in range(0, len(hashes), HASH_BYTES)]
