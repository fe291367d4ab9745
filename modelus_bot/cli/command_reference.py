"""The reference of all commands, written from the commands themselves.

``python -m modelus_bot.cli.command_reference > docs/commands.md``
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.subjects import DECLARED
from modelus_bot.ui.commands.needs import WORDS, AnyCommand, commands_of, needed_for

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["reference"]

HEAD = """# Commands

Written from the commands themselves by `python -m modelus_bot.cli.command_reference > docs/commands.md`;
do not edit it by hand.

Names can be picked from a list while typing; what is typed is a name, never an id. Lists are shown to those
who may use the command. `/roster`, `/sprint`, `/oncall`, `/cover` and `/task` are hidden from members without
*Manage Messages* until an administrator chooses others under *Server Settings → Integrations*.

Days can be written as `2026-03-31`, `today`, `tomorrow`, a weekday such as `friday` (the next one), or
`in 3 days`. Changes to rosters, sprints and members first show who moves, and are saved when they are
confirmed within two minutes. `/help` lists what you may do, `/help topic:` explains one command.
"""

KINDS = {
    discord.AppCommandOptionType.string: "text",
    discord.AppCommandOptionType.integer: "whole number",
    discord.AppCommandOptionType.boolean: "yes or no",
    discord.AppCommandOptionType.user: "member",
    discord.AppCommandOptionType.channel: "channel",
    discord.AppCommandOptionType.role: "role",
    discord.AppCommandOptionType.attachment: "file",
}


def reference(tree: app_commands.CommandTree[Any]) -> str:
    """Return the reference of a tree's commands as Markdown."""
    parts = [HEAD]
    group = ""
    for command in commands_of(tree):
        name = command.qualified_name.partition(" ")[0]
        if name != group:
            group = name
            parts.append(f"\n## {name}\n")
        parts.append(_command(command))
    return "".join(parts)


async def _all_commands() -> str:
    """Return the reference of every command, from a bot that never connects."""
    bot = commands.Bot(command_prefix=(), help_command=None, intents=discord.Intents.none())
    async with bot:
        for group in DECLARED.screens().commands:
            await bot.add_cog(group(cast("ModelUsBot", bot)))
        return reference(bot.tree)


def _command(command: AnyCommand) -> str:
    who = WORDS[needed_for(command.qualified_name)]
    lines = [f"\n### /{command.qualified_name}\n\n{_sentence(command.description)} For {who}."]
    if command.parameters:
        lines += ["", "| Option | What | Kind |", "|---|---|---|"]
        lines += [
            f"| `{option.display_name}`{'' if option.required else ' (optional)'} | {option.description} |"
            f" {_kind(option)} |"
            for option in command.parameters
        ]
    return "\n".join(lines) + "\n"


def _sentence(text: str) -> str:
    return text if text.endswith(("?", ".")) else f"{text}."


def _kind(option: app_commands.Parameter) -> str:
    if option.choices:
        return ", ".join(f"`{choice.value}`" for choice in option.choices)
    words = KINDS[option.type]
    if option.min_value is not None:
        unit = " characters" if option.type is discord.AppCommandOptionType.string else ""
        words += f", {option.min_value} to {option.max_value}{unit}"
    return words + (", from a list" if option.autocomplete else "")


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(_all_commands()))
