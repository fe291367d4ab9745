"""How moved turns are listed before and after a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modelus_bot.subjects.assignments.rules import Move
from modelus_bot.text.escaping import plain
from modelus_bot.ui.people import name_of

__all__ = ["move_lines"]


def move_lines(moves: Iterable[Move], names: Mapping[int, str]) -> list[str]:
    """Return who moves, a line each."""
    return [
        f"• {plain(move.sprint_name)}, {plain(move.duty)}:"
        f" {name_of(move.before, names)} → {name_of(move.after, names)}"
        for move in moves
    ]
