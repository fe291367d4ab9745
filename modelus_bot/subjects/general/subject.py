"""Declares the subject `general`: what always answers: help, ping, about."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.general.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.general.commands.general import GeneralCommands

    return Screens(commands=(GeneralCommands,))


_WORDING = Wording(
    rows={
        "database": "actions on the database",
        "settings": "settings",
    },
    row={
        "settings": "a setting",
    },
    ranges={
        "settings_key_length": ("A setting's name", "1 to 64 characters long"),
        "settings_value_json": ("A setting's value", "text in JSON"),
    },
    taken={
        "settings.key": "This setting exists already. Change it instead of adding it.",
    },
    columns={
        "value": "the value",
    },
)

SUBJECT = Subject(
    name="general",
    topic=Topic("bot", "The bot", "what it is, and what you can do with it", 8),
    needs={"about": "anyone", "help": "anyone", "ping": "anyone"},
    kept_tables=("settings",),
    audited=("settings",),
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)
