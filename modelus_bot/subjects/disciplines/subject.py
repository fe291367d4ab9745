"""Declares the subject `disciplines`: the duties that are filled anew each sprint."""

from __future__ import annotations

from modelus_bot.domain.subject import Subject, Wording
from modelus_bot.subjects.disciplines.invariants import INVARIANTS
from modelus_bot.subjects.disciplines.visibility import VISIBLE

__all__ = ["SUBJECT"]


_WORDING = Wording(
    rows={
        "disciplines": "disciplines",
    },
    row={
        "disciplines": "a discipline",
    },
    ranges={
        "disciplines_key_length": ("A discipline's key", "1 to 32 characters long"),
        "disciplines_label_length": ("A discipline's name", "1 to 60 characters long"),
        "disciplines_scheduler_known": ("A discipline's rotation", "carry or modulo"),
        "disciplines_is_active_flag": ("Whether a discipline is active", "yes or no"),
    },
    taken={
        "disciplines.key": "There is a discipline with this key already. Choose another key.",
    },
    columns={
        "label": "the name people read",
        "scheduler": "the kind of rotation",
    },
    fields={
        "discipline": "discipline",
        "disciplines": "list of disciplines",
        "key": "key",
        "label": "label",
        "role_id": "Discord role",
        "scheduler": "kind of rotation",
    },
    told={
        "role_id": "the Discord role",
    },
)

SUBJECT = Subject(
    name="disciplines",
    kept_tables=("disciplines",),
    audited=("disciplines",),
    invariants=INVARIANTS,
    visible=VISIBLE,
    wording=_WORDING,
)
