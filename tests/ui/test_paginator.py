"""Buttons that outlive a restart: everything they need is in their id, which fits Discord's limit."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.covers.buttons.pressing import LABELS, CoverButton
from modelus_bot.ui.paginator import _LISTS, PageButton

ID_LIMIT = 100


def read_back(item: type[Any], custom_id: str) -> re.Match[str]:
    """Match an id as discord.py does; exactly one kind of button may answer to it."""
    found = [
        one for one in DECLARED.screens().buttons if one.__discord_ui_compiled_template__.fullmatch(custom_id)
    ]
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
    assert not [
        one for one in DECLARED.screens().buttons if one.__discord_ui_compiled_template__.fullmatch(custom_id)
    ]
