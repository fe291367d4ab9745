"""The buttons of a message that holds several notices."""

from __future__ import annotations

import discord

from modelus_bot.subjects.notices.buttons.opening import buttons_together
from modelus_bot.subjects.notices.enclosures import Enclosure
from modelus_bot.subjects.notices.model import Notice


def notice(number: int, title: str = "T") -> Notice:
    """Return a notice."""
    return Notice(number, 1, "oncall", title, "M", 0, 0)


def enclosure(*labels: str, alone: bool = False) -> Enclosure:
    """Return something with buttons of these labels."""
    found = Enclosure()
    found.stands_alone = alone
    found.view = discord.ui.View(timeout=None) if labels else None
    for label in labels:
        assert found.view is not None
        found.view.add_item(discord.ui.Button(label=label, custom_id=f"id:{label}"))
    return found


def labels(*items: tuple[Notice, Enclosure]) -> list[tuple[str, str]]:
    """Return the labels and ids of the buttons together."""
    view = buttons_together(items)
    rows = view.to_components() if view is not None else []
    return [(item["label"], item["custom_id"]) for row in rows for item in row["components"]]


async def test_buttons_stand_side_by_side_in_the_order_of_the_notices() -> None:
    """What rewrites its message is behind a button that says what it opens; no buttons are no view."""
    assert labels((notice(1), enclosure()), (notice(2), enclosure())) == []
    assert labels(
        (notice(1), enclosure("a", "b")),
        (notice(2, "By \\*Bo\\*"), enclosure("c", alone=True)),
        (notice(3), enclosure("d")),
    ) == [("a", "id:a"), ("b", "id:b"), ("Open: By *Bo*", "notice:open:2"), ("d", "id:d")]


async def test_what_there_is_no_room_for_is_behind_one_button() -> None:
    """Discord takes twenty-five; every notice keeps a way to its own."""
    many = [(notice(number), enclosure(*(f"{number}-{i}" for i in range(6)))) for number in range(1, 11)]
    found = labels(*many)
    assert len(found) <= 25
    for number in range(1, 11):
        assert (f"{number}-0", f"id:{number}-0") in found or ("Open: T", f"notice:open:{number}") in found
