"""The line about the database: when there is one, what it says, and that long cards still fit."""

from __future__ import annotations

import itertools
import re
from contextvars import copy_context
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core import errors
from modelus_bot.database.core.errors import ConnectionLost, DatabaseError, DatabaseUnavailable, DiskFull
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from modelus_bot.database.offline.snapshot.age import note_age
from modelus_bot.ui import cards, rendering
from modelus_bot.ui.errors import reply_for
from modelus_bot.ui.notice import begin, line_for, present_line
from modelus_bot.ui.rendering import embed_of

CAUSES = [None, *(cls("secret detail") for cls in vars(errors).values()
                  if isinstance(cls, type) and issubclass(cls, DatabaseError))]  # fmt: skip
JARGON = re.compile(r"secret|sqlite|breaker|snapshot|journal|None", re.IGNORECASE)
SENT = ("embed=", "**message", "view=None)", "topic=topic)", "archived=False)", "archived=True)")
"""Cards, taking buttons off, and the topic of a channel, which is no message."""
SENDING = re.compile(r"\.(?:send|edit)\((?!\))")


def test_nothing_is_said_while_all_is_well() -> None:
    """In normal mode there is no line, whatever went wrong before."""
    assert all(line_for(Mode.NORMAL, cause, None) is None for cause in CAUSES)


def test_every_other_state_has_one_plain_line() -> None:
    """Each mode, cause and age has one line without jargon; its age is shown when there is one."""
    for mode, cause, as_of in itertools.product(Mode, CAUSES, (None, 1_800_000_000)):
        line = line_for(mode, cause, as_of)
        if line is None:
            assert (mode, as_of) == (Mode.NORMAL, None)
            continue
        assert "\n" not in line
        assert line.startswith("⚠️ ")
        assert line.endswith(".")
        assert len(line) < 400
        assert not JARGON.search(line)
        assert (f"<t:{as_of}:R>" in line) == (as_of is not None)


def test_the_cause_is_named_where_people_can_do_something_about_it() -> None:
    """A full disk is named, also behind the refusal that followed from it; a lost file is no reason."""
    full = DatabaseUnavailable("open", cause=DiskFull())
    assert "because the disk is full" in (line_for(Mode.READ_ONLY, full, None) or "")
    assert "because" not in (line_for(Mode.DEGRADED, ConnectionLost(), None) or "because")


def test_cards_have_the_line_only_within_an_interaction(tmp_path: Path) -> None:
    """A card has the line of the database that its task began with, once; others have none."""
    database = DatabaseManager(tmp_path / "modelus.db", DatabaseSettings(path=tmp_path / "modelus.db"))
    database.availability.lost(ConnectionLost())

    def within() -> None:
        begin(database)
        line = present_line()
        assert line is not None
        assert embed_of(cards.info("Title")).description == line
        assert (embed_of(cards.info("Title", "Text")).description or "").count(line) == 1
        long = embed_of(cards.failure("Title", "x" * 5000)).description or ""
        assert len(long) == rendering.LONGEST
        assert long.endswith(line)
        note_age(1_800_000_000)
        assert "<t:1800000000:R>" in (embed_of(cards.info("Title")).description or "")
        begin(database)
        assert present_line() == line

    copy_context().run(within)
    assert embed_of(cards.info("Title")).description is None


def test_a_change_saved_for_later_is_no_failure() -> None:
    """Its card names the number, is not red, and has no reference: nothing went wrong."""
    reply = reply_for(WriteDeferred(7, "AddSprint", 1_800_000_000))
    card = embed_of(reply.card())
    assert "number 7" in (card.description or "")
    assert card.colour is not None
    assert card.colour.value != rendering.RED
    assert reply.reference is None


@pytest.mark.parametrize("room", ["ui", "subjects"])
def test_replies_are_cards(room: str) -> None:
    """What is sent to people is a card everywhere, since cards have the line."""
    source = Path(cards.__file__).parents[1]
    for file in (source / room).rglob("*.py"):
        text = file.read_text("utf-8")
        for found in SENDING.finditer(text):
            call = text[found.end() : found.end() + 60].strip()
            assert call.startswith(SENT), (file.name, call)
