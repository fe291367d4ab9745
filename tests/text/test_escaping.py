"""What becomes of people's texts before Discord draws them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.text.escaping import NAMELESS, bare, folded, plain, plain_lines, undrawn
from tests.drawing import drawn

HOSTILE = (
    "[Log in](https://x.example/a)",
    "https://x.example/a",
    "discord.gg/abc",
    "@everyone",
    "<@123456789012345678>",
    "<#123456789012345678> <@&123456789012345678> </ping:1> <t:1:R> <:a:1>",
    "**bold** __under__ ~~gone~~ ||spoiler|| `code` ```block```",
    "# heading",
    "-# small",
    "- item",
    "1. item",
    "> quote",
    ":smile:",
    "\\[a](https://x.example)",
    "[a\\](https://x.example)",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_discord_draws_nothing_of_it(text: str) -> None:
    """What makes links, mentions, styles, headings and emojis is shown as the letters it is."""
    assert drawn(text), "the test's own reading of Discord finds nothing in the text as it was"
    assert drawn(plain(text)) == []


@given(st.text(alphabet=st.sampled_from("[]()<>@#*_~|`\\:/.->1 aeE\n"), max_size=40))
def test_nothing_that_is_put_together_is_drawn(text: str) -> None:
    """Any mixture of the characters that mean something to Discord."""
    assert drawn(plain(text)) == []


@given(st.text(max_size=80))
def test_any_text_is_one_tame_line(text: str) -> None:
    """One line, nothing that reverses what follows, few marks on a letter, never empty, fit to be sent."""
    shown = bare(text)
    shown.encode("utf-8")
    assert shown.strip()
    assert "\n" not in shown
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u200e\u200f\x00")
    assert shown.count("\u2068") == shown.count("\u2069")
    marks = 0
    for letter in shown:
        is_mark = unicodedata.category(letter) in {"Mn", "Me"} and not "\ufe00" <= letter <= "\ufe0f"
        marks = marks + 1 if is_mark else 0
        assert marks <= 4 or ord(letter) >= 0xE0100
    assert bare(shown) == shown


def test_what_hides_reverses_or_covers_is_gone() -> None:
    """Overrides are removed, towers of marks cut down, invisible names get words, controls become spaces."""
    assert bare("abc\u202edef") == "abcdef"
    assert len(bare("Z" + "\u0300\u0301\u0302" * 40)) <= 4
    assert bare("\u3164\u2800 \u200b") == NAMELESS
    assert bare("one\ntwo\tthree") == "one two three"
    assert bare("\ud800") == "\ufffd"


def test_names_of_every_kind_stay_as_they_are() -> None:
    """Emojis, families, flags, keycaps and living scripts are not touched."""
    for name in ("😀" * 32, "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "Nguyễn Thị Ánh", "ภาษาไทยที่นี่", "हिन्दी", "Zoë"):
        assert bare(name) == unicodedata.normalize("NFC", name)
    assert plain("Petra (project manager), Sprint 2.1: 50 %") == "Petra (project manager), Sprint 2.1: 50 %"


def test_a_name_from_right_to_left_leaves_its_surroundings() -> None:
    """It stands between isolates, so that the words and numbers after it keep their order."""
    assert bare("אברהם 3") == "\u2068אברהם 3\u2069"
    assert folded("אברהם 3") == "אברהם 3"


def test_lines_of_a_note_are_kept() -> None:
    """A longer text keeps its lines, each of them plain."""
    assert plain_lines("# one\n\ntwo") == "\\# one\ntwo"
    assert plain_lines("\n") == NAMELESS


@given(st.text(max_size=80))
def test_what_was_escaped_is_read_back(text: str) -> None:
    """In a button or a list, which draw nothing, a sentence has no backslashes that nobody wrote."""
    assert undrawn(plain(text)) == bare(text)
