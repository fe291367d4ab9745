"""Many laws with texts of words as frequent as words are, entered at once: for plans and figures."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Iterator, Sequence

__all__ = ["LARGEST", "MANY", "TAGS", "enter_laws", "vocabulary"]

MANY, TAGS, WORDS = 50_000, 50, 20_000
LARGEST = 1000
"""Laws of the first nation; the others share the rest."""
LENGTH = 60
"""Words of a section; a text has two, and cites a law."""
_LAW = """
INSERT INTO laws(
    id, nation_id, number, name, is_public, status, author_id, revision, enacted_at, repealed_at, created_at,
    updated_at
) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)
"""
_TEXT = "INSERT INTO law_revisions(law_id, revision, body, published, at) VALUES(?, ?, ?, ?, ?)"
_TAG = "INSERT INTO tags(id, name, created_at) VALUES(?, ?, 0)"
_FILED = "INSERT INTO law_tags(tag_id, law_id) VALUES(?, ?)"


def vocabulary() -> list[str]:
    """Return the words, the most frequent first: the nth occurs as often as 1/n."""
    dice = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ["".join(dice.choices(letters, k=dice.randint(2, 9))) for _ in range(WORDS)]


def enter_laws(connection: sqlite3.Connection, author: int, nations: Sequence[tuple[int, str]]) -> None:
    """Enter laws of nations, one of ten private, one of twenty repealed, each tenth with ten texts."""
    words, dice = vocabulary(), random.Random(7)
    often = list(itertools.accumulate(1 / number for number in range(1, WORDS + 1)))

    def text(count: int) -> str:
        return " ".join(dice.choices(words, cum_weights=often, k=count))

    connection.executemany(_TAG, [(tag, f"tag {words[tag * 20]}") for tag in range(1, TAGS + 1)])
    for law, (nation, name, number) in enumerate(_places(nations), 1):
        public, repealed = law % 10 > 0, law % 20 == 7
        texts = 10 if law % 10 == 1 else 1
        called, stands = f"Act {law * 7919 % 100_003} on {text(2)}", "repealed" if repealed else "enacted"
        place = number if public else None
        row = (law, nation, place, called, int(public), stands, author, texts, 2 if repealed else None)
        connection.execute(_LAW, (*row, law, law))
        bodies = (f"§ {text(LENGTH)}\nSee {name} 1 §1.\n§ {text(LENGTH)}" for _ in range(texts))
        connection.executemany(_TEXT, [(law, at, body, int(public), at) for at, body in enumerate(bodies, 1)])
        filed = {int(TAGS * dice.random() ** 2) + 1 for _ in range(law % 3)}
        connection.executemany(_FILED, [(tag, law) for tag in filed])


def _places(nations: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, int]]:
    """Yield the nation of each law, by number and name, and the law's number in it."""
    others = nations[1:]
    for law in range(MANY):
        if law < LARGEST:
            yield (*nations[0], law + 1)
        else:
            round_, place = divmod(law - LARGEST, len(others))
            yield (*others[place], round_ + 1)
