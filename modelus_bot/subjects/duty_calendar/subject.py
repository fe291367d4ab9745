"""Declares the subject `duty_calendar`: the rota as a picture and as a file."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Subject, Wording
from modelus_bot.subjects.duty_calendar.pruning import PRUNINGS
from modelus_bot.subjects.duty_calendar.visibility import VISIBLE

__all__ = ["SUBJECT"]

_WORDING = Wording(
    rows={"calendar_entries": "entries of calendars"},
    row={"calendar_entries": "an entry of a calendar"},
    ranges={
        "calendar_entries_uid_length": ("The key of a calendar's entry", "1 to 64 characters long"),
        "calendar_entries_digest_length": ("The digest of a calendar's entry", "16 characters long"),
        "calendar_entries_sequence_range": ("How often a calendar's entry has changed", "0 or more"),
        "calendar_entries_is_cancelled_flag": ("Whether a calendar's entry is cancelled", "0 or 1"),
    },
    sentences={
        "calendar_entries_order": "An entry of a calendar must end after it begins. Please try again.",
    },
    taken={"calendar_entries.uid": "This entry of a calendar is known already. Please try again."},
    columns={
        "digest": "the digest",
        "is_cancelled": "whether it is cancelled",
        "sequence": "the number of changes",
        "starts_at": "the time it begins",
        "uid": "the key of the entry",
    },
    fields={"at": "time", "server": "server", "uids": "list of entries"},
)

_PERSONAL = (
    PersonalRows(
        table="calendar_entries",
        exported="SELECT * FROM calendar_entries WHERE user_id = :id ORDER BY starts_at, uid",
        stays="The turns of yours that calendar files were made of, under your number.",
    ),
)

SUBJECT = Subject(
    name="duty_calendar",
    kept_tables=("calendar_entries",),
    visible=VISIBLE,
    personal=_PERSONAL,
    prunings=PRUNINGS,
    wording=_WORDING,
)
