"""Buttons that outlive a restart: everything they need is in their id, which fits Discord's limit."""

from __future__ import annotations

import re
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.covers.buttons.pressing import LABELS, CoverButton
from modelus_bot.ui.commands.adding import SHARED_BUTTONS
from modelus_bot.ui.paginator import _LISTS, ListChoice, PageButton, PageMenu, menus_of
from tests.wire.limits import of_message

ID_LIMIT = 100
LASTING = (*SHARED_BUTTONS, *DECLARED.screens().buttons)


def read_back(item: type[Any], custom_id: str) -> re.Match[str]:
    """Match an id as discord.py does; exactly one kind of button may answer to it."""
    found = [entry for entry in LASTING if entry.__discord_ui_compiled_template__.fullmatch(custom_id)]
    assert found == [item]
    match = re.fullmatch(item.__discord_ui_compiled_template__, custom_id)
    assert match is not None
    return match


@pytest.mark.parametrize("kind", sorted(_LISTS))
@given(
    argument=st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=60),
    page=st.integers(-1, 10_000),
)
async def test_a_page_button_reads_back(kind: str, argument: str, page: int) -> None:
    """Kind, argument and page come back from the id, within 100 characters."""
    button = PageButton(kind, argument, page, "More")
    custom_id = button.item.custom_id
    assert custom_id is not None
    assert len(custom_id) <= ID_LIMIT
    again = await PageButton.from_custom_id(None, button.item, read_back(PageButton, custom_id))  # type: ignore[arg-type]
    assert (again.kind, again.argument, again.page) == (kind, argument, page)


@pytest.mark.parametrize("kind", sorted(_LISTS))
@pytest.mark.parametrize("count", [1, 25, 26, 99, 120])
async def test_a_menu_reads_back(kind: str, count: int) -> None:
    """Every list is offered once, up to a hundred; Discord takes the menus, and the chosen one is marked."""
    choices = [ListChoice(f"list{number}", f"{number} " + "x" * 200, "y" * 200) for number in range(count)]
    menus = list(menus_of(kind, choices, "list0", "Choose"))
    view = discord.ui.View(timeout=None)
    for menu in menus:
        view.add_item(menu)
        again = await PageMenu.from_custom_id(None, menu.item, read_back(PageMenu, menu.custom_id))  # type: ignore[arg-type]
        assert again.kind == kind
    view.add_item(PageButton(kind, "list0", 1, "More"))
    options = [option for menu in menus for option in menu.item.options]
    assert [item.value for item in options] == [choice.argument for choice in choices[:100]]
    assert [item.value for item in options if item.default] == ["list0"]
    assert of_message({"components": view.to_components()}) == []


@pytest.mark.parametrize("step", sorted(LABELS))
async def test_a_cover_button_reads_back(step: str) -> None:
    """Step and request come back from the id, within 100 characters."""
    button = CoverButton(step, 10**17)
    custom_id = button.item.custom_id
    assert custom_id is not None
    assert len(custom_id) <= ID_LIMIT
    again = await CoverButton.from_custom_id(None, button.item, read_back(CoverButton, custom_id))  # type: ignore[arg-type]
    assert (again.step, again.cover_id) == (step, 10**17)


@pytest.mark.parametrize(
    "custom_id", ["cover:take:", "cover:take:-1", "cover:steal:1", "cover:take:1:2", "page:x"]
)
def test_ids_that_nobody_made_are_nobodys(custom_id: str) -> None:
    """An id of another shape is not answered to."""
    assert not [item for item in LASTING if item.__discord_ui_compiled_template__.fullmatch(custom_id)]
