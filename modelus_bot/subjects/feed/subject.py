"""Declares the subject `feed`: what happens in the simulation, in a channel and to read back."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.feed.pruning import PRUNINGS
from modelus_bot.subjects.feed.visibility import KEPT_EVENTS, VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.feed.commands import FeedCommands
    from modelus_bot.subjects.feed.jobs import FeedJob

    return Screens(commands=(FeedCommands,), jobs=(FeedJob,))


_WORDING = Wording(
    rows={"events": "events"},
    row={"events": "an event"},
    ranges={
        "events_kind_length": ("The kind of an event", "1 to 40 characters long"),
        "events_headline_length": ("What is told of an event", "1 to 200 characters long"),
        "events_ref_table_length": ("The table that an event is about", "1 to 32 characters long"),
        "events_matter_length": ("What an event changed", "1 to 80 characters long"),
        "events_was_length": ("What it was before an event", "1 to 200 characters long"),
        "events_refusal_length": ("Why an event was refused", "1 to 200 characters long"),
        "events_fate_known": ("What became of an event", "posted, too old, refused or unclear"),
    },
    sentences={
        "events_ref": "An event names a table and a row of it, or neither. Please tell an administrator.",
        "events_packed_for": (
            "An event on its way has a channel and is not told of yet. Please tell an administrator."
        ),
        "events_posted_as": "An event is posted exactly when it has a message. Please tell an administrator.",
    },
    taken={"events.id": "There is an event with this number already. Please try again."},
    columns={"at": "the time", "headline": "what is told"},
    fields={
        "channel_id": "channel",
        "fate": "what becomes of it",
        "message_id": "message",
        "refusal": "why it was refused",
        "since": "since when",
    },
    told={
        "happened_before": "happened before",
        "ids": "the numbers",
        "removed": "how many were removed",
    },
)

_PERSONAL = (
    PersonalRows(
        table="events",
        exported="SELECT id, kind, headline, at FROM events WHERE user_id = :id ORDER BY id",
        stays="That an office was given to you, under your number, as it was told of.",
    ),
)

SUBJECT = Subject(
    name="feed",
    topic=Topic("feed", "Feed", "what happens to the nations", 2),
    needs={"feed": "anyone", "feed channel": "admin"},
    kept_tables=("events",),
    kept_rows={"events": KEPT_EVENTS},
    audited=("events",),
    prunings=PRUNINGS,
    visible=VISIBLE,
    personal=_PERSONAL,
    wording=_WORDING,
    screens=_screens,
)
