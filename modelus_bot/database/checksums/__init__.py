"""Checksums."""

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
