"""A hash of every page of the main file, kept beside it: damage that SQLite cannot see is seen.

Promise: a page is called altered only if nobody wrote it: hashes count only with the epoch of the file they
were taken from, and what was not followed accuses nobody. ``expected_hashes`` is the pure part,
``wal_knowledge`` its states, ``verdict`` judges, ``wal_tail`` follows the -wal, ``store`` keeps the files,
``tracker`` uses all of them from any thread, one at a time. How a page is hashed, and in how many bytes, is
``format.page_hash``.

Way in: ``PageChecksums``. Owner: ``recovery.Protection`` builds it, ``composition.Engine`` opens and closes
it.
"""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.checksums.page_checksums import PageChecksums
    from modelus_bot.database.checksums.report import ChecksumReport

__all__ = ["ChecksumReport", "PageChecksums"]

__getattr__ = lazy_names(
    __name__,
    {
        "ChecksumReport": "checksums.report",
        "PageChecksums": "checksums.page_checksums",
    },
)
