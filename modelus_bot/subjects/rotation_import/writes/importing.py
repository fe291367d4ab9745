"""The write that imports a rota: upserts only, so that the second run finds everything there already."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.domain.permissions import require_manager
from modelus_bot.subjects.assignments.queries import calendar_of, current_span
from modelus_bot.subjects.assignments.writes.rematerialising import rematerialise
from modelus_bot.subjects.rotation_import.model.data import Mended, RotationData
from modelus_bot.subjects.rotation_import.writes.duties import import_covers, import_past, import_present
from modelus_bot.subjects.rotation_import.writes.people import import_people, import_rosters
from modelus_bot.subjects.rotation_import.writes.sprints import import_sprints
from modelus_bot.subjects.rotation_import.writes.tally import Tally

__all__ = ["ImportReport", "ImportRotation", "TableCount"]


@dataclass(frozen=True, slots=True)
class TableCount:
    """How many rows of a table were added, updated, and there already."""

    table: str
    added: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; ``unlinked`` names the people who still need a Discord account."""

    counts: tuple[TableCount, ...]
    mended: tuple[Mended, ...]
    unlinked: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """False when everything was there already."""
        return any(count.added or count.updated for count in self.counts)


class ImportRotation(Write[ImportReport]):
    """Import a rota; running it again changes nothing.

    Past sprints get the holders the Triage Rotation Bot computed, the current one those who were on
    duty. What was set by hand here, and every approval given here, stays.
    """

    data: RotationData

    deferrable = True
    saved_as = "importing.ImportRotation"
    priority = Priority.LOW

    def apply(self, tx: Transaction) -> ImportReport:
        """Upsert people, rosters, sprints, duties and covers, then fill the rota anew."""
        require_manager(tx)
        tally = Tally(list(self.data.mended))
        ids = import_people(tx, self.data.people, tally)
        import_rosters(tx, self.data.disciplines, ids, tally)
        numbers = import_sprints(tx, self.data.sprints, tally)
        span = current_span(tx, tx.context.at, calendar_of(tx.context))
        import_past(tx, self.data, ids, numbers, span, tally)
        import_covers(tx, self.data, ids, numbers, span, tally)
        import_present(tx, self.data, ids, numbers, span, tally)
        report = ImportReport(
            tuple(TableCount(table, *tally.rows[table]) for table in tally.rows),
            tuple(tally.mended),
            tuple(
                f"{person.name} (number {ids[person.id]})"
                for person in self.data.people
                if ids[person.id] < PLACEHOLDER_LIMIT
            ),
        )
        if report.changed:
            rematerialise(tx)
        return report
