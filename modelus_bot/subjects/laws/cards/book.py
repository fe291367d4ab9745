"""A nation's law book: one page of HTML that needs nothing else and runs nothing. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from modelus_bot.subjects.laws.model import LawBook, LawSection, LawText
from modelus_bot.subjects.laws.rules.sections import sections_of

__all__ = ["LARGEST", "book_page", "file_name"]

LARGEST = 8_000_000
"""Bytes of a law book at most; Discord takes little more. It says what is left out."""
_STYLE = """
:root { color-scheme: light dark; }
body { font: 17px/1.6 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin-bottom: .2rem; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin-top: .3rem; }
nav ol { list-style: none; padding: 0; } small { opacity: .7; } :target { background: #fc06; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def file_name(book: LawBook) -> str:
    """Return what a nation's law book is called."""
    kept = re.sub(r"[^a-z0-9]+", "-", book.nation.lower()).strip("-")
    return f"laws-{kept or 'nation'}.html"


def book_page(book: LawBook) -> bytes:
    """Return the page; citations of laws in the book lead to them."""
    numbers = {text.name.number for text in book.laws if text.name.number is not None}
    parts: list[bytes] = []
    size, left = 0, 0
    for text in book.laws:
        part = "\n".join(_law(text, book.nation, numbers)).encode("utf-8", "replace")
        if size + len(part) > LARGEST:
            left += 1
            continue
        size += len(part)
        parts.append(part)
    end = "<p>Not all laws stand here: there are too many for one file.</p>" if left or book.more else ""
    return b"\n".join(
        ["\n".join(_head(book)).encode("utf-8", "replace"), *parts, f"{end}</body></html>\n".encode()]
    )


def _head(book: LawBook) -> Iterator[str]:
    name = _safe(book.nation)
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Laws of {name}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>Laws of <bdi>{name}</bdi></h1><nav><ol>"
    for text in book.laws:
        yield f'<li><a href="#{_anchor(text)}">{_cited(text)} <bdi>{_safe(text.name.name)}</bdi></a></li>'
    yield "</ol></nav>"


def _law(text: LawText, nation: str, numbers: set[int]) -> Iterator[str]:
    anchor = _anchor(text)
    private = "" if text.name.is_public else " <small>(private)</small>"
    yield f'<h2 id="{anchor}">{_cited(text)} <bdi>{_safe(text.name.name)}</bdi>{private}</h2>'
    for section in sections_of(text.body):
        yield from _section(section, anchor, nation, numbers)


def _section(section: LawSection, anchor: str, nation: str, numbers: set[int]) -> Iterator[str]:
    if section.number:
        heading = _linked(section.heading, nation, numbers)
        yield f'<h3 id="{anchor}-{section.number}">§{section.number} <bdi>{heading}</bdi></h3>'
    if section.text:
        yield f"<p><bdi>{_linked(section.text, nation, numbers)}</bdi></p>"


def _linked(text: str, nation: str, numbers: set[int]) -> str:
    """Return a text as HTML in which citations of the book's own laws are links."""
    pattern = rf"(?<!\w){re.escape(nation)} +([1-9]\d{{0,6}})\b(?: *§+ *([1-9]\d{{0,3}})\b)?"
    whole, last = "", 0
    for found in re.finditer(pattern, text, re.IGNORECASE):
        if int(found[1]) not in numbers:
            continue
        place = f"law-{found[1]}" + (f"-{found[2]}" if found[2] else "")
        whole += f'{_safe(text[last : found.start()])}<a href="#{place}">{_safe(found[0])}</a>'
        last = found.end()
    return whole + _safe(text[last:])


def _anchor(text: LawText) -> str:
    return f"law-{text.name.number}" if text.name.number is not None else f"own-{text.name.law_id}"


def _cited(text: LawText) -> str:
    return f"{text.name.number}." if text.name.number is not None else f"#{text.name.law_id}"


def _safe(text: str) -> str:
    """Return a text as HTML shows it, without characters that no page may have."""
    return html.escape("".join(letter for letter in text if letter in "\n\t" or ord(letter) >= 0x20))
