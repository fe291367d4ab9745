"""When what Discord knows counts as the bot's commands, and when not."""

from __future__ import annotations

from typing import Any

import pytest

from modelus_bot.gateway.registering import differs

OURS: dict[str, Any] = {
    "name": "oncall",
    "type": 1,
    "description": "Who is on duty",
    "nsfw": False,
    "dm_permission": True,
    "default_member_permissions": None,
    "contexts": None,
    "integration_types": None,
    "options": [
        {"type": 3, "name": "day", "description": "Which", "required": False, "autocomplete": True},
        {"type": 4, "name": "count", "description": "How many", "required": True, "min_value": 0},
    ],
}
THEIRS: dict[str, Any] = {
    "id": "1",
    "application_id": "2",
    "version": "3",
    "guild_id": "4",
    "name": "oncall",
    "type": 1,
    "description": "Who is on duty",
    "nsfw": False,
    "default_member_permissions": None,
    "options": [
        {"type": 3, "name": "day", "description": "Which", "autocomplete": True},
        {"type": 4, "name": "count", "description": "How many", "required": True, "min_value": 0.0},
    ],
}


def test_what_discord_fills_in_is_no_difference() -> None:
    """Ids, versions, left-out defaults and numbers written another way."""
    assert not differs([OURS], [THEIRS], of_one_server=True)
    everywhere = THEIRS | {"dm_permission": True, "contexts": [0, 1, 2], "integration_types": [0]}
    assert not differs([OURS], [everywhere], of_one_server=False)
    assert not differs(
        [OURS | {"default_member_permissions": 32}],
        [THEIRS | {"default_member_permissions": "32"}],
        of_one_server=True,
    )


@pytest.mark.parametrize(
    "theirs",
    [
        [],
        [THEIRS, THEIRS | {"name": "old"}],
        [THEIRS | {"name": "old"}],
        [THEIRS | {"description": "Something else"}],
        [THEIRS | {"default_member_permissions": "8"}],
        [THEIRS | {"nsfw": True}],
        [THEIRS | {"options": THEIRS["options"][:1]}],
        [THEIRS | {"options": THEIRS["options"][::-1]}],
        [THEIRS | {"options": [THEIRS["options"][0], THEIRS["options"][1] | {"min_value": 1}]}],
    ],
)
def test_everything_else_is(theirs: list[dict[str, Any]]) -> None:
    """A command too few, too many or another one, and any of its parts."""
    assert differs([OURS], theirs, of_one_server=True)
