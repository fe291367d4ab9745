"""Which known name somebody may have meant: the one place that asks how alike texts are. Pure.

The library takes longer to load than a name takes to be looked for, so it is loaded when it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["LEAST_TYPED", "LIKELY", "PARTLY_LIKE", "nearest", "resembling"]

LIKELY = 0.65
"""How like a name must be at least to be taken for what was meant; 1 is the same."""
LEAST_TYPED = 4
"""Letters from which on what only resembles them is worth showing."""
PARTLY_LIKE = 0.75
"""How like the nearest part of it must be then; one letter of four may be another."""


def nearest(wanted: str, known: Iterable[str], *, most: int = 1, alike: float = LIKELY) -> list[str]:
    """Return at most so many of the known names that are like the wanted one as a whole, the likest first."""
    from rapidfuzz import fuzz, process

    found = process.extract(wanted, list(known), scorer=fuzz.ratio, score_cutoff=100 * alike, limit=most)
    return [name for name, _, _ in found]


def resembling(wanted: str, texts: Iterable[str], *, most: int, alike: float) -> list[int]:
    """Return the places of the texts in which some part is like what is wanted, the likest first."""
    from rapidfuzz import fuzz, process

    scorer = fuzz.partial_ratio
    found = process.extract(wanted, texts, scorer=scorer, score_cutoff=100 * alike, limit=most)
    return [place for _, _, place in found]
