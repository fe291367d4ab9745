"""Whether a -wal file belongs to its database: the image with fewer contradictions is the true one."""

from __future__ import annotations

from typing import NamedTuple

from modelus_bot.database.format.pages import PageKind
from modelus_bot.database.salvage.image import Image
from modelus_bot.database.salvage.layouts import AUDIT
from modelus_bot.database.salvage.roots import find_roots
from modelus_bot.database.salvage.trees import Slot, Trees

__all__ = ["choose"]

FULL = 0.5
"""The part of the linked pages of the fuller image that makes the other one worth comparing."""


class _Rating(NamedTuple):
    """How an image holds together; smaller is better."""

    contradictions: int
    before_newest: int
    """The last audit entry's id, below zero."""
    unchanged: int
    """The header's count of changes, below zero."""


def choose(images: tuple[Image, ...]) -> Image:
    """Return the image with fewer links that lead astray; of equals the newer one, or the first.

    ``images`` are the database with its -wal file and without, or it alone. Where one has lost most of
    what the other has, there is nothing to compare, and the fuller one is taken.
    """
    if len(images) == 1:
        return images[0]
    changed = set().union(*(image.wal.offsets for image in images))
    rated = [_rate(image, changed) for image in images]
    most = max(linked for _, _, linked in rated)
    full = [(image, rating) for image, rating, linked in rated if linked >= most * FULL]
    return min(full, key=lambda pair: pair[1])[0]


def _rate(image: Image, changed: set[int]) -> tuple[Image, _Rating, int]:
    """Return an image with its rating and the number of its pages that are part of a b-tree."""
    trees = Trees(image)
    newest = 0
    for name, root in find_roots(trees).items():
        for slot in trees.walk(root, None):
            if slot.page in changed or name == AUDIT:
                last, misplaced = _look(trees, slot)
                trees.count_misplaced(misplaced if slot.page in changed else 0)
                if name == AUDIT:
                    newest = max(newest, last)
    trees.read_freelist()
    # A page that nothing leads to and that is not free was lost by whoever wrote the links.
    strays = len(trees.strays()) if trees.free_known else 0
    changes = image.header.changes if image.header else 0
    return image, _Rating(trees.problems + strays, -newest, -changes), len(trees.linked)


def _look(trees: Trees, slot: Slot) -> tuple[int, int]:
    """Return a page's last rowid, and 1 if the page is unsound or its keys do not belong there."""
    parsed = trees.reader.parsed(slot.page)
    if parsed is None:
        return 0, 1
    page, _ = parsed
    rowids = [cell.rowid for cell in page.cells if cell is not None]
    if page.kind is not PageKind.TABLE_LEAF or not rowids:
        return 0, int(not page.sound)
    low = slot.low is None or min(rowids) > slot.low
    high = slot.high is None or max(rowids) <= slot.high
    return max(rowids), int(not (page.sound and low and high))
