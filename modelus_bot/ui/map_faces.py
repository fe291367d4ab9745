"""How regions of a map are filled: in tints from little to much, or in colours with patterns. In children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.colors import to_rgb

from modelus_bot.ui.paper import Colours

__all__ = ["NONE", "PATTERNS", "Face", "face_of", "ink_on"]

NONE = -1
"""The tint of a nation without the figure, or in none of the groups."""
PATTERNS = ("", "//", "..", "\\\\", "--", "xx", "||", "oo", "++", "**", "//..", "\\\\--")
"""Beside colours, for those who do not tell them apart; the first group has none."""
DARK, BRIGHT = "#14171a", "#ffffff"


@dataclass(frozen=True, slots=True)
class Face:
    """A colour, and a pattern in another one above it, if any."""

    colour: str
    pattern: str = ""
    over: str = ""


def face_of(colours: Colours, scheme: Sequence[str], tint: int | None, *, patterned: bool) -> Face:
    """Return how a region of a tint is filled: a place in the scheme, ``NONE``, or None without a nation."""
    if tint is None:
        return Face(colours.empty)
    if tint == NONE:
        return Face(colours.empty, "///", colours.faint)
    colour = scheme[tint % len(scheme)]
    return Face(colour, PATTERNS[tint % len(PATTERNS)] if patterned else "", _between(colour))


def ink_on(colours: Colours, face: Face) -> str:
    """Return a colour that can be read on it."""
    if face.colour == colours.empty:
        return colours.ink
    return max((DARK, BRIGHT), key=lambda ink: _contrast(ink, face.colour))


def _between(colour: str) -> str:
    """Return what a pattern is drawn in: the colour a third of the way to the ink on it."""
    ink = max((DARK, BRIGHT), key=lambda one: _contrast(one, colour))
    mixed = (round(255 * (a + (b - a) * 0.34)) for a, b in zip(to_rgb(colour), to_rgb(ink), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _contrast(one: str, other: str) -> float:
    """Return how much two colours differ in lightness, as WCAG 2 has it: from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
