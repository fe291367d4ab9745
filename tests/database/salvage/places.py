"""On which pages each row of an undamaged file stands, its overflow pages included."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from modelus_bot.database.format.pages import Cell, PageKind, overflow_link
from modelus_bot.database.format.records import Row
from modelus_bot.database.salvage.cells import PageReader
from modelus_bot.database.salvage.image import Image, open_images
from modelus_bot.database.salvage.layouts import Layout, read_reference
from modelus_bot.database.salvage.roots import find_roots
from modelus_bot.database.salvage.trees import Trees

__all__ = ["Places", "find_places"]


class Places:
    """The pages of a file by what is on them."""

    def __init__(self) -> None:
        """Start with none."""
        self.rows: dict[tuple[str, Row], frozenset[int]] = {}
        self.interior: list[int] = []
        self.pages = 0
        self.page_size = 0

    def beside(self, damaged: set[int]) -> list[tuple[str, Row]]:
        """Return tables and keys of the rows that stand on none of the damaged pages."""
        return [row for row, pages in self.rows.items() if not pages & damaged]


def find_places(path: Path) -> Places:
    """Look at a file that is whole."""
    places = Places()
    with closing(sqlite3.connect(path)) as connection:
        reference = read_reference(connection)
    with open_images(path) as (image,):
        places.pages, places.page_size = image.pages, image.page_size
        trees = Trees(image)
        for name, root in find_roots(trees).items():
            layout = reference.named(name)
            for slot in trees.walk(root, layout):
                if trees.kind(slot.page) in {PageKind.TABLE_INTERIOR, PageKind.INDEX_INTERIOR}:
                    places.interior.append(slot.page)
                if layout is not None and layout.own:
                    _add_rows(places, trees.reader, image, slot.page, layout)
    return places


def _add_rows(places: Places, reader: PageReader, image: Image, number: int, layout: Layout) -> None:
    parsed = reader.parsed(number)
    assert parsed is not None
    page, data = parsed
    if page.kind is PageKind.TABLE_INTERIOR:
        return
    for cell in page.cells:
        assert cell is not None
        row = reader.record(number, data, cell)
        assert row is not None
        key = layout.key(layout.values(cell.rowid, row))
        places.rows[layout.table, key] = frozenset({number, *_overflow(image, cell)})


def _overflow(image: Image, cell: Cell) -> list[int]:
    pages = []
    number = cell.overflow
    while number:
        pages.append(number)
        number = overflow_link(image.page(number))
    return pages
