"""A law's text in sections and pages, citations in it, and what changed between two texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.subjects.laws.model import LawSection
from modelus_bot.subjects.laws.rules.citations import (
    Citation,
    cited_in,
    names_before_numbers,
    own_number,
    read_citation,
)
from modelus_bot.subjects.laws.rules.differences import difference, fenced
from modelus_bot.subjects.laws.rules.sections import PAGE, page_of, pages, sections_of

TEXTS = st.text(st.sampled_from("ab §1.\n "), max_size=4000)


def test_sections_are_counted_whatever_numbers_stand_in_the_text() -> None:
    """Each line that begins with § begins one; what is before the first has number 0."""
    body = "We, the people.\n\n§ 7. Water\nIs free.\n§Dams are not.\n see § 2"

    assert sections_of(body) == (
        LawSection(0, "", "We, the people."),
        LawSection(1, "Water", "Is free."),
        LawSection(2, "Dams are not.", "see § 2"),
    )
    assert sections_of("One line.") == (LawSection(0, "", "One line."),)


@given(TEXTS)
def test_pages_lose_nothing(body: str) -> None:
    """Every word of the text stands on one page, in order; no page is long."""
    words = [word for section in sections_of(body) for word in f"{section.heading} {section.text}".split()]
    shown = [part for page in pages(body) for part in page]

    joined = "".join(f"{'' if part.heading == '(goes on)' else part.heading}{part.text}" for part in shown)
    assert "".join(joined.split()) == "".join(words)
    assert all(sum(len(part.text) for part in page) <= PAGE or len(page) == 1 for page in pages(body))
    assert all(len(part.text) <= PAGE for part in shown)


def test_a_section_is_found_on_its_page() -> None:
    """The page on which it begins; the first for one that there is not."""
    body = "\n".join(f"§ {'x' * 700}" for _ in range(6))

    assert [page_of(body, number) for number in (0, 1, 2, 3, 6, 99)] == [0, 0, 0, 1, 2, 0]


def test_citations_are_read() -> None:
    """A nation's name, a number and perhaps a section; a law's own number alone."""
    assert read_citation(" New  York 14 §3") == Citation("New York", 14, 3)
    assert read_citation("Texas 14") == Citation("Texas", 14)
    assert read_citation("Texas") is None
    assert read_citation("Texas 0") is None
    assert own_number("#31 § 2") == (31, 2)
    assert own_number("31") is None


def test_citations_are_found_in_texts() -> None:
    """Of known nations, the longest name first, each law once, not in the middle of a word."""
    body = "See West Virginia 2 § 3, virginia 5, Virginia 5 §1, ETexas 4, Texas 9x, Texas 7."

    assert list(cited_in(body, ["Virginia", "West Virginia", "Texas"])) == [
        Citation("West Virginia", 2, 3),
        Citation("Virginia", 5),
        Citation("Texas", 7),
    ]
    assert list(cited_in(body, [])) == []
    many = " ".join(f"Texas {number}" for number in range(1, 500))
    assert len(list(cited_in(many, ["Texas"]))) == 20


def test_what_could_be_a_nation_stands_before_a_number() -> None:
    """The last words before it, the most words first, none of them twice, nor longer than a name can be."""
    body = f"By (West Virginia 2) or West virginia 3;\nUtah\n4, Nation 77 5, {'x' * 60} 6, 7"
    assert names_before_numbers(body)[:3] == ("By (West Virginia", "(West Virginia", "West Virginia")
    assert {"Nation", "Nation 77"} <= set(names_before_numbers(body))
    assert not {"Utah", "x" * 50, "x" * 60} & set(names_before_numbers(body))
    assert len(names_before_numbers("a b c 1 2 3 " * 300)) < 50


def test_differences_show_what_changed_and_a_sentence_around_it() -> None:
    """Sentences that are gone, that are new, and what stands beside them."""
    before = "A is free. B is free.\nC is free. D is free. E is free."
    after = "A is free. B is free.\nC is dear. D is free. E is free."

    assert difference(before, after) == (
        "  …",
        "  B is free.",
        "- C is free.",
        "+ C is dear.",
        "  D is free.",
        "  …",
    )
    assert difference(before, before) == ()


@given(TEXTS, TEXTS)
def test_differences_are_whole(before: str, after: str) -> None:
    """What is marked as gone stood there, what is marked as new stands there now."""
    lines = difference(before, after)
    flat = {name: "".join(text.split()) for name, text in (("old", before), ("new", after))}

    assert all("".join(line[2:].split()) in flat["old"] for line in lines if line.startswith("- "))
    assert all("".join(line[2:].split()) in flat["new"] for line in lines if line.startswith("+ "))
    assert bool(lines) == (before.split() != after.split()) or flat["old"] == flat["new"]


@given(st.text("`a", max_size=12))
def test_no_line_ends_the_block_it_stands_in(line: str) -> None:
    """Three marks in a row would."""
    assert "```" not in fenced(line)
