"""Declares the subject `members`: staff roles, who is active, and linking imported people to accounts."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Topic, Wording

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.members.commands.group import MemberCommands

    return Screens(commands=(MemberCommands,))


_WORDING = Wording(
    fields={
        "discord_id": "member",
        "expected": "confirmation code",
        "placeholder_id": "number of the imported person",
        "reason": "reason",
        "role": "role",
        "username": "name",
    },
)

SUBJECT = Subject(
    name="members",
    topic=Topic("people", "People", "what the bot knows of somebody, and staff roles", 5),
    needs={"member": "admin", "member show": "anyone", "member export": "anyone", "member erase": "anyone"},
    wording=_WORDING,
    screens=_screens,
)
