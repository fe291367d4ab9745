"""A law's text in sections: each begins with a line that begins with §, and they are counted from 1. Pure."""

from __future__ import annotations

import re

from modelus_bot.subjects.laws.model import LawSection

__all__ = ["page_of", "pages", "section_at", "sections_of"]

PAGE = 1500
"""Characters of a text on one page, before they are made fit to be shown."""
_BEGIN = re.compile(r"^[ \t]*§+[ \t]*(?:\d{1,4}\b[.):]?)?[ \t]*(.*)$", re.MULTILINE)
_BREAKS = ("\n\n", "\n", ". ", " ")
"""Where a text is divided that is too long for a page, the best place first."""


def sections_of(body: str) -> tuple[LawSection, ...]:
    """Return a text's sections in order, whatever numbers stand in it; number 0 is before the first."""
    marks = list(_BEGIN.finditer(body))
    begins = [mark.start() for mark in marks]
    first = body[: begins[0]] if begins else body
    found = [LawSection(0, "", first.strip())] if first.strip() else []
    for number, (mark, end) in enumerate(zip(marks, [*begins, len(body)][1:], strict=True), 1):
        found.append(LawSection(number, mark[1].strip(), body[mark.end() : end].strip()))
    return tuple(found)


def pages(body: str) -> tuple[tuple[LawSection, ...], ...]:
    """Divide a text into pages: whole sections where they fit, one that is too long at its best places."""
    found: list[tuple[LawSection, ...]] = []
    page: list[LawSection] = []
    length = 0
    for part in (piece for section in sections_of(body) for piece in _pieces(section)):
        size = len(part.heading) + len(part.text)
        if page and length + size > PAGE:
            found.append(tuple(page))
            page, length = [], 0
        page.append(part)
        length += size
    return (*found, tuple(page)) if page or not found else tuple(found)


def page_of(body: str, number: int) -> int:
    """Return the page, from 0, on which a section begins; the first for one that there is not."""
    for place, page in enumerate(pages(body)):
        if any(section.number == number for section in page):
            return place
    return 0


def section_at(body: str, place: int) -> tuple[int, str]:
    """Return the number of the section that a character of a text stands in, and the section's text."""
    marks = list(_BEGIN.finditer(body))
    number = sum(mark.start() <= place for mark in marks)
    end = marks[number].start() if number < len(marks) else len(body)
    begin = min(marks[number - 1].start(1), place) if number else 0
    return number, body[begin:end].strip()


def _pieces(section: LawSection) -> list[LawSection]:
    """Return a section, divided where it is longer than a page; what goes on has no heading again."""
    texts = _divided(section.text)
    first, *rest = texts
    return [
        LawSection(section.number, section.heading, first),
        *(LawSection(section.number, "(goes on)", text) for text in rest),
    ]


def _divided(text: str) -> list[str]:
    found: list[str] = []
    while len(text) > PAGE:
        places = (text.rfind(sign, PAGE // 2, PAGE) + len(sign) for sign in _BREAKS)
        cut = next((place for place in places if place > PAGE // 2), PAGE)
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*found, text]
