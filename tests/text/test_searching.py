"""The words around a hit are shown as they are, and whatever was typed is words."""

from __future__ import annotations

from modelus_bot.text.searching import MARKS, asked_for, emphasised, excerpt, words_of


def test_what_was_typed_is_words() -> None:
    """Without signs and characters of private use; the last may be a beginning from two letters on."""
    assert words_of('"a" OR (b* \ue000n2) --') == ["a", "OR", "(b*", "n2)"]
    assert asked_for("water rig") == '"water" "rig" *'
    assert asked_for("water r") == '"water" "r"'
    assert asked_for("water *") == '"water" *'
    assert asked_for("\ue000 !") is None


def test_all_of_a_text_can_be_shown() -> None:
    """Its hits in bold, those side by side as one, on one line."""
    text = f"{MARKS[0]}Wa{MARKS[1]}{MARKS[0]}ter{MARKS[1]} *Act*\n\ue000x"
    assert emphasised(text) == r"**Water** \*Act\* x"


def test_excerpts_are_harmless() -> None:
    """What people wrote is shown as it is, the hit in bold, whatever marks they wrote themselves."""
    text = f"**x** [a](https://b.example) \ue000 {MARKS[0]}tre{MARKS[1]}aty (c)"
    assert excerpt(text) == r"\*\*x\*\* \[a\](https\://b\.example) **tre**aty (c)"


def test_excerpts_leave_room_for_others() -> None:
    """One word may be as long as a message: the hit is shown, whole pages fit on a card."""
    shown = excerpt(f"{'x' * 2000} {MARKS[0]}tre{MARKS[1]}aty {'y' * 2000}")
    assert "**tre**aty" in shown
    assert shown.startswith("…")
    assert len(shown) < 180
    assert excerpt(f"{MARKS[0]}{'z' * 4000}{MARKS[1]}").count("**") == 2
