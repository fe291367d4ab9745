"""A small staff over the wire: roles, two rosters and three sprints, all by commands of the owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.wire.world import World

__all__ = ["Community", "make_community"]

ROLES = {
    "pam": "project_manager",
    "alice": "developer",
    "bob": "developer",
    "carol": "tester",
    "dave": "designer",
}
ROSTERS = {"account": ("alice", "bob", "carol"), "producer": ("bob", "carol", "dave")}
SPRINTS = {"S1": (-3, 4), "S2": (4, 11), "S3": (11, 18)}


@dataclass
class Community:
    """Ids by name; S1 runs now, S2 and S3 follow, a week each."""

    pam: str
    alice: str
    bob: str
    carol: str
    dave: str


async def make_community(discord: World) -> Community:
    """Enter people, rosters and sprints; pam is the project manager."""
    people = {name: discord.server.add_person(name) for name in ROLES}
    for name, role in ROLES.items():
        answer = await discord.command("member role", {"user": people[name], "role": role})
        assert "Role saved" in answer.text, answer.text
    for discipline, names in ROSTERS.items():
        for name in names:
            options = {"discipline": discipline, "user": people[name]}
            await _confirmed(discord, "roster add", options, "Saved")
    today = datetime.now(UTC).date()
    for name, (first, last) in SPRINTS.items():
        days = {"start": str(today + timedelta(days=first)), "end": str(today + timedelta(days=last))}
        await _confirmed(discord, "sprint add", {"name": name, **days}, "Saved")
    return Community(**people)


async def _confirmed(discord: World, name: str, options: dict[str, str], said: str) -> None:
    asked = await discord.command(name, options)
    answer = await discord.press(asked.message, "Add")
    assert said in answer.text, answer.text
