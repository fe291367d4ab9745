"""Declares the subject `people`: who the bot knows."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Subject, Wording
from modelus_bot.subjects.people.invariants import INVARIANTS
from modelus_bot.subjects.people.reports import REPORTS
from modelus_bot.subjects.people.visibility import VISIBLE

__all__ = ["SUBJECT"]


_WORDING = Wording(
    rows={
        "users": "members",
    },
    row={
        "users": "a member",
    },
    ranges={
        "users_username_length": ("A member's name", "1 to 100 characters long"),
        "valid_role": ("A role", "developer, designer, tester, project_manager or admin"),
        "users_timezone_length": ("A time zone", "1 to 64 characters long"),
        "users_quiet_from_range": ("The start of the quiet hours", "a time from 00:00 to 23:59"),
        "users_quiet_to_range": ("The end of the quiet hours", "a time from 00:00 to 23:59"),
        "users_is_active_flag": ("Whether a member is active", "yes or no"),
    },
    sentences={
        "users_quiet_both": "Quiet hours need both a start and an end, or neither. Give both and try again.",
    },
    taken={
        "users.discord_id": "This member is known already. Look again before you repeat it.",
    },
    columns={
        "timezone": "the time zone",
        "username": "the member's name",
    },
    fields={
        "discord_id": "member",
        "username": "name",
    },
    told={
        "discord_id": "the Discord number",
        "quiet_from": "the start of the quiet hours",
        "quiet_to": "the end of the quiet hours",
        "role": "the role",
        "slack_id": "the number in Slack",
    },
)

_PERSONAL = (
    PersonalRows(
        table="users",
        exported="SELECT * FROM users WHERE discord_id = :id",
        erased=(
            (
                "UPDATE users SET username = 'Erased member', role = NULL, timezone = 'America/New_York',"
                " quiet_from = NULL, quiet_to = NULL, is_active = 0, updated_at = :at WHERE discord_id = :id"
                " RETURNING discord_id, username, role, timezone, quiet_from, quiet_to, is_active"
            ),
        ),
        stays="Your Discord number without a name, so that what others did with you still makes sense.",
    ),
)

SUBJECT = Subject(
    name="people",
    kept_tables=("users",),
    audited=("users",),
    invariants=INVARIANTS,
    personal=_PERSONAL,
    visible=VISIBLE,
    reports=REPORTS,
    wording=_WORDING,
)
