"""What an import counts while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from modelus_bot.subjects.rotation_import.model.data import Mended

__all__ = ["Tally"]

TABLES = ("users", "disciplines", "user_disciplines", "sprints", "assignments", "overrides")


@dataclass(slots=True)
class Tally:
    """Rows added, updated and unchanged by table, and sentences about what was met on the way."""

    mended: list[Mended]
    rows: dict[str, list[int]] = field(default_factory=lambda: {table: [0, 0, 0] for table in TABLES})

    def added(self, table: str) -> None:
        """Count a new row."""
        self.rows[table][0] += 1

    def updated(self, table: str) -> None:
        """Count a changed row."""
        self.rows[table][1] += 1

    def unchanged(self, table: str) -> None:
        """Count a row that was there already."""
        self.rows[table][2] += 1

    def note(self, kind: str, sentence: str) -> None:
        """Add a sentence to the report."""
        self.mended.append(Mended(kind, sentence))
