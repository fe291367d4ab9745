"""Who may use which command, for /help and the reference; each operation checks it again."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from modelus_bot.domain.permissions import Standing
from modelus_bot.domain.subject import Need, declared

__all__ = ["FOR_STAFF", "WORDS", "AnyCommand", "Need", "commands_of", "may_use", "needed_for"]

AnyCommand = app_commands.Command[Any, ..., Any]

FOR_STAFF = {"manage_messages": True}
"""What Discord asks of whom it shows the staff's groups to, until an administrator chooses others."""

WORDS: dict[Need, str] = {
    "anyone": "everybody",
    "part": "staff and people on a roster",
    "staff": "staff",
    "manager": "project managers and administrators",
    "admin": "administrators",
}


def needed_for(command: str) -> Need:
    """Return the least standing a command needs; raises ``KeyError`` for a command without an entry."""
    needs = declared().needs
    return needs.get(command) or needs[command.partition(" ")[0]]


def may_use(standing: Standing, command: str) -> bool:
    """Say whether somebody of that standing may use a command at all."""
    need = needed_for(command)
    return need == "anyone" or bool(getattr(standing, need))


def commands_of(tree: app_commands.CommandTree[Any]) -> list[AnyCommand]:
    """Return every command that can be typed, by name."""
    found = [command for command in tree.walk_commands() if isinstance(command, app_commands.Command)]
    return sorted(found, key=lambda item: item.qualified_name)
