"""Whatever a card holds, Discord takes what is drawn of it, and nothing is left out silently."""

from __future__ import annotations

import re
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.errors import ConnectionLost
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card, CardField, CardSection, Link, Severity, Thumbnail
from modelus_bot.ui.notice import begin, present_line
from modelus_bot.ui.rendering import COLOURS, embed_of, embeds_of
from tests.wire.limits import of_message

WORDS = st.text(st.characters(codec="utf-8"), max_size=40)
LONG = st.one_of(
    WORDS,
    st.just(""),
    st.just(" \n"),
    st.builds(lambda word, times: (word or "x") * times, WORDS, st.integers(1, 300)),
)
ADDRESS = st.sampled_from(["https://discord.com/channels/1/2/3", "attachment://a.png", "none", ""])
CARDS = st.builds(
    Card,
    title=LONG,
    text=LONG,
    severity=st.sampled_from(get_args(Severity)),
    fields=st.lists(st.builds(CardField, LONG, LONG, st.booleans()), max_size=40).map(tuple),
    sections=st.lists(
        st.builds(
            CardSection,
            LONG,
            LONG,
            st.one_of(st.none(), st.builds(Link, WORDS, ADDRESS), st.builds(Thumbnail, ADDRESS)),
        ),
        max_size=4,
    ).map(tuple),
    picture=st.one_of(st.none(), ADDRESS),
    footer=st.one_of(st.none(), LONG),
    link=st.one_of(st.none(), ADDRESS),
    at=st.one_of(st.none(), st.just(datetime(2026, 11, 30, tzinfo=UTC))),
)


@given(card=CARDS)
def test_discord_takes_every_card(card: Card) -> None:
    """Lengths, counts, empty parts, the total and addresses are what Discord's documentation allows."""
    assert of_message({"embeds": [embed_of(card).to_dict()]}) == []


@given(card=CARDS)
def test_what_does_not_fit_is_counted(card: Card) -> None:
    """All fields and sections are there in their order, or the last one says how many are not."""
    drawn = embed_of(card).fields
    given_parts = [*card.fields, *card.sections]
    if len(drawn) == len(given_parts) and (not drawn or drawn[-1].name != "…"):
        return
    left = re.fullmatch(r"and (\d+) more", drawn[-1].value or "")
    assert left is not None
    assert len(drawn) - 1 + int(left[1]) == len(given_parts)


@pytest.mark.parametrize(("count", "last"), [(25, "24"), (26, "and 2 more"), (60, "and 36 more")])
def test_of_many_short_fields_the_first_are_there(count: int, last: str) -> None:
    """Discord takes twenty-five; the last of them says how many there are beyond."""
    fields = tuple(CardField(f"Number {number}", str(number)) for number in range(count))
    drawn = embed_of(replace(cards.info("Title"), fields=fields)).fields
    assert len(drawn) == 25
    assert [item.value for item in drawn[:24]] == [str(number) for number in range(24)]
    assert drawn[24].value == last


def test_a_short_card_is_drawn_as_it_is() -> None:
    """Nothing is changed or reordered where everything fits."""
    card = (
        cards.success("Title", "Text")
        .with_field("One", "1", inline=True)
        .with_field("Two", "2")
        .with_section(CardSection("The request", "It waits.", Link("Open it", "https://example.org/1")))
        .with_section(CardSection("A flag", "Of somewhere", Thumbnail("attachment://flag.png")))
        .with_footer("Foot")
    )
    at = datetime(2026, 11, 30, tzinfo=UTC)
    drawn = embed_of(replace(card, picture="attachment://a.png", link="https://example.org/", at=at))
    assert (drawn.title, drawn.description, drawn.footer.text) == ("Title", "Text", "Foot")
    assert [(field.name, field.value, field.inline) for field in drawn.fields] == [
        ("One", "1", True),
        ("Two", "2", False),
        ("The request", "It waits.\n[Open it](https://example.org/1)", False),
        ("A flag", "Of somewhere", False),
    ]
    assert (drawn.image.url, drawn.thumbnail.url) == ("attachment://a.png", "attachment://flag.png")
    assert (drawn.url, drawn.timestamp) == ("https://example.org/", at)
    assert drawn.colour is not None
    assert drawn.colour.value == COLOURS["success"]


def test_a_card_tells_of_the_database_when_it_is_drawn(tmp_path: Path) -> None:
    """One that was described while all was well says what works at the moment somebody reads it."""
    database = DatabaseManager(tmp_path / "modelus.db", DatabaseSettings(path=tmp_path / "modelus.db"))

    def within() -> None:
        begin(database)
        card = replace(cards.info("T" * 300, "x" * 6000), footer="f" * 3000)
        database.availability.lost(ConnectionLost())
        line = present_line()
        assert line is not None
        drawn = embed_of(card)
        assert (drawn.description or "").endswith(line)
        assert len(drawn) <= 6000

    copy_context().run(within)


@pytest.mark.parametrize("severity", get_args(Severity))
def test_every_severity_has_its_maker(severity: Severity) -> None:
    """The functions that make cards are called as the severities are."""
    assert getattr(cards, severity)("Title") == Card("Title", severity=severity)


@given(st.lists(st.builds(Card, title=LONG, text=LONG, footer=LONG), min_size=1, max_size=10))
def test_discord_takes_the_cards_of_one_message(found: list[Card]) -> None:
    """However long they are, every one is there and all together are not too much."""
    drawn = embeds_of(found)
    assert len(drawn) == len(found)
    assert of_message({"embeds": [one.to_dict() for one in drawn]}, []) == []
