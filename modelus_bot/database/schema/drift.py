"""Compares the shape of a file with the expected one."""

from __future__ import annotations

from collections.abc import Iterator

from modelus_bot.database.schema.report import Difference, DriftReport, Remedy
from modelus_bot.database.schema.shape import Index, Shape, TableShape, TriggerShape, View
from modelus_bot.database.schema.table_drift import table_differences

__all__ = ["compare"]


def compare(expected: Shape, live: Shape) -> DriftReport:
    """Name every difference of ``live`` from ``expected``.

    What belongs to a table that is missing or unknown is not named one by one.
    """
    return DriftReport(
        (
            *_tables(expected, live),
            *_indexes(expected, live),
            *_triggers(expected, live),
            *_views(expected, live),
        )
    )


def _tables(expected: Shape, live: Shape) -> Iterator[Difference]:
    for name, table in expected.tables.items():
        if table.virtual and _is_derived(name, live):
            yield from _searches(name, table, live)
        elif name in live.tables:
            if table != live.tables[name]:
                yield from table_differences(table, live.tables[name])
        elif name in live.views:
            yield _refused("table_is_view", "table", name, f"{name} is a view, but should be a table.")
        else:
            yield _refused("table_missing", "table", name, f"Table {name} is missing.")
    for name in live.tables:
        if name not in expected.tables and name not in expected.views:
            yield _noted("table_extra", "table", name, f"Table {name} was made by no migration.")


def _is_derived(name: str, live: Shape) -> bool:
    """Say whether a search can be made again: nothing but a search lies in its place."""
    found = live.tables.get(name)
    return name not in live.views and (found is None or bool(found.virtual))


def _searches(name: str, table: TableShape, live: Shape) -> Iterator[Difference]:
    found = live.tables.get(name)
    if found is None:
        yield _repaired("search_missing", "search", name, f"Search {name} is missing.")
    elif found.virtual != table.virtual:
        yield _repaired("search_altered", "search", name, f"Search {name} is not what it should be.")


def _indexes(expected: Shape, live: Shape) -> Iterator[Difference]:
    for name, index in expected.indexes.items():
        if index.table not in live.tables:
            continue
        found = live.indexes.get(name)
        if name in live.tables or name in live.views:
            yield _refused("name_taken", "index", name, f"Index {name} is missing and its name is taken.")
        elif found is None:
            yield _repaired(
                "index_missing", "index", name, f"Index {name} of table {index.table} is missing."
            )
        elif found != index:
            yield _repaired("index_altered", "index", name, f"Index {name} {_index_fact(index, found)}.")
    for name, index in live.indexes.items():
        if name not in expected.indexes and index.table in expected.tables:
            unique = " It may refuse rows that should be allowed." if index.unique else ""
            fact = f"Index {name} of table {index.table} was made by no migration.{unique}"
            yield _noted("index_extra", "index", name, fact)


def _index_fact(wanted: Index, found: Index) -> str:
    if wanted.table != found.table:
        return f"belongs to table {found.table} instead of {wanted.table}"
    if wanted.unique != found.unique:
        return "allows duplicates" if wanted.unique else "does not allow duplicates, as it should"
    if wanted.columns != found.columns:
        return f"covers ({', '.join(found.columns)}) instead of ({', '.join(wanted.columns)})"
    return f"has the condition {found.predicate or 'none'!r} instead of {wanted.predicate or 'none'!r}"


def _triggers(expected: Shape, live: Shape) -> Iterator[Difference]:
    known = {*live.tables, *live.views, *expected.views}
    for name, trigger in expected.triggers.items():
        if trigger.table not in known:
            continue
        found = live.triggers.get(name)
        if found is None:
            fact = f"Trigger {name} of table {trigger.table} is missing."
            yield _repaired("trigger_missing", "trigger", name, fact)
        elif found != trigger:
            yield _repaired(
                "trigger_altered", "trigger", name, f"Trigger {name} {_text_fact(trigger, found)}."
            )
    for name, trigger in live.triggers.items():
        if name not in expected.triggers and (
            trigger.table in expected.tables or trigger.table in expected.views
        ):
            fact = (
                f"Trigger {name} of {trigger.table} was made by no migration. It may change what is written."
            )
            yield _noted("trigger_extra", "trigger", name, fact)


def _views(expected: Shape, live: Shape) -> Iterator[Difference]:
    for name, view in expected.views.items():
        found = live.views.get(name)
        if name in live.tables:
            yield _refused("view_is_table", "view", name, f"{name} is a table, but should be a view.")
        elif found is None:
            yield _repaired("view_missing", "view", name, f"View {name} is missing.")
        elif found != view:
            yield _repaired("view_altered", "view", name, f"View {name} {_text_fact(view, found)}.")
    for name in live.views:
        if name not in expected.views and name not in expected.tables:
            yield _noted("view_extra", "view", name, f"View {name} was made by no migration.")


def _text_fact(wanted: TriggerShape | View, found: TriggerShape | View) -> str:
    """Show the first place where two normalised texts part."""
    ours, theirs = wanted.text.split(" "), found.text.split(" ")
    same = next(
        (number for number, (item, other) in enumerate(zip(ours, theirs, strict=False)) if item != other),
        min(len(ours), len(theirs)),
    )
    start = max(same - 3, 0)
    return f"reads {_excerpt(theirs, start)} instead of {_excerpt(ours, start)}"


def _excerpt(words: list[str], start: int) -> str:
    text = " ".join(words[start : start + 8])
    return f"'{'… ' if start else ''}{text}{' …' if len(words) > start + 8 else ''}'"


def _repaired(kind: str, type_: str, name: str, fact: str) -> Difference:
    return Difference(kind, type_, name, fact, Remedy.REPAIR)


def _refused(kind: str, type_: str, name: str, fact: str) -> Difference:
    return Difference(kind, type_, name, fact, Remedy.REFUSE)


def _noted(kind: str, type_: str, name: str, fact: str) -> Difference:
    return Difference(kind, type_, name, fact, Remedy.NOTE)
