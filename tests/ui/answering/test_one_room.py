"""One room speaks to interactions, one function sends by itself: nobody else does either."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import modelus_bot

PACKAGE = Path(modelus_bot.__file__).parent
ANSWERS = {"response", "followup", "original_response", "edit_original_response", "delete_original_response"}
ANSWERING, SENDING = "ui/answering/", "ui/sending.py"
HEADERS = "ui/discord_time.py"
"""What reads the time from Discord's answers to requests, not to interactions."""
NOT_DISCORD = ("database/", "sandbox/")
"""Rooms that send to others: to sockets, and to the simulation."""


def attributes() -> Iterator[tuple[str, str]]:
    """Yield every attribute that is named in the package, with the file that names it."""
    for file in sorted(PACKAGE.rglob("*.py")):
        place = file.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                yield place, node.attr


def test_only_the_answering_room_speaks_to_interactions() -> None:
    """Whoever else called ``interaction.response`` would answer without knowing that it arrived."""
    strangers = [
        (place, name)
        for place, name in attributes()
        if name in ANSWERS and not place.startswith((ANSWERING, HEADERS, "_bundled"))
    ]
    assert strangers == []


def test_only_one_function_sends_by_itself() -> None:
    """A message that were sent in another way would have no nonce, and could be there twice."""
    strangers = {
        place
        for place, name in attributes()
        if name == "send" and place != SENDING and not place.startswith((ANSWERING, *NOT_DISCORD))
    }
    assert strangers == set()
