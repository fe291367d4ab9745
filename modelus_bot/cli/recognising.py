"""No command takes a file for what it is not: each asks here first, and says what lies there."""

from __future__ import annotations

from pathlib import Path

from modelus_bot.cli.outcome import NotOurs
from modelus_bot.cli.setting_up import run_async
from modelus_bot.database.administration import Budget, Nature, Recognised

__all__ = ["ADVICE", "require", "require_ours"]

ADVICE = {
    Nature.MISSING: "If there should be one, look for copies with: modelus-bot doctor",
    Nature.EMPTY: "If it should hold data, look for copies with: modelus-bot doctor",
    Nature.FOREIGN: "Nothing was done to it. Choose another path (database.path, --database).",
    Nature.UNRECORDED: "Nothing was done to it. Restore a backup: modelus-bot backup list",
    Nature.NEWER: "Nothing was done to it. Install that version, or restore a backup made by this one.",
    Nature.NO_DATABASE: (
        "Nothing was done to it. If it should be the bot's, restore a backup: modelus-bot backup list"
    ),
    Nature.NOT_A_FILE: "Choose another path (database.path, --database).",
    Nature.DAMAGED: "The bot restores it when it starts; by hand: modelus-bot backup restore",
    Nature.UNREADABLE: "Nothing was done to it.",
}


def require_ours(path: Path, *natures: Nature, budget: Budget | None = None) -> Recognised:
    """Return what lies at ``path``; raises ``NotOurs`` unless it is the bot's, or one of ``natures``.

    ``budget`` is that of a command that looks at more than this.
    """
    return run_async(require(path, *natures, budget=budget))


async def require(path: Path, *natures: Nature, budget: Budget | None = None) -> Recognised:
    """Do what ``require_ours`` does where an event loop runs."""
    found = await Recognised.at(path, budget)
    if found.nature is not Nature.OURS and found.nature not in natures:
        raise NotOurs(found.sentence, ADVICE[found.nature])
    return found
