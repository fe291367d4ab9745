"""Words in a picture: only what the font has pictures of, cut to the room there is. For children alone."""

from __future__ import annotations

from bisect import bisect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib import font_manager, get_data_path
from matplotlib.ft2font import FT2Font

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Lettering"]

UNSEEN = "▯"
"""Drawn for what the font has no picture of; a name of nothing else is not drawn."""
DOTS = "…"
LONGEST = 60


class Lettering:
    """Measures and cuts what is written in one picture."""

    def __init__(self, figure: Figure, canvas: Any) -> None:
        """Measure on ``canvas``, where ``figure`` is drawn."""
        self._figure, self._canvas = figure, canvas
        own = Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
        self._known = FT2Font(
            str(own if own.exists() else font_manager.findfont("DejaVu Sans"))
        ).get_charmap()

    def drawable(self, words: str) -> str:
        """Return words with a box in place of each run of what cannot be drawn."""
        shown = "".join(letter if ord(letter) in self._known else UNSEEN for letter in words)
        while UNSEEN * 2 in shown:
            shown = shown.replace(UNSEEN * 2, UNSEEN)
        return shown

    def cut(self, words: str, pixels: float, size: float) -> str:
        """Shorten words to a number of pixels; what has no room for a letter is not written."""
        known = self.drawable(words)
        if self.width(known, size) <= pixels:
            return known
        lengths = range(min(len(known), LONGEST) + 1)
        fitting = bisect(
            lengths, x=False, key=lambda length: self.width(_first(known, length), size) > pixels
        )
        return _first(known, max(0, fitting - 1))

    def width(self, words: str, size: float) -> float:
        """Return how many pixels words take that can be drawn."""
        text = self._figure.text(0, 0, words, fontsize=size, parse_math=False)
        width = text.get_window_extent(self._canvas.get_renderer()).width
        text.remove()
        return float(width)


def _first(words: str, length: int) -> str:
    """Return so many letters of words, with a sign that there are more."""
    return words[:length].rstrip() + (DOTS if length > 2 else "")
