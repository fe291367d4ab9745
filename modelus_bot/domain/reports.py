"""What people evaluate outside the bot: a report has a name and is one SELECT."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report that subjects declare: what it is called, what is in it, and the SELECT that makes it.

    Of the tables that stand in it each has to be ``reported``.
    """

    name: str
    about: str
    sql: str
