"""What an import of rows did: counted and grouped on the terminal, row by row in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from modelus_bot.cli.report_file import ReportFile
from modelus_bot.cli.terminal import console
from modelus_bot.domain.table_words import rows_of
from modelus_bot.subjects.imports.model.outcome import Fate, Remark, RowReport
from modelus_bot.text.escaping import bare

__all__ = ["DetailsOption", "DryRunOption", "print_counts", "print_remarks", "some_of", "write_details"]

DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be changed, and change nothing.")
]
DetailsOption = Annotated[
    Path | None,
    typer.Option("--details", help="A new CSV file for every row that was mended or left out, and why."),
]

MOST_REASONS = 40
MOST_PLACES = 5
FATES: tuple[Fate, ...] = ("added", "updated", "unchanged", "left_out")


def print_remarks(report: RowReport) -> None:
    """Print each reason with some of its places."""
    tables = report.tables
    remarks = sorted(report.remarks, key=lambda item: tables.index(item.table))
    out = console()
    _print_group(out, "Mended or noteworthy:", [item for item in remarks if not item.left_out])
    _print_group(out, "Left out:", [item for item in remarks if item.left_out])


def print_counts(report: RowReport, stored_as: Mapping[str, str] | None = None, *, dry_run: bool) -> None:
    """Print how many rows had which fate, and whether anything was changed.

    ``stored_as`` are tables here that others have by another name.
    """
    out = console()
    titles = ("what", "rows", "added", "updated", "unchanged", "left out", "mended")
    table = Table(*titles, box=None, pad_edge=False)
    for name in report.tables:
        counts = [report.count(name, fate) for fate in FATES]
        if any(counts):
            cells = (report.rows(name), *counts, report.mended[name])
            table.add_row(rows_of((stored_as or {}).get(name, name)), *map(str, cells))
    out.print(table)
    if not report.changed:
        out.print("Nothing new was there; nothing was changed.")
    elif dry_run:
        out.print("This was a dry run: nothing was changed.")


def write_details(report: RowReport, place: Sequence[str], file: Path) -> None:
    """Write every row that was mended or left out, with why, as CSV; ``place`` names the parts of a place."""
    with ReportFile(file, "csv") as target:
        target.write(("table", *place, "what", "why"), map(_line, report.remarks))
        target.finish()


def some_of(items: list[str], most: int = MOST_REASONS) -> str:
    """Return some of a list, and how many more there are."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more


def _line(item: Remark) -> tuple[str | int, ...]:
    return item.table, *item.place.cells, "left out" if item.left_out else "mended", item.why


def _print_group(out: Console, title: str, remarks: Iterable[Remark]) -> None:
    groups: dict[tuple[str, str], list[Remark]] = {}
    for item in remarks:
        groups.setdefault((item.table, item.shared), []).append(item)
    if not groups:
        return
    out.print(title)
    for (table, why), found in list(groups.items())[:MOST_REASONS]:
        places = some_of([item.place.short for item in found], MOST_PLACES)
        out.print(bare(f"- {table}, {len(found)}: {why} ({places})"), markup=False)
    if len(groups) > MOST_REASONS:
        out.print(f"- and {len(groups) - MOST_REASONS} more reasons; --details FILE has them all")
