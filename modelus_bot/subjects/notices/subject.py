"""Declares the subject `notices`: what people must know, sent afterwards, each once."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Wording
from modelus_bot.subjects.notices.invariants import INVARIANTS
from modelus_bot.subjects.notices.pruning import PRUNINGS
from modelus_bot.subjects.notices.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.notices.jobs import Outbox

    return Screens(jobs=(Outbox,))


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
        "error": "error",
        "id": "number of the notice",
        "ids": "list of notices",
        "retry_at": "time of the next try",
    },
)

SUBJECT = Subject(
    name="notices",
    kept_tables=("notification_prefs",),
    audited=("notifications",),
    invariants=INVARIANTS,
    prunings=PRUNINGS,
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)
