"""ChecksumTracker: expected hashes, their files and the -wal's tail, used from any thread, one at a time."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

from loguru import logger

from modelus_bot.database.checksums.expected_hashes import Batch, ExpectedHashes
from modelus_bot.database.checksums.report import ChecksumReport, fingerprint
from modelus_bot.database.checksums.store import ChecksumStore
from modelus_bot.database.checksums.verdict import Verdict, judge, judge_some
from modelus_bot.database.checksums.wal_knowledge import WalEvent
from modelus_bot.database.checksums.wal_tail import WalTail
from modelus_bot.database.core.sidecar import Sidecar, SidecarKind
from modelus_bot.database.engine import Epoch, epoch_of
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.threads import DaemonThread
from modelus_bot.runtime.tunables import Pause

__all__ = ["ChecksumTracker"]

CLOSE_SECONDS = 10.0
LOOK_SECONDS = Pause(0.025)
LOG_LIMIT = 8 * 1024 * 1024
"""Bytes of log from which the hashes are written as a whole, so that the log can start anew."""

KIND = SidecarKind("page checksums", "damage inside values would not be noticed", "page_sums_not_saved")


class ChecksumTracker:
    """Keeps the expected hashes of one database true to what is committed; everything here blocks.

    When its files cannot be written the hashes in memory go on. What lies on the disk is out of date
    then and must not be believed at the next start, for which ``Sidecar`` cares.
    """

    def __init__(self, database: Path, epoch: Epoch | None = None) -> None:
        """Remember where things are; nothing is read yet. Without ``epoch`` the file's own is taken."""
        self._database = database
        self._epoch = epoch
        self._store = ChecksumStore(database)
        self.sidecar = Sidecar(KIND, self._store.remove, epoch)
        self._read_well = True
        """Whether the -wal could be read last."""
        self._tail = WalTail(database.with_name(database.name + "-wal"))
        self._expected: ExpectedHashes | None = None
        self._loaded = False
        self._open = False
        self._guard = threading.RLock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def gap(self) -> bool:
        """Whether commits were missed since the last check of the whole file."""
        expected = self._expected
        return expected is not None and expected.known.missed

    @property
    def frames(self) -> int | None:
        """How many frames of the -wal were read; None while nobody knows."""
        position = self._expected.position if self._expected is not None else None
        return position.frames if position is not None else None

    def start(self) -> None:
        """Follow the -wal in a thread: from now on connections may be open."""
        with self._guard:
            self.current()
            self._open = True
            if self._expected is not None:
                self._expected.happened(WalEvent.STARTED)
                self.save()
        self._stop.clear()
        self._thread = DaemonThread(self._follow, name="page-sums")
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._stop.set()
            self._thread.join(CLOSE_SECONDS)
            self._thread = None

    def finish(self) -> None:
        """Note that everything ended in order: no connection is open any more."""
        self.stop()
        with self._guard:
            self._open = False
            expected = self.current()
            if expected is not None:
                expected.happened(WalEvent.FINISHED if self._read_well else WalEvent.READ)
                self.save()
                self._store.close()

    def current(self) -> ExpectedHashes | None:
        """Return the hashes after a look at the -wal; None when there are none that count.

        Raises ``OSError`` when it cannot be told whether they are those of the file as it is.
        """
        with self._guard:
            if not self._loaded:
                expected = self._load()
                if expected is not None and not self._is_of_this_file(expected):
                    logger.bind(epochs=expected.epochs).warning("page_sums_out_of_date")
                    expected = None
                self._expected, self._loaded = expected, True
            self.poll()
            return self._expected

    def _load(self) -> ExpectedHashes | None:
        try:
            return self._store.load()
        except OSError as error:
            logger.bind(error=in_words(error)).warning("page_sums_unreadable")
            return None

    def _is_of_this_file(self, expected: ExpectedHashes) -> bool:
        try:
            found = epoch_of(self._database)
        except FileNotFoundError:
            return True
        if self._epoch is not None:
            self._epoch.found(found)
        return found in expected.epochs

    def poll(self) -> None:
        """Note what was committed since the last look."""
        self._poll(complete=not self._open, durable=False)

    def poll_durably(self) -> None:
        """Note what was committed, on the disk, and that nobody commits before the -wal starts anew.

        Afterwards nothing on the disk speaks for the file that does not know all of it, as soon as the
        epoch that may have been asked for is in the file.
        """
        self.sidecar.rested()
        self._poll(complete=True, durable=True)

    def save(self) -> None:
        """Write the hashes as a whole."""
        with self._guard:
            if self._expected is None or self.sidecar.resting:
                return
            expected = self._expected
            expected.valid_for(self._epochs())
            self.sidecar.write(lambda: self._store.save(expected))

    def _epochs(self) -> tuple[int, int]:
        """Return the number that the file has and the one that it may get next."""
        if self._epoch is not None:
            return self._epoch.in_file, self._epoch.number
        if self._open:
            return self._expected.epochs if self._expected is not None else (0, 0)
        try:
            found = epoch_of(self._database)
        except OSError:
            return 0, 0
        return found, found

    def forget(self) -> None:
        """Drop hashes and files; raises ``OSError``."""
        with self._guard:
            self._expected, self._loaded = None, True
            self._store.remove()

    def trust(self, page_size: int, hashes: bytes) -> None:
        """Take the hashes of a file as it was found; an empty file gets none."""
        with self._guard:
            if not hashes:
                self.forget()
                return
            self._loaded = True
            self.sidecar.rested()
            if self._epoch is not None and not self._open:
                self._epoch.found(epoch_of(self._database))
            before = self._expected
            self._expected = expected = ExpectedHashes.of(page_size, hashes)
            for batch in self._news(expected, complete=not self._open) or ():
                expected.note(batch)
            if before is not None and before.position == expected.position:
                expected.happened(WalEvent.READ_ALL if before.known.complete else WalEvent.READ)
            self.save()

    def begin_look(self, expected: ExpectedHashes) -> int:
        """Prepare for pages to be read; returns how many gaps are known."""
        with self._guard:
            expected.begin_look()
            return expected.gaps

    def end_look(self, expected: ExpectedHashes) -> None:
        """Nothing is being read any more; does not wait for anything."""
        expected.end_look()

    def compare(self, expected: ExpectedHashes, first: int, hashes: bytes, *, whole: bool) -> Verdict:
        """Judge what was read of the main file, knowing everything committed before it was."""
        with self._guard:
            self.poll()
            verdict = judge(expected, first, hashes, whole=whole)
            expected.observe(first, hashes)
            return verdict

    def compare_some(self, expected: ExpectedHashes, found: dict[int, bytes | None]) -> Verdict:
        """Judge single pages."""
        with self._guard:
            self.poll()
            return judge_some(expected, found.items())

    def conclude(
        self, expected: ExpectedHashes, wrong: dict[int, bytes | None], *, whole: bool, gaps: int
    ) -> ChecksumReport:
        """Sort pages that stayed wrong.

        ``gaps`` is how many gaps were known before they were read: one that came later may have changed
        them since.
        """
        with self._guard:
            shadowed = set() if self._open else {page for page in wrong if expected.shadowed(page)}
            unclear = wrong.keys() - shadowed if expected.known.missed else set()
            if expected.gaps == gaps:
                for page in unclear:
                    expected.accept(page, wrong[page])
                if whole:
                    expected.happened(WalEvent.CHECKED)
            bad = (wrong.keys() - shadowed - unclear) | expected.suspects
            self.save()
            return ChecksumReport(
                unexplained=tuple(sorted(bad)),
                contents=fingerprint(wrong) if bad else "",
                unclear=tuple(sorted(unclear)),
                shadowed=tuple(sorted(shadowed)),
            )

    def _follow(self) -> None:
        well = True
        while not self._stop.wait(LOOK_SECONDS.value):
            try:
                if self._expected is not None and (self.sidecar.due or not self._tail.quiet(time.time_ns())):
                    self.poll()
            except Exception as error:  # noqa: BLE001 - the thread must outlive any fault of its own
                if well:
                    logger.opt(exception=error).error("page_sums_fault")
                well = False
            else:
                well = True

    def _poll(self, *, complete: bool, durable: bool) -> None:
        with self._guard:
            expected = self._expected
            if expected is None:
                return
            batches = self._news(expected, complete=complete)
            self._read_well = batches is not None
            if batches is None:
                if durable:
                    expected.happened(WalEvent.UNREADABLE)
                    self.save()
                return
            if durable and not batches:
                batches = [expected.nothing_new()]
            if batches:
                self._note(batches, durable=durable)
            elif self.sidecar.trouble is not None:
                self.save()

    def _news(self, expected: ExpectedHashes, *, complete: bool) -> list[Batch] | None:
        """Return what is new in the -wal; None when that cannot be read."""
        try:
            batches = self._tail.news(
                expected.position, expected.page_size, complete=expected.known.complete, verify=not self._open
            )
        except OSError as error:
            logger.bind(error=in_words(error)).warning("wal_unreadable")
            return None
        events = {event for batch in batches for event in batch.events}
        if any(event.misses for event in events):
            logger.bind(cut=WalEvent.CUT in events).warning("page_sums_missed_commits")
        if complete and (batches or not expected.known.complete):
            last = batches[-1] if batches else expected.nothing_new()
            batches = [*batches[:-1], replace(last, events=(*last.events, WalEvent.READ_ALL))]
        return batches

    def _note(self, batches: list[Batch], *, durable: bool) -> None:
        expected = self._expected
        assert expected is not None  # noqa: S101 - the caller looked
        for batch in batches:
            expected.note(batch)
        try:
            kept = self._store.append(batches, durable=durable)
        except OSError as error:
            logger.bind(error=in_words(error)).debug("page_sums_not_appended")
            kept = False
        if not kept or self._store.logged > LOG_LIMIT:
            self.save()
