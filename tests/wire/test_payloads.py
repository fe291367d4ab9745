"""Every command over the wire, by who may do everything and who may do little: nothing beyond the limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.wire.community import make_community
from tests.wire.interactions import Interaction, labels
from tests.wire.world import World

USER, ROLE, ATTACHMENT = 6, 8, 11
LONG = "An explanation that is as long as people write when they are upset. " * 4
NOT_PRESSED = {"Restore", "Renew"}


def leaves(commands: list[dict[str, Any]], before: str = "") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every command by its whole name, with its options."""
    for command in commands:
        name = f"{before} {command['name']}".strip()
        inside = command.get("options") or []
        if any(option["type"] in {1, 2} for option in inside):
            yield from leaves(inside, name)
        else:
            yield name, inside


async def value_for(discord: World, name: str, option: dict[str, Any], given: dict[str, Any]) -> Any:
    """Return what somebody might give: the first suggestion where there are some."""
    if option.get("autocomplete"):
        found = await discord.suggestions(name, option["name"], "", given)
        if found:
            return found[0]["value"]
    if option.get("choices"):
        return option["choices"][0]["value"]
    plain = {
        3: LONG[: option.get("max_length") or 200],
        4: option.get("min_value") or 1,
        5: True,
        USER: discord.server.people["alice"],
        ROLE: discord.server.oncall_role,
        7: discord.server.general,
        ATTACHMENT: ("state.json", b"{}"),
    }
    day = str(datetime.now(UTC).date() + timedelta(days=40))
    return day if option["name"] in {"day", "start", "end", "since", "until"} else plain[option["type"]]


async def test_every_command_stays_within_the_limits(tmp_path: Path) -> None:
    """Each command, all suggestions and the first button of each answer: all answered, no violation."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        people = await make_community(discord)
        await bot.well()
        slash = [command for command in discord.server.commands[discord.server.id] if command["type"] == 1]
        found = [*leaves(slash)]
        assert len(found) >= 40
        unanswered = []
        for name, options in found:
            for by in (discord.server.owner, people.pam, people.dave):
                given: dict[str, Any] = {}
                for option in options:
                    given[option["name"]] = await value_for(discord, name, option, given)
                one = await discord.command(name, given, by=by)
                unanswered += [] if one.answered else [(name, one.text)]
                unanswered += await press_the_first(discord, name, one, by)
        assert unanswered == []
        assert discord.server.violations == []
        print(f"{len(found)} commands, {len(discord.rest.log)} requests, no violation")


async def press_the_first(
    discord: World, name: str, interaction: Interaction, by: str
) -> list[tuple[str, str]]:
    """Press the first button of an answer; return it if nobody answered."""
    shown = [
        label
        for label in (labels(interaction.message) if interaction.messages else ())
        if label not in NOT_PRESSED
    ]
    if not shown:
        return []
    pressed = await discord.press(interaction.message, shown[0], by=by)
    return [] if pressed.acknowledged and not pressed.thinking else [(f"{name}: {shown[0]}", pressed.text)]
