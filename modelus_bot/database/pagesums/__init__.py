"""Hashes of the main file's pages, kept beside it: damage that SQLite cannot see is seen."""

from modelus_bot.database.pagesums.report import SumsReport
from modelus_bot.database.pagesums.sums import PageSums

__all__ = ["PageSums", "SumsReport"]
