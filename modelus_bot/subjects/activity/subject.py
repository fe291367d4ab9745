"""Declares the subject `activity`: who writes how much, and who is in office but silent."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.activity.pruning import PRUNINGS
from modelus_bot.subjects.activity.visibility import VISIBLE
from modelus_bot.subjects.activity.writes.counting import CountMessages
from modelus_bot.subjects.activity.writes.leaves import TakeLeave

__all__ = ["SUBJECT"]

_DAY = "a day such as 2026-03-31"


def _screens() -> Screens:
    from modelus_bot.subjects.activity.commands import ActivityCommands
    from modelus_bot.subjects.activity.jobs import ActivityFlush, InactivityCheck

    return Screens(commands=(ActivityCommands,), jobs=(ActivityFlush, InactivityCheck))


_WORDING = Wording(
    rows={
        "activity": "counts of messages",
        "leaves": "leaves of absence",
        "inactivity_items": "items about people in office who fell silent",
    },
    row={
        "activity": "a count of messages",
        "leaves": "a leave of absence",
        "inactivity_items": "an item about somebody in office who fell silent",
    },
    ranges={
        "activity_day_date": ("The day of a count of messages", _DAY),
        "activity_messages_range": ("A count of messages", "1 to 1 billion"),
        "leaves_from_day_date": ("The first day of a leave", _DAY),
        "leaves_to_day_date": ("The last day of a leave", _DAY),
        "leaves_said_on_date": ("The day on which a leave was said", _DAY),
        "inactivity_items_since_date": ("The day since when somebody is silent", _DAY),
    },
    sentences={"leaves_order": "A leave cannot end before it begins. Give a later last day."},
    taken={
        "activity.channel_id, activity.user_id, activity.day": (
            "These messages are counted already. Please try again."
        ),
        "leaves.user_id": "This member has said a leave already. Change it instead of adding one.",
        "inactivity_items.office_id, inactivity_items.silent_since": (
            "There is an item about this silence already."
        ),
        "inactivity_items.id": "There is an item with this number already. Please try again.",
    },
    columns={
        "channel_id": "the channel",
        "day": "the day",
        "from_day": "the first day",
        "item_id": "the item",
        "last_at": "the time of the newest message",
        "made_at": "when it was made",
        "messages": "the number of messages",
        "office_id": "the office",
        "silent_since": "the day since when they are silent",
        "to_day": "the last day",
    },
    fields={
        "counts": "counts of messages",
        "from_day": "first day",
        "keys": "counts of messages",
        "member_id": "member",
        "names": "names",
        "president_days": "days for presidents",
        "to_day": "last day",
        "vice_president_days": "days for vice presidents",
    },
)

_PERSONAL = (
    PersonalRows(
        table="activity",
        exported="SELECT * FROM activity WHERE user_id = :id ORDER BY day, channel_id",
        erased=("DELETE FROM activity WHERE user_id = :id RETURNING user_id",),
    ),
    PersonalRows(
        table="leaves",
        exported="SELECT * FROM leaves WHERE user_id = :id",
        erased=("DELETE FROM leaves WHERE user_id = :id RETURNING user_id",),
    ),
    PersonalRows(
        table="inactivity_items",
        exported=(
            "SELECT i.* FROM inactivity_items AS i JOIN nation_offices AS o ON o.id = i.office_id"
            " WHERE o.user_id = :id ORDER BY i.office_id, i.silent_since"
        ),
        stays="That an item was made when you held an office and were silent.",
    ),
)

SUBJECT = Subject(
    name="activity",
    topic=Topic("activity", "Activity", "who writes how much, and who is in office but silent", 4),
    needs={
        "activity": "staff",
        "activity member": "anyone",
        "activity leave": "anyone",
    },
    audited=("leaves",),
    prunings=PRUNINGS,
    deferrable=(CountMessages, TakeLeave),
    personal=_PERSONAL,
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)
