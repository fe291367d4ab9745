"""What an import from AI Scrum Master did: counted and grouped on the terminal, row by row in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from modelus_bot.cli.report_file import ReportFile
from modelus_bot.cli.terminal import console
from modelus_bot.domain.table_words import rows_of
from modelus_bot.subjects.staff_import.model.outcome import Remark, ScrumReport
from modelus_bot.subjects.staff_import.model.source import TABLES
from modelus_bot.subjects.staff_import.rules.planning import Plan

__all__ = ["print_scrum_report", "write_details"]

MOST_REASONS = 40
MOST_PLACES = 5
COLUMNS = ("table", "file", "line", "column", "what", "why")


def print_scrum_report(report: ScrumReport, plan: Plan, *, dry_run: bool) -> None:
    """Print how many rows had which fate, and each reason with some of its places."""
    out = console()
    _print_remarks(out, "Mended or noteworthy:", [item for item in report.remarks if not item.left_out])
    _print_remarks(out, "Left out:", [item for item in report.remarks if item.left_out])
    for name, columns in plan.untaken.items():
        out.print(f"Not taken over of {name}: {', '.join(columns[:20])}.")
    if plan.people.strange:
        out.print(f"Nobody in the files is called: {', '.join(plan.people.strange[:20])}.")
    _print_people(out, report, plan)
    _print_counts(out, report)
    if not report.changed:
        out.print("Nothing new was there; nothing was changed.")
    elif dry_run:
        out.print("This was a dry run: nothing was changed.")


def write_details(report: ScrumReport, file: Path) -> None:
    """Write every row that was mended or left out into a CSV file, with why."""
    with ReportFile(file, "csv") as target:
        target.write(COLUMNS, map(_line, report.remarks))
        target.finish()


def _line(item: Remark) -> tuple[str | int, ...]:
    what = "left out" if item.left_out else "mended"
    return item.table, item.place.file, item.place.line, item.place.column, what, item.why


def _print_remarks(out: Console, title: str, remarks: Iterable[Remark]) -> None:
    groups: dict[tuple[str, str], list[Remark]] = {}
    for item in sorted(remarks, key=lambda item: TABLES.index(item.table)):
        groups.setdefault((item.table, item.shared), []).append(item)
    if not groups:
        return
    out.print(title)
    for (table, why), found in list(groups.items())[:MOST_REASONS]:
        places = _some([_short(item) for item in found], MOST_PLACES)
        out.print(f"- {table}, {len(found)}: {why} ({places})")
    if len(groups) > MOST_REASONS:
        out.print(f"- and {len(groups) - MOST_REASONS} more reasons; --details FILE has them all")


def _print_people(out: Console, report: ScrumReport, plan: Plan) -> None:
    """Name those without an account, with how many rows besides their own wait for them."""
    rows = Counter(item.own for item in report.remarks if item.left_out)
    people = plan.people
    without = [number for number in people.names if number not in people.accounts]
    if without:
        named = [f"{people.names[number]} ({rows[f'user {number}']})" for number in without]
        out.print(f"Without a Discord account, so left out with so many rows: {_some(named, MOST_REASONS)}.")
        out.print("Name them with --map or --people and import again; the rest stays as it is.")


def _print_counts(out: Console, report: ScrumReport) -> None:
    titles = ("what", "rows", "added", "updated", "unchanged", "left out", "mended")
    table = Table(*titles, box=None, pad_edge=False)
    for name in TABLES:
        counts = [report.count(name, fate) for fate in ("added", "updated", "unchanged", "left_out")]
        if any(counts):
            cells = (report.rows(name), *counts, report.mended[name])
            table.add_row(rows_of(name), *map(str, cells))
    out.print(table)


def _short(item: Remark) -> str:
    return f"{item.place.file}:{item.place.line}:{item.place.column}"


def _some(items: list[str], most: int) -> str:
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more
