"""A page of a law, its history, and what changed between two of its texts. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from modelus_bot.subjects.laws.model import LawName, LawSection, LawSheet, Revision
from modelus_bot.subjects.laws.rules.differences import difference, fenced
from modelus_bot.subjects.laws.rules.sections import pages
from modelus_bot.text.escaping import NAMELESS, bare, plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of

__all__ = ["difference_pages", "history_card", "page_card", "title_of"]

WIDTH = 42
"""Characters of a line of a difference; a telephone shows hardly more."""
ON_A_PAGE = 1800
"""Characters of a difference on one page."""
STATUS = {"draft": "draft", "enacted": "in force", "repealed": "repealed"}


def title_of(name: LawName) -> str:
    """Return a law's title: how it is cited, and what it is called."""
    return f"{plain(name.citation)}: {plain(name.name)}"


def page_card(sheet: LawSheet, page: int, names: Mapping[int, str]) -> Card:
    """Return a page of a law, from 0, below what it is and since when."""
    parts = pages(sheet.revision.body)[page]
    text = "\n\n".join(_section(part) for part in parts)
    card = cards.info(title_of(sheet.name), f"{_about(sheet, names)}\n\n{text}")
    if sheet.tags:
        card = card.with_field("Tags", ", ".join(plain(tag.name) for tag in sheet.tags))
    return card


def history_card(name: LawName, found: Sequence[Revision], names: Mapping[int, str], present: int) -> Card:
    """Return a page of a law's texts, the latest first, with who wrote each and why."""
    lines = [_revision(item, names, present) for item in found]
    text = cards.lines(lines, empty="There is no text that you can read.")
    return cards.info(f"Texts of {title_of(name)}", text)


def difference_pages(before: Revision, after: Revision) -> list[str]:
    """Return what changed between two texts, in pages that fit on a card."""
    found: list[str] = []
    page: list[str] = []
    for line in _short(difference(before.body, after.body)):
        if page and sum(map(len, page)) + len(line) > ON_A_PAGE:
            found.append("\n".join(page))
            page = []
        page.append(line)
    return [*found, "\n".join(page)] if page or not found else found


def _short(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines that cannot leave their block, each as wide as a block is: it does not wrap them."""
    for line in lines:
        sign, rest = line[:2], line[2:]
        yield from (sign + fenced(part) for part in textwrap.wrap(rest, WIDTH) or [rest])


def _about(sheet: LawSheet, names: Mapping[int, str]) -> str:
    law, text = sheet.law, sheet.revision
    facts = [f"**{STATUS[law.status]}**", "public" if law.is_public else "private"]
    if law.status == "repealed" and law.repealed_at is not None:
        facts.append(f"ended {moment(law.repealed_at, 'D')}")
    elif law.enacted_at is not None:
        facts.append(f"since {moment(law.enacted_at, 'D')}")
    facts.append(f"by {name_of(law.author_id, names)}")
    if law.revision > 1 or text.revision != law.revision:
        now = "" if text.revision == law.revision else f", not the present text ({law.revision})"
        facts.append(f"text {text.revision} of {moment(text.at, 'D')}{now}")
    return " · ".join(facts)


def _section(section: LawSection) -> str:
    """Return a section as Discord shows it: its number, its heading, and its lines as they were written."""
    lines = "\n".join(_lines(section.text))
    if section.number == 0:
        return lines
    heading = f" {plain(section.heading)}" if section.heading else ""
    return f"**§{section.number}**{heading}" + (f"\n{lines}" if lines else "")


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield plain(line) if line.strip() and bare(line) != NAMELESS else ""


def _revision(item: Revision, names: Mapping[int, str], present: int) -> str:
    note = f": {plain(item.note)}" if item.note else ""
    closed = "" if item.published else " (never public)"
    now = " (now)" if item.revision == present else ""
    return f"**{item.revision}** {moment(item.at, 'f')} by {name_of(item.by_user, names)}{now}{closed}{note}"
