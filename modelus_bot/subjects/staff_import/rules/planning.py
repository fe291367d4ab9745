"""Plans an import: its rows in portions, who counts as the maker of tasks, what is not taken over. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from modelus_bot.subjects.imports.model.outcome import Left, Ready
from modelus_bot.subjects.imports.rules.portions import in_portions
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.staff_import.model.rows import ScrumRow
from modelus_bot.subjects.staff_import.model.source import SourceTable, TableName
from modelus_bot.subjects.staff_import.rules.mapping import ScrumPeople
from modelus_bot.subjects.staff_import.rules.mending import mended

__all__ = ["Plan", "portions"]

MANAGERS = {"project_manager", "admin"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an import needs to know; ``maker`` is a Discord account, None where no task comes."""

    tables: tuple[SourceTable, ...]
    people: ScrumPeople
    zone: ZoneInfo
    maker: int | None

    @classmethod
    def of(
        cls, tables: tuple[SourceTable, ...], people: ScrumPeople, zone: ZoneInfo, maker: int | None = None
    ) -> Plan:
        """Take ``maker``, or the files' first manager who has an account; raises ``ImportProblem``."""
        chosen = maker if maker is not None else _manager(tables, people)
        if chosen is None and any(table.name == "tasks" and table.rows for table in tables):
            raise ImportProblem(
                "The files do not say who made the tasks, and no project manager of theirs has a Discord"
                " account. Say with --maker who counts as their maker: a name of the files, or a Discord id."
            )
        return cls(tables, people, zone, chosen)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(len(table.rows) for table in self.tables)

    @property
    def untaken(self) -> dict[TableName, tuple[str, ...]]:
        """Names of columns that are not taken over, by table."""
        found: dict[TableName, dict[str, None]] = {}
        for table in self.tables:
            found.setdefault(table.name, {}).update(dict.fromkeys(table.untaken))
        return {table: tuple(names) for table, names in found.items() if names}


def portions(plan: Plan, size: int) -> Iterator[tuple[Sequence[Ready[ScrumRow]], Sequence[Left]]]:
    """Yield the rows in their order, ``size`` at a time: those to take in, and those that are left out."""
    return in_portions(mended(plan.tables, plan.people, plan.zone), size)


def _manager(tables: Sequence[SourceTable], people: ScrumPeople) -> int | None:
    for row in (row for table in tables if table.name == "users" for row in table.rows):
        account = people.accounts.get(str(row.values.get("id")).strip())
        if account is not None and str(row.values.get("role")).strip().lower() in MANAGERS:
            return account
    return None
