"""In what a table differs from the one the migrations make, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from modelus_bot.database.schema.report import Difference, Remedy
from modelus_bot.database.schema.shape import Check, Column, ForeignKey, TableShape

__all__ = ["table_differences"]


def table_differences(expected: TableShape, live: TableShape) -> Iterator[Difference]:
    """Yield every difference between two tables of one name; none of them can be repaired safely."""
    for kind, fact in _facts(expected, live):
        yield Difference(kind, "table", expected.name, fact, Remedy.REFUSE)


def _facts(expected: TableShape, live: TableShape) -> Iterator[tuple[str, str]]:
    if expected.virtual != live.virtual:
        yield "table_virtual", f"Table {expected.name} is not the virtual table it should be."
        return
    yield from _columns(expected, live)
    yield from _primary_key(expected, live)
    yield from _unique(expected, live)
    yield from _checks(expected, live)
    yield from _foreign_keys(expected, live)
    yield from _conflicts(expected, live)
    yield from _options(expected, live)


def _columns(expected: TableShape, live: TableShape) -> Iterator[tuple[str, str]]:
    wanted = {column.name: column for column in expected.columns}
    found = {column.name: column for column in live.columns}
    for name in wanted:
        if name not in found:
            yield "column_missing", f"Table {expected.name} lacks the column {name}."
    for name in found:
        if name not in wanted:
            yield "column_extra", f"Table {expected.name} has a column {name} that no migration made."
    order = [name for name in wanted if name in found]
    there = [name for name in found if name in wanted]
    if order != there:
        yield (
            "column_order",
            f"Table {expected.name} has its columns in the order {_list(there)} instead of {_list(order)}.",
        )
    for name in order:
        yield from _column(expected.name, wanted[name], found[name])


def _column(table: str, wanted: Column, found: Column) -> Iterator[tuple[str, str]]:
    place = f"Column {table}.{wanted.name}"
    if wanted.type != found.type:
        yield "column_type", f"{place} has the type {_type(found)} instead of {_type(wanted)}."
    if wanted.not_null and not found.not_null:
        yield "not_null_missing", f"{place} may be empty, which it must not."
    if found.not_null and not wanted.not_null:
        yield "not_null_extra", f"{place} must not be empty, which it should be allowed to be."
    if wanted.default != found.default:
        yield "column_default", f"{place} has {_default(found)} instead of {_default(wanted)}."
    if wanted.generated != found.generated:
        yield "column_generated", f"{place} {_generated(found)}; it should {_should_generate(wanted)}."
    if wanted.collation != found.collation:
        yield "column_collation", f"{place} compares as {found.collation} instead of {wanted.collation}."


def _primary_key(expected: TableShape, live: TableShape) -> Iterator[tuple[str, str]]:
    if expected.primary_key != live.primary_key:
        wanted, found = _list(expected.primary_key), _list(live.primary_key)
        yield "primary_key", f"The primary key of table {expected.name} is {found} instead of {wanted}."


def _unique(expected: TableShape, live: TableShape) -> Iterator[tuple[str, str]]:
    for columns in sorted((Counter(expected.unique) - Counter(live.unique)).elements()):
        yield "unique_missing", f"Table {expected.name} allows the same {_list(columns)} twice."
    for columns in sorted((Counter(live.unique) - Counter(expected.unique)).elements()):
        yield (
            "unique_extra",
            f"Table {expected.name} has a UNIQUE on {_list(columns)} that no migration made.",
        )


def _checks(expected: TableShape, live: TableShape) -> Iterator[tuple[str, str]]:
    missing = list((Counter(expected.checks) - Counter(live.checks)).elements())
    extra = list((Counter(live.checks) - Counter(expected.checks)).elements())
    for wanted in sorted(missing):
        other = next((item for item in extra if wanted.name and item.name == wanted.name), None)
        renamed = next((item for item in extra if item.expression == wanted.expression), None)
        if other is not None:
            extra.remove(other)
            yield (
                "check_altered",
                f"{_check(expected, wanted)} says {other.expression!r} instead of {wanted.expression!r}.",
            )
        elif renamed is not None:
            extra.remove(renamed)
            yield "check_renamed", f"{_check(expected, wanted)} is called {renamed.name or 'nothing'}."
        else:
            yield "check_missing", f"{_check(expected, wanted)} is missing: {wanted.expression}."
    for item in sorted(extra):
        yield "check_extra", f"{_check(expected, item)} was made by no migration: {item.expression}."


def _foreign_keys(expected: TableShape, live: TableShape) -> Iterator[tuple[str, str]]:
    missing = [key for key in expected.foreign_keys if key not in live.foreign_keys]
    extra = [key for key in live.foreign_keys if key not in expected.foreign_keys]
    for wanted in missing:
        other = next((item for item in extra if item.columns == wanted.columns), None)
        place = f"The reference of {expected.name} ({_list(wanted.columns)})"
        if other is None:
            yield "foreign_key_missing", f"{place} to {wanted.parent} is missing."
        else:
            extra.remove(other)
            yield "foreign_key_altered", f"{place} {_reference(other)} instead of {_reference(wanted)}."
    for item in extra:
        place = f"The reference of {expected.name} ({_list(item.columns)})"
        yield "foreign_key_extra", f"{place} to {item.parent} was made by no migration."


def _conflicts(expected: TableShape, live: TableShape) -> Iterator[tuple[str, str]]:
    wanted, found = Counter(expected.conflicts), Counter(live.conflicts)
    for rule, resolution in sorted((wanted - found).elements()):
        yield (
            "conflict_missing",
            f"The {rule} in table {expected.name} lacks ON CONFLICT {resolution.upper()}.",
        )
    for rule, resolution in sorted((found - wanted).elements()):
        yield "conflict_extra", f"The {rule} in table {expected.name} has ON CONFLICT {resolution.upper()}."


def _options(expected: TableShape, live: TableShape) -> Iterator[tuple[str, str]]:
    for name, kind, wanted, found in (
        ("STRICT", "strict", expected.strict, live.strict),
        ("WITHOUT ROWID", "without_rowid", expected.without_rowid, live.without_rowid),
        ("AUTOINCREMENT", "autoincrement", expected.autoincrement, live.autoincrement),
    ):
        if wanted != found:
            yield kind, f"Table {expected.name} is {'not' if wanted else 'wrongly'} {name}."


def _list(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names) or "none"


def _type(column: Column) -> str:
    return column.type.upper() or "none"


def _default(column: Column) -> str:
    return "no default" if column.default is None else f"the default {column.default}"


def _generated(column: Column) -> str:
    return f"is computed, {column.generated}" if column.generated else "holds what was entered"


def _should_generate(column: Column) -> str:
    return f"be computed, {column.generated}" if column.generated else "hold what was entered"


def _check(table: TableShape, check: Check) -> str:
    return f"Rule {check.name} of table {table.name}" if check.name else f"A rule of table {table.name}"


def _reference(key: ForeignKey) -> str:
    deferred = ", checked at the end of a transaction" if key.deferred else ""
    return (
        f"leads to {key.parent} ({_list(key.parent_columns)})"
        f" on update {key.on_update} on delete {key.on_delete}{deferred}"
    )
