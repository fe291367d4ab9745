"""A hash of every page of the main file, so that damage which SQLite cannot see is seen."""

from modelus_bot.database.pagehashes.sums import PageSums, SumsReport

__all__ = ["PageSums", "SumsReport"]
