"""Cards and their texts, within what Discord takes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.assignments.cards import move_lines
from modelus_bot.subjects.assignments.rules import Move
from modelus_bot.subjects.covers.cards import STANDS, card_of
from modelus_bot.subjects.covers.model import Cover
from modelus_bot.subjects.sprints.cards import choice_of, holder_line, label_of
from modelus_bot.subjects.sprints.model import HolderView, Sprint
from modelus_bot.ui import cards
from modelus_bot.ui.commands.suggestions import SHOWN, choices
from modelus_bot.ui.people import name_of, plain, when
from modelus_bot.ui.rendering import embed_of

LONGEST_NAME = "*" * 100
SPRINT = Sprint(1, 3, "FY26 _Sprint_ 3", date(2026, 12, 28), date(2027, 1, 11))


def test_each_severity_has_its_own_colour() -> None:
    """Facts, success, attention and failure are told apart by colour."""
    colours = {
        embed_of(make("Title")).colour for make in (cards.info, cards.success, cards.warning, cards.failure)
    }
    assert len(colours) == 4


@given(title=st.text(max_size=400), text=st.text(max_size=6000))
def test_any_text_fits_a_card(title: str, text: str) -> None:
    """Titles and texts are cut to Discord's limits."""
    card = embed_of(cards.info(title, text))
    assert len(card.title or "") <= 256
    assert len(card.description or "") <= 4096


@given(items=st.lists(st.text(max_size=300), max_size=60), limit=st.integers(20, 4000))
def test_lines_say_how_many_are_left_out(items: list[str], limit: int) -> None:
    """All items are there, or the text ends with how many are not; it never grows far beyond the limit."""
    text = cards.lines(items, empty="none", limit=limit)
    assert len(text) <= limit + len(items) + 30
    if text.endswith(" more"):
        left = int(text.rpartition("… and ")[2].removesuffix(" more"))
        assert text.startswith("\n".join(items[: len(items) - left]))
        assert left >= 1
    elif any(items):
        assert text == "\n".join(items)


def test_nothing_is_said_as_nothing() -> None:
    """An empty list reads as the sentence given for it."""
    assert cards.lines([], empty="Nobody yet.") == "Nobody yet."


@given(text=st.text(max_size=50), limit=st.integers(1, 60))
def test_clipped_text_is_marked(text: str, limit: int) -> None:
    """Text within the limit stays; longer text ends with a mark and fits."""
    cut = cards.clip(text, limit)
    assert len(cut) <= limit
    assert (cut == text) if len(text) <= limit else cut.endswith("…")


@pytest.mark.parametrize("text", ["**bold**", "_x_", "[a](http://b)", "`code`", "# head", "> quote", "~~x~~"])
def test_names_cannot_format_a_reply(text: str) -> None:
    """What somebody typed is shown as typed: every sign that formats is escaped."""
    assert plain(text) != text
    assert "\\" in plain(text)


def test_people_without_a_name_are_still_somebody() -> None:
    """Unknown ids are numbers, no id is nobody."""
    assert name_of(5, {5: "Ada"}) == "Ada"
    assert name_of(6, {5: "Ada"}) == "member 6"
    assert name_of(None, {}) == "nobody"


def test_sprints_are_named_with_their_days() -> None:
    """Across a year's end both years are written; in lists to pick from nothing is escaped."""
    assert choice_of(SPRINT) == "FY26 _Sprint_ 3 • Dec 28, 2026–Jan 11, 2027"
    assert label_of(SPRINT) == "FY26 \\_Sprint\\_ 3 • Dec 28, 2026–Jan 11, 2027"
    assert choice_of(Sprint(1, 3, "S", date(2026, 3, 2), date(2026, 3, 16))) == "S • Mar 2–Mar 16, 2026"


def test_holders_say_why() -> None:
    """Covers and people set by hand are marked; an empty duty says what to do."""
    assert holder_line(HolderView("po", "PO", 1, "Ada", "override")) == "PO: **Ada** (cover)"
    assert holder_line(HolderView("po", "PO", 1, "Ada", "manual")) == "PO: **Ada** (set by hand)"
    assert holder_line(HolderView("po", "PO", 1, "Ada", "rotation")) == "PO: **Ada**"
    assert "`/oncall set`" in holder_line(HolderView("po", "PO", None, None, "none"))


def test_moves_name_both_people() -> None:
    """Before and after, also when a slot is or was empty."""
    moves = [Move("po", 1, "S 1", 5, None, "Product owner"), Move("po", 2, "S 2", None, 5)]
    assert move_lines(moves, {5: "Ada"}) == ["• S 1, Product owner: Ada → nobody", "• S 2, po: nobody → Ada"]


def test_days_are_shown_to_everybody_as_the_same_day() -> None:
    """A day is written as its noon in the server's zone, so that neighbours in time read the same day."""
    assert when(date(2026, 7, 1), Calendar("America/New_York")) == "<t:1782921600:D>"


@pytest.mark.parametrize("status", list(STANDS))
def test_the_largest_request_fits_a_card(status: str) -> None:
    """The longest names and reasons stay within Discord's limits in every status."""
    people = dict.fromkeys(range(1, 6), LONGEST_NAME)
    found = Cover(2**60, 1, "*" * 60, "*" * 32, 1, 2, 3, status, "*" * 300, 99, 4, 1, None, 1, "*" * 60)
    card = embed_of(card_of(found, people, "open"))
    assert len(card) <= 6000
    assert len(card.description or "") < 4096
    assert STANDS[status] in (card.description or "")


@given(
    pairs=st.lists(st.tuples(st.text(min_size=1, max_size=150), st.text(min_size=1, max_size=20))),
    typed=st.text(max_size=20),
)
def test_suggestions_fit_discord(pairs: list[tuple[str, str]], typed: str) -> None:
    """At most 25, each with a label of at most 100 characters that fits what was typed."""
    found = choices(pairs, typed)
    assert len(found) <= SHOWN
    assert all(1 <= len(item.name) <= 100 for item in found)
