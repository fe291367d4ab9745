"""What every page of the main file may hold: the pure part, which reads and writes nothing.

The main file changes only when a checkpoint copies committed frames of the -wal into it. When the
-wal starts anew, all of the old one has been copied. So between two starts each page holds either
what it held at the first one or one of the versions committed since, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from modelus_bot.database.format.page_hash import HASH_BYTES, UNKNOWN
from modelus_bot.database.format.wal import Position

__all__ = ["Batch", "ExpectedHashes", "Look", "split"]


@dataclass(frozen=True, slots=True)
class Batch:
    """One step of what happened to the -wal; ``Ledger.note`` applies it and a journal keeps it.

    ``restart``: everything noted so far has been copied into the main file. ``gap``: commits before
    this were missed. ``complete``: nothing was committed after ``position`` until the next batch.
    ``cut``: frames that were seen are not there any more, and ``entries`` are all that are; nothing is
    wrong with that, since their COMMIT may have failed on the disk after they were written.
    ``closed``: everything was closed in order. ``position`` is None when there is no -wal. The rest is
    as in ``Commits``.
    """

    position: Position | None
    restart: bool = False
    gap: bool = False
    complete: bool = False
    cut: bool = False
    closed: bool = False
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
    last commit, the least and the greatest since. ``gap`` says that commits may have been missed.
    """

    page_size: int
    base: bytearray
    pages: int
    low: int
    high: int
    gap: bool = False
    gaps: int = 0
    """How many were noted since the ledger was made; tells whether one came while pages were read."""
    complete: bool = False
    closed: bool = False
    live: bool = False
    """Whether connections may be open."""
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
        """Return a ledger that trusts a file as it was found."""
        count = len(hashes) // HASH_BYTES
        return cls(page_size, bytearray(hashes), count, count, count)

    @property
    def known(self) -> int:
        """How many pages have a hash from the last start of the -wal."""
        return len(self.base) // HASH_BYTES

    @property
    def required(self) -> int:
        """How many pages the main file must have."""
        return min(self.known, self.low)

    @property
    def allowed(self) -> int:
        """How many pages it may have at most; what is behind them nobody wrote."""
        return max(self.known, self.high)

    def base_of(self, page: int) -> bytes:
        """Return the hash of a page as of the last start of the -wal, nothing for one beyond that."""
        return bytes(self.base[(page - 1) * HASH_BYTES : page * HASH_BYTES])

    def note(self, batch: Batch) -> None:
        """Take over what the tail saw."""
        if batch.restart:
            self._settle()
        if self.closed:
            self._suspect(batch)
        if batch.cut:
            self._forget_cut(page for page, _ in batch.entries)
        self.gaps += batch.gap
        self.gap = self.gap or batch.gap
        self.complete = batch.complete
        self.closed = batch.closed
        self.position = batch.position
        if batch.pages:
            self.pages = batch.pages
            self.low = min(self.low, batch.low)
            self.high = max(self.high, batch.high)
        for page, found in batch.entries:
            self.versions.setdefault(page, bytearray()).extend(found)

    def snapshot(self) -> Batch:
        """Return the one batch that, noted on ``base`` alone, gives this state."""
        entries = [
            (page, bytes(versions[at : at + HASH_BYTES]))
            for page, versions in self.versions.items()
            for at in range(0, len(versions), HASH_BYTES)
        ]
        return Batch(
            self.position,
            gap=self.gap,
            complete=self.complete,
            closed=self.closed,
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
        if page > self.known:
            self.base += UNKNOWN * (page - self.known)
            self.high = max(self.high, page)
        self.base[(page - 1) * HASH_BYTES : page * HASH_BYTES] = found

    def settled_by_check(self) -> None:
        """Note that the whole file was compared and what a gap left open was accepted."""
        self.gap = False

    def lost_track(self) -> None:
        """Note that the -wal could not be read: what is committed until it starts anew may be missed."""
        self.gap, self.complete = True, False
        self.gaps += 1

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
        if found not in versions or page > self.known:
            return
        at = versions.index(found)
        if self.look is not None:
            self.look.replaced.setdefault(page, set()).update(versions[:at])
        self._replace(page, found)
        self.versions[page] = bytearray(b"".join(versions[at:]))

    def _settle(self) -> None:
        """Take the newest versions for what the main file holds, as when the -wal starts anew."""
        size = HASH_BYTES
        required, known = self.required, self.known
        if self.look is not None:
            self.look.low, self.look.high = min(self.look.low, required), max(self.look.high, self.allowed)
            for page, versions in self.versions.items():
                self.look.replaced.setdefault(page, set()).update(split(versions))
        del self.base[self.pages * size :]
        self.base += UNKNOWN * (self.pages - self.known)
        for page in range(required + 1, min(known, self.pages) + 1):
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
            if page <= self.known:
                self.base[(page - 1) * HASH_BYTES : page * HASH_BYTES] = UNKNOWN


def split(hashes: bytes | bytearray) -> list[bytes]:
    """Return hashes that stand one behind the other, one by one."""
    return [bytes(hashes[at : at + HASH_BYTES]) for at in range(0, len(hashes), HASH_BYTES)]
