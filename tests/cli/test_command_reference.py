"""docs/commands.md says what the commands are today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from modelus_bot.cli.command_reference import reference
from modelus_bot.subjects import DECLARED
from modelus_bot.ui.commands.needs import commands_of, needed_for
from tests.conftest import BotEnv

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    """The page is what its own command prints; after a change, run that command again."""
    printed = subprocess.run(
        [sys.executable, "-m", "modelus_bot.cli.command_reference"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == printed.stdout


async def test_every_command_and_option_is_described(bot_env: BotEnv) -> None:
    """Nothing is called “…”, as discord.py does with what has no description."""
    tree = bot_env.bot.tree
    page = reference(tree)
    for command in commands_of(tree):
        assert f"### /{command.qualified_name}\n" in page
        assert len(command.description) > 5, command.qualified_name
        for option in command.parameters:
            assert str(option.description) not in {"", "…"}, (command.qualified_name, option.name)
            assert f"| `{option.display_name}`" in page


async def test_who_may_use_it_is_known_for_every_command_and_for_no_other(bot_env: BotEnv) -> None:
    """The table behind /help and the page names commands and groups that exist."""
    names = {item.qualified_name for item in commands_of(bot_env.bot.tree)}
    groups = {name.partition(" ")[0] for name in names}
    assert {needed_for(name) for name in names} <= {"anyone", "part", "staff", "manager", "admin"}
    assert DECLARED.needs.keys() <= names | groups


async def test_the_tree_stays_within_discords_limits(bot_env: BotEnv) -> None:
    """At most 100 commands at the top, 25 in a group, 25 options, and no name twice."""
    tree = bot_env.bot.tree
    commands = commands_of(tree)
    names = [command.qualified_name for command in commands]
    assert len(names) == len(set(names))
    assert len(tree.get_commands()) <= 100
    for group in {name.partition(" ")[0] for name in names}:
        assert len([name for name in names if name.startswith(f"{group} ")]) <= 25
    assert all(len(command.parameters) <= 25 for command in commands)
