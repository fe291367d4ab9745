"""Declares the subject `notices`: what people must know, in their inbox and sent afterwards, each once."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.notices.invariants import INVARIANTS
from modelus_bot.subjects.notices.pruning import PRUNINGS
from modelus_bot.subjects.notices.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.notices.buttons.choosing import DeliveryMenu
    from modelus_bot.subjects.notices.buttons.opening import NoticeButton
    from modelus_bot.subjects.notices.commands import InboxCommands
    from modelus_bot.subjects.notices.jobs.outbox import Outbox

    return Screens(commands=(InboxCommands,), buttons=(NoticeButton, DeliveryMenu), jobs=(Outbox,))


_WORDING = Wording(
    rows={
        "notification_prefs": "preferences for messages",
        "notifications": "messages to people",
    },
    row={
        "notifications": "a notice",
        "notification_prefs": "a preference for notices",
    },
    ranges={
        "valid_notification_type": ("The type of a notice", "one of the known types"),
        "notifications_title_length": ("The title of a notice", "1 to 200 characters long"),
        "notifications_message_length": ("The text of a notice", "1 to 2000 characters long"),
        "notifications_ref_table_length": ("The table a notice refers to", "1 to 32 characters long"),
        "notifications_dedupe_key_length": ("The key of a notice", "1 to 100 characters long"),
        "notifications_is_read_flag": ("Whether a notice was read", "yes or no"),
        "notifications_last_error_length": ("The last error of a notice", "1 to 200 characters long"),
        "notifications_way_known": (
            "How a notice left",
            "dm, inbox, off, read, closed, outdated or given up",
        ),
        "notification_prefs_type_length": ("The kind of notices in a preference", "1 to 32 characters long"),
        "notification_prefs_delivery_known": ("How notices are delivered", "dm, inbox or off"),
    },
    sentences={
        "notifications_read_has_time": (
            "A notice has a time of reading exactly when it was read. Please tell an administrator."
        ),
    },
    taken={
        "notifications.id": "There is a notice with this number already. Please try again.",
        "notifications.user_id, notifications.dedupe_key": (
            "This notice is queued already; nobody needs it twice."
        ),
        "notification_prefs.user_id, notification_prefs.type": (
            "There is a preference for these notices already. Change it instead of adding it."
        ),
    },
    columns={
        "deliver_after": "the time of delivery",
        "delivery": "the way of delivery",
        "is_read": "whether it was read",
        "title": "the title",
        "type": "the type",
    },
    fields={
        "arrived": "whether it arrived",
        "delivery": "way of delivery",
        "error": "error",
        "id": "number of the notice",
        "ids": "list of notices",
        "off": "whether there are none",
        "quiet_from": "start of the quiet hours",
        "quiet_to": "end of the quiet hours",
        "retry_at": "time of the next try",
        "type": "kind of notices",
        "up_to": "number of the last notice",
        "user_id": "member",
        "way": "way of delivery",
        "zone": "time zone",
    },
    told={
        "read": "how many were read",
        "read_before": "read before",
        "text": "the text",
        "up_to": "the number of the last one",
    },
)

_PERSONAL = (
    PersonalRows(
        table="notifications",
        exported="SELECT * FROM notifications WHERE user_id = :id ORDER BY id",
        erased=("DELETE FROM notifications WHERE user_id = :id RETURNING id",),
    ),
    PersonalRows(
        table="notification_prefs",
        exported="SELECT * FROM notification_prefs WHERE user_id = :id ORDER BY type",
        erased=("DELETE FROM notification_prefs WHERE user_id = :id RETURNING user_id || ':' || type",),
    ),
)

SUBJECT = Subject(
    name="notices",
    topic=Topic("inbox", "Inbox", "what the bot has told you, and when it may", 5),
    needs={"inbox": "anyone"},
    kept_tables=("notification_prefs",),
    audited=("notifications", "notification_prefs"),
    invariants=INVARIANTS,
    prunings=PRUNINGS,
    personal=_PERSONAL,
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)
