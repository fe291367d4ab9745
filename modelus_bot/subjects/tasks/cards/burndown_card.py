"""The burndown in words, and its picture."""

from __future__ import annotations

import io
from dataclasses import astuple
from pathlib import Path
from typing import Literal

import discord

from modelus_bot.subjects.sprints.cards import label_of
from modelus_bot.subjects.sprints.model import Sprint
from modelus_bot.subjects.tasks.rules.burndown import Burndown
from modelus_bot.ui import cards
from modelus_bot.ui.answering import MakesFile
from modelus_bot.ui.cards import Card
from modelus_bot.ui.charts import sparkline
from modelus_bot.ui.people import moment
from modelus_bot.ui.pictures import ChildPicture

__all__ = ["PICTURE", "Theme", "burndown_card", "burndown_file", "burndown_words"]

PICTURE = "burndown.png"
"""The picture's name among the answer's files."""
Theme = Literal["dark", "light"]


def burndown_card(found: Burndown, sprint: Sprint) -> Card:
    """Return how a sprint's work stands, without a picture."""
    return cards.info(f"Burndown of {label_of(sprint)}", burndown_words(found))


def burndown_words(found: Burndown) -> str:
    """Return how much is left, and how far that is from an even pace."""
    last, unit = found.marks[-1], found.unit
    if last.scope == 0:
        none = "No task that you may see is due in this sprint."
        return none if not found.uncounted else f"{none[:-1]} and has an estimate. {_uncounted(found)}"
    off = last.left - found.guide(last.at)
    pace = "as much as at an even pace"
    if abs(off) >= 0.5:
        pace = f"{abs(off):.0f} {'more' if off > 0 else 'fewer'} than at an even pace"
    lines = [
        f"**{last.left} of {last.scope} {unit}** are left, {pace}.",
        f"The sprint ends {moment(found.end, 'R')}.",
    ]
    if len(found.marks) > 1:
        lines.append(f"`{sparkline([float(mark.left) for mark in found.marks])}` left, day by day")
    if found.uncounted:
        lines.append(_uncounted(found))
    return "\n".join(lines)


async def burndown_file(
    picture: ChildPicture, found: Burndown, zone: str, theme: Theme, folder: Path
) -> MakesFile | None:
    """Return what makes the picture to attach, anew for each try; None where none can be drawn."""
    task = {
        "marks": [astuple(mark) for mark in found.marks],
        "begin": found.begin,
        "end": found.end,
        "planned": found.planned,
        "unit": found.unit,
        "zone": zone,
        "theme": theme,
    }
    drawn = await picture.draw(task, folder)
    if drawn is None:
        return None
    last = found.marks[-1]
    about = (
        f"Burndown of the sprint: {last.left} of {last.scope} {found.unit} are left, at an even pace it would"
        f" be {found.guide(last.at):.0f}. Left at each hand-over:"
        f" {', '.join(str(mark.left) for mark in found.marks)}."
    )
    return lambda: discord.File(io.BytesIO(drawn), PICTURE, description=about[:1000])


def _uncounted(found: Burndown) -> str:
    if found.uncounted == 1:
        return "1 task has no estimate and is not counted."
    return f"{found.uncounted} tasks have no estimate and are not counted."
