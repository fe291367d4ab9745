"""The paper that pictures of figures are drawn on, in one of two themes. For children alone."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from modelus_bot.ui.lettering import Lettering

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DPI", "WIDTH", "Colours", "Paper"]

WIDTH, DPI = 6.4, 110
"""Inches and dots per inch. In a card Discord shows at most 400 dots across and 300 down, more on a press:
on paper of this width letters of ten points can be read without."""


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme: ``tints`` run from little to much, ``causes`` tell marks apart, ``groups`` areas."""

    back: str
    paper: str
    ink: str
    faint: str
    line: str
    own: str
    empty: str
    tints: tuple[str, ...]
    causes: tuple[str, ...]
    groups: tuple[str, ...]


THEMES = {
    "dark": Colours(
        "#2b2d31", "#313338", "#dbdee1", "#4e5058", "#5bc0a5", "#f0b132", "#3f4147",
        ("#2c4a52", "#2d6469", "#33807a", "#5bab8f", "#a5d8a8"),
        ("#f0b132", "#7aa2f7", "#f7768e", "#bb9af7", "#9ece6a", "#ff9e64", "#73daca", "#c0caf5"),
        ("#e8a33d", "#4f8fe0", "#7fd6b8", "#c4609d", "#f2e37a", "#2f7f68", "#8a4b23", "#c9b6f2"),
    ),
    "light": Colours(
        "#ffffff", "#f7f8fa", "#2e3338", "#c4c9d0", "#17745c", "#a35c00", "#e3e5e9",
        ("#d3ece0", "#a0d3bf", "#63b39c", "#29836f", "#0f5e58"),
        ("#a35c00", "#2456b8", "#b3203f", "#6b3fb5", "#3d7317", "#b8480f", "#0f766e", "#4a4f57"),
        ("#e08a1e", "#1f5fbf", "#7fc9b0", "#a03a7d", "#f0d264", "#175244", "#7a4a1c", "#b9a5ea"),
    ),
}  # fmt: skip


class Paper:
    """One picture while it is drawn."""

    def __init__(self, theme: str, height: float, *, width: float = WIDTH, layout: str | None = None) -> None:
        """Prepare paper of so many inches."""
        self.colours = THEMES[theme]
        self.width, self.height = width, height
        made: Any = Figure
        self.figure: Figure = made(
            figsize=(width, height), dpi=DPI, facecolor=self.colours.back, layout=layout
        )
        self.canvas: Any = FigureCanvasAgg(self.figure)
        self.lettering = Lettering(self.figure, self.canvas)

    def framed(self) -> Axes:
        """Return axes with a frame, in which figures stand over time."""
        axes = self.figure.add_subplot(facecolor=self.colours.paper)
        axes.tick_params(which="both", colors=self.colours.ink, labelsize=10)
        axes.grid(color=self.colours.faint, linewidth=0.5, alpha=0.7)
        for side in axes.spines.values():
            side.set_color(self.colours.faint)
        return axes

    def bare(self) -> Axes:
        """Return axes in inches from the upper left corner, over the whole picture and without a frame."""
        axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, self.width)
        axes.set_ylim(self.height, 0)
        return axes

    def encoded(self) -> dict[str, Any]:
        """Return the picture as a job answers it."""
        picture = io.BytesIO()
        self.canvas.print_png(picture)
        return {"png": base64.b64encode(picture.getvalue()).decode()}
