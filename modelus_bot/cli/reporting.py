"""``report``: whole tables for people who evaluate them, without what is somebody's own."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress, TaskID

from modelus_bot.cli.outcome import NotReportable
from modelus_bot.cli.recognising import require_ours
from modelus_bot.cli.report_file import Format, ReportFile
from modelus_bot.cli.setting_up import DatabaseOption, require_current_schema, settings_of, with_database
from modelus_bot.cli.terminal import bar
from modelus_bot.config import Settings
from modelus_bot.database import DatabaseError, DatabaseManager, ReadTransaction, query
from modelus_bot.database.administration import DatabaseFile
from modelus_bot.subjects import DECLARED

__all__ = ["report"]

LONGEST = 100_000
"""Bytes of a file with a SELECT."""
SHOW_EVERY = 500
"""Rows after which the line that shows how far it is changes."""


NameArgument = Annotated[str | None, typer.Argument(help="Which report; --list names them.")]
QueryOption = Annotated[
    Path | None, typer.Option("--query", help="A file with a SELECT of your own.", dir_okay=False)
]
FormatOption = Annotated[Format, typer.Option("--format", help="csv, or jsonl: an object per line.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Where to, instead of standard output.")
]
ReplaceOption = Annotated[bool, typer.Option("--replace", help="Replace a file that is there.")]
ListOption = Annotated[bool, typer.Option("--list", help="List the reports, and what they may read.")]


def report(
    context: typer.Context,
    name: NameArgument = None,
    *,
    query_file: QueryOption = None,
    form: FormatOption = "csv",
    output: OutputOption = None,
    replace: ReplaceOption = False,
    names: ListOption = False,
    database: DatabaseOption = None,
) -> None:
    """Read whole tables as CSV or JSON lines, beside a bot that may be running.

    Notices, conversations and what may hold parts of them are closed to it. In CSV a text that a spreadsheet
    would calculate has an apostrophe before it; JSON lines are exact.
    """
    if names:
        _list()
        return
    sql = _asked(name, query_file)
    settings = settings_of(context)
    path = DatabaseFile(database or settings.database.path).path
    _require_free(output, path, replace=replace)
    require_ours(path)
    require_current_schema(path)
    rows = _made(settings, path, sql, ReportFile(output, form))
    if output is not None:
        typer.echo(f"{output} has {rows} {'row' if rows == 1 else 'rows'}. Only you can read it.")


def _list() -> None:
    width = max(map(len, DECLARED.reports))
    for item in DECLARED.reports.values():
        typer.echo(f"{item.name.ljust(width)}  {item.about}")
    typer.echo(f"Tables for --query: {', '.join(sorted(DECLARED.visibility.reported))}.")


def _asked(name: str | None, query_file: Path | None) -> str:
    """Return the SELECT; raises ``typer.BadParameter`` unless exactly one was named."""
    if (name is None) is (query_file is None):
        raise typer.BadParameter("name a report, or a file with --query. --list shows what there is.")
    if query_file is not None:
        content = query_file.read_bytes()
        if len(content) > LONGEST:
            raise typer.BadParameter(f"{query_file} is longer than {LONGEST} bytes.")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise typer.BadParameter(f"{query_file} is no text in UTF-8.") from error
    if name not in DECLARED.reports:
        raise typer.BadParameter(f"there is no report {name}. There are: {', '.join(DECLARED.reports)}.")
    return DECLARED.reports[name].sql


def _require_free(output: Path | None, database: Path, *, replace: bool) -> None:
    """Raise ``typer.BadParameter`` where a report would take the place of something else."""
    if output is None:
        return
    if DatabaseFile(output).path in DatabaseFile(database).files:
        raise typer.BadParameter(f"{output} is the database.")
    if output.exists() and not output.is_file():
        raise typer.BadParameter(f"{output} is no file. Leave --output out to print the report.")
    if output.exists() and not replace:
        raise typer.BadParameter(f"{output} is there already. Choose another name, or add --replace.")


def _made(settings: Settings, path: Path, sql: str, target: ReportFile) -> int:
    with bar() as progress, target:
        shown = progress.add_task("reading", total=None)

        async def work(db: DatabaseManager) -> int:
            return await db.read(_written, sql, target, functools.partial(_count, progress, shown))

        try:
            rows = with_database(settings, work, path, looking=True)
        except DatabaseError as error:
            if error.error_type != "QUERY_FAILED" or error.retryable:
                raise
            raise NotReportable(_advice(error)) from error
        progress.stop()
        target.finish()
        return rows


@query(report=True)
def _written(tx: ReadTransaction, sql: str, target: ReportFile, counted: Any) -> int:
    """Write what a SELECT gives into a file, and return how many rows that are."""
    columns, rows = tx.stream(sql)
    if not columns:
        raise NotReportable(_sentence("it is no SELECT"))
    if len(set(columns)) < len(columns):
        raise NotReportable(_sentence("two columns have the same name; give one of them another with AS"))
    return target.write(columns, counted(rows))


def _count(progress: Progress, shown: TaskID, rows: Iterator[Any]) -> Iterator[Any]:
    """Show how many rows have been read."""
    for number, row in enumerate(rows):
        if number % SHOW_EVERY == 0:
            progress.update(shown, description=f"reading, {number} rows")
        yield row


def _advice(error: DatabaseError) -> str:
    closed = error.code_name == "SQLITE_AUTH" or "viewers" in error.detail
    return _sentence("it reads what reports may not" if closed else error.detail.rstrip("."))


def _sentence(what: str) -> str:
    return (
        f"The report was not made: {what}. A report is one SELECT about the tables that"
        " `modelus-bot report --list` names."
    )
