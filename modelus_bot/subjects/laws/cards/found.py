"""Laws that were found, two lines each. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from modelus_bot.subjects.laws.model import LawHit
from modelus_bot.text.escaping import bare, plain
from modelus_bot.text.searching import MARKS, emphasised, excerpt
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card

__all__ = ["found_card", "hit_label", "where_words"]

NO_WORDS = "There is no word to look for. Type words of the law's text, its name or its tags."
NOTHING = "No public law in force has all these words. Try fewer, or only the beginning of the last one."


def found_card(hits: Sequence[LawHit], words: str, where: str, *, first: bool) -> Card:
    """Return a page of laws in which all of ``words`` were found; ``where`` was looked."""
    empty = (NOTHING if words else NO_WORDS) if first else "There is nothing more."
    text = cards.lines([_lines(hit) for hit in hits], empty=empty)
    card = cards.info(f"Laws with: {plain(words)}" if words else "Laws", text)
    return card.with_footer(where)


def where_words(narrowing: str) -> str:
    """Return where was looked: everywhere, or where ``narrowing`` says."""
    return f"Public laws in force{narrowing}, the newest first"


def hit_label(hit: LawHit) -> str:
    """Return a law that was found as it stands in a list to pick from."""
    return f"{bare(hit.citation)} {bare(hit.name.name)}"


def _lines(hit: LawHit) -> str:
    filed = f" (under {emphasised(hit.tags)})" if MARKS[0] in hit.tags else ""
    return f"▸ {plain(hit.citation)}: {emphasised(hit.title)}{filed}\n{excerpt(_said(hit))}"


def _said(hit: LawHit) -> str:
    """Return what is shown of a section: its heading, which is a line of its own, and what it says."""
    heading, _, rest = hit.text.partition("\n")
    ends = heading.rstrip(MARKS[1])[-1:] in {*".:;,!?", ""}
    return hit.text if not hit.section or not rest or ends else f"{heading}: {rest}"
