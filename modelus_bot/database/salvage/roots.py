"""Where the b-trees begin: the file's own list of tables, whole or in parts."""

from __future__ import annotations

from modelus_bot.database.format.pages import PageKind
from modelus_bot.database.salvage.cells import Reading
from modelus_bot.database.salvage.layouts import Layout, LayoutKind, fits
from modelus_bot.database.salvage.trees import Trees

__all__ = ["find_roots", "read_applied"]

_TEXT = frozenset({str})
SCHEMA = Layout(
    "sqlite_schema",
    "sqlite_schema",
    1,
    LayoutKind.ROWID_TABLE,
    ("type", "name", "tbl_name", "rootpage", "sql"),
    (_TEXT, _TEXT, _TEXT, frozenset({int}), frozenset({str, type(None)})),
    5,
)
"""The list of tables itself, which is a table, too."""
_MIGRATIONS = Layout(
    "_yoyo_migration",
    "_yoyo_migration",
    0,
    LayoutKind.ROWID_TABLE,
    ("migration_hash", "migration_id", "applied_at_utc"),
    (_TEXT, _TEXT, frozenset({str, int, float, type(None)})),
    3,
)
_WORDS = (b"CREATE ", b"sqlite_autoindex_")
"""One of these stands in every entry of the list."""
_TYPES = frozenset({"table", "index", "view", "trigger"})


def find_roots(trees: Trees) -> dict[str, int]:
    """Return the root page of every b-tree that the file still names; the pages of the list are linked.

    Where the list has lost its root or another page, its remaining pages are looked for everywhere.
    """
    roots: dict[str, int] = {}
    for slot in list(trees.walk(1, SCHEMA)):
        reading = trees.reader.read(slot.page, SCHEMA, slot.low, slot.high)
        if reading is None or not _is_list(reading):
            trees.turn_out(SCHEMA, slot)
        else:
            _take(reading, roots)
    if any(hole.layout is SCHEMA for hole in trees.holes):
        for number in trees.strays():
            if trees.kind(number) == PageKind.TABLE_LEAF and _may_be_list(trees, number):
                reading = trees.reader.read(number, SCHEMA)
                if reading is not None and reading.entries and _is_list(reading):
                    trees.linked.add(number)
                    _take(reading, roots)
    return roots


def _may_be_list(trees: Trees, number: int) -> bool:
    """Look at little: most pages hold something else."""
    if not any(word in trees.image.page(number) for word in _WORDS):
        return False
    parsed = trees.reader.parsed(number)
    return parsed is not None and any(
        fits(SCHEMA, row) and row[0] in _TYPES for _, row in trees.reader.entries(number, *parsed, 2)
    )


def _is_list(reading: Reading) -> bool:
    return reading.share >= 0.5 and all(entry.row[0] in _TYPES for entry in reading.entries)


def _take(reading: Reading, roots: dict[str, int]) -> None:
    for entry in reading.entries:
        _, name, _, root, _ = entry.row
        if isinstance(name, str) and isinstance(root, int) and root > 0:
            roots.setdefault(name, root)


def read_applied(trees: Trees, roots: dict[str, int]) -> frozenset[str]:
    """Return the ids of the migrations the file had, as far as they can be read."""
    root = roots.get(_MIGRATIONS.name)
    if root is None:
        return frozenset()
    found: set[str] = set()
    slots = list(trees.walk(root, _MIGRATIONS))
    # Whoever walks all b-trees walks this one again.
    trees.linked.difference_update(slot.page for slot in slots)
    for slot in slots:
        reading = trees.reader.read(slot.page, _MIGRATIONS, slot.low, slot.high)
        if reading is not None and reading.share >= 0.5:
            found.update(str(entry.row[1]) for entry in reading.entries)
    return frozenset(found)
