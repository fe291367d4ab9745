"""How the program is made to checkpoint: the only order for it that it has is the age of the main file.

After a request to copy, it moves pages into the main file if that was last written to longer ago than its
``checkpoint-interval``, a day (``OLD_HOURS``). Nothing else makes it: its other thresholds are out of reach.
The age is also our evidence: whoever writes to the main file outside of a window is a stranger. So both
readers of one time of change agree on who may set it, and when:

    bot                                  time of change     program
    ------------------------------------ ------------------ -----------------------------------------
    opens the window                     when it was        does nothing
    sets the time back                   a day and an hour  does nothing
    asks it to copy                                         copies; sees the age; checkpoints, or, beside
                                                            somebody's transaction, does not
    has its answer, or gives up          now, or a day and  after an answer nothing; else it may still
                                         an hour            work, so the caller's window stays open
    puts the time back, if it is old     now, or as before
    closes the window; the time as it is now is what every later look expects

Promises: within the window the time is either that of the checkpoint or, in the end, exactly what it was; no
other time of a file is touched; outside of a window nothing is. Whoever reads the time of change as evidence
(``engine.fingerprint``) does so through the window. A file whose time may not be set (another owner's) is not
checkpointed, which is told once; nothing else comes of it.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from loguru import logger

from modelus_bot.database.archive.litestream_config import OLD_HOURS
from modelus_bot.runtime.os_errors import in_words

__all__ = ["OLD", "CheckpointTrigger"]

NANOSECONDS = 1_000_000_000
OLD = OLD_HOURS * 3600 * NANOSECONDS
CLOCKS_DIFFER = 3600 * NANOSECONDS


class CheckpointTrigger:
    """Lets the main file of one database look as old as the program wants it for a checkpoint."""

    def __init__(self, database: Path) -> None:
        """Nothing is touched yet."""
        self._database = database
        self._refused = False

    def pulled_anyway(self) -> bool:
        """Say whether a request now may end in a checkpoint by itself; raises ``OSError``."""
        return self._age() > OLD - CLOCKS_DIFFER

    @contextlib.contextmanager
    def pulled(self, window: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
        """Let a request that is made within end in a checkpoint; raises ``OSError``."""
        with window():
            before = self._database.stat()
            self._set(before.st_atime_ns, time.time_ns() - OLD - CLOCKS_DIFFER)
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    if self._age() > OLD:
                        self._set(before.st_atime_ns, before.st_mtime_ns)

    def _set(self, read_at: int, written_at: int) -> None:
        try:
            os.utime(self._database, ns=(read_at, written_at))
        except OSError as error:
            if not self._refused:
                logger.bind(error=in_words(error)).error("archive_checkpoint_impossible")
            self._refused = True
        else:
            self._refused = False

    def _age(self) -> int:
        """Return how many nanoseconds ago the main file was written to; raises ``OSError``."""
        return time.time_ns() - self._database.stat().st_mtime_ns
