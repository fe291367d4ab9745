"""docs/commands.md says what the commands are."""

from __future__ import annotations

from pathlib import Path

from modelus_bot.cogs.needs import NEEDED, commands_of, needed_for
from modelus_bot.cogs.reference import reference
from tests.conftest import BotEnv

WRITTEN = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


async def test_the_reference_is_current(bot_env: BotEnv) -> None:
    """``python -m modelus_bot.cogs.reference > docs/commands.md`` would change nothing."""
    assert WRITTEN.read_text(encoding="utf-8") == reference(bot_env.bot.tree)


async def test_every_command_says_who_may_use_it(bot_env: BotEnv) -> None:
    """Each command has a need, and the list of needs names no command that is gone."""
    names = {command.qualified_name for command in commands_of(bot_env.bot.tree)}
    assert all(needed_for(name) for name in names)
    assert NEEDED.keys() - names - {name.partition(" ")[0] for name in names} == set()


async def test_descriptions_are_whole(bot_env: BotEnv) -> None:
    """Every command and every option is described in words."""
    for command in commands_of(bot_env.bot.tree):
        assert len(command.description) > 5, command.qualified_name
        for option in command.parameters:
            assert str(option.description).strip("… "), f"{command.qualified_name} {option.display_name}"
