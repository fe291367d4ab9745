"""A law book is one page that needs nothing else, runs nothing, and says what it leaves out."""

from __future__ import annotations

from dataclasses import replace

from modelus_bot.subjects.laws.cards import book
from modelus_bot.subjects.laws.cards.book import book_page, file_name
from modelus_bot.subjects.laws.model import LawBook, LawName, LawText


def law(number: int | None, body: str, name: str = "Act") -> LawText:
    """Return a law of Texas."""
    return LawText(LawName(8, 1, "Texas", number, name, "enacted", number is not None), body, 0)


def test_what_people_wrote_is_shown_and_citations_lead_somewhere() -> None:
    """Hostile names and texts are letters; a citation of a law that is not in the book is no link."""
    evil = '<script>alert("x")</script>'
    page = book_page(
        LawBook("Texas", (law(1, f"§ {evil}\nSee texas 1 §1 and Texas 9."), law(None, "x\x07", evil)))
    ).decode()

    assert "<script" not in page
    assert "default-src" in page
    assert '<a href="#law-1-1">texas 1 §1</a> and Texas 9.' in page
    assert '<h3 id="law-1-1">' in page
    assert "\x07" not in page
    assert "#8 <bdi>&lt;script&gt;" in page
    assert "Not all laws" not in page


def test_a_book_that_is_too_large_says_so() -> None:
    """What does not fit is left out, whether the file or the question ended."""
    long = tuple(law(number, "x" * 4000) for number in range(1, 2100))
    page = book_page(LawBook("Texas", long))

    assert len(page) < book.LARGEST + 500_000
    assert b"Not all laws stand here" in page
    assert b"Not all laws stand here" in book_page(LawBook("Texas", (), more=True))


def test_its_file_has_a_plain_name() -> None:
    """Whatever a nation is called."""
    empty = LawBook("New  York!", ())
    assert file_name(empty) == "laws-new-york.html"
    assert file_name(replace(empty, nation="日本")) == "laws-nation.html"
