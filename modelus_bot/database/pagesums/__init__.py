"""Hashes of the main file's pages, kept beside it: damage that SQLite cannot see is seen."""

from typing import TYPE_CHECKING

from modelus_bot.database.late import late_names

if TYPE_CHECKING:
    from modelus_bot.database.pagesums.report import SumsReport
    from modelus_bot.database.pagesums.sums import PageSums

__all__ = ["PageSums", "SumsReport"]

__getattr__ = late_names(__name__, {"PageSums": "sums", "SumsReport": "report"})
