"""Sample data for an empty database: the sample rota, moved so that today lies in its middle sprint."""

from __future__ import annotations

import time
from dataclasses import replace

from loguru import logger

from modelus_bot.bundled import sample_dir
from modelus_bot.config import Settings
from modelus_bot.database import Context, DatabaseManager
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.fields import StaffRole
from modelus_bot.sandbox.world import CAST, World
from modelus_bot.subjects.members.writes import SetRole
from modelus_bot.subjects.oncall.writes import Handoff
from modelus_bot.subjects.people.queries import members
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rotation_import.model.source import RotationSource, days_to_middle, shift_days
from modelus_bot.subjects.rotation_import.rules.mending import mend
from modelus_bot.subjects.rotation_import.rules.reading import read_folder
from modelus_bot.subjects.rotation_import.writes.importing import ImportRotation

__all__ = ["sample_names", "seed"]

_REASON = "sample data"
_STAFF_ROLES: dict[str, StaffRole] = {
    "project manager": "project_manager",
    "second project manager": "project_manager",
    "administrator": "admin",
}
_ROTA_ROLES: dict[str, StaffRole] = {"uiEng": "designer", "beEng": "developer"}


def sample_names() -> dict[str, str]:
    """Return the sample rota's people, name by key, in the order of its files."""
    return {
        person.slack_id: person.name or person.slack_id
        for roster in _sample().disciplines.values()
        for person in roster
    }


async def seed(db: DatabaseManager, world: World, settings: Settings) -> bool:
    """Fill the database if nobody is in it yet; returns whether it did."""
    if await db.read(members, active_only=False):
        return False
    server = settings.server
    calendar = Calendar(server.timezone, server.handoff_minute)
    now = int(time.time())
    context = Context(reason=_REASON, at=now, zone=server.timezone, handoff_minute=server.handoff_minute)
    source = replace(_sample(), people={key: person.id for key, person in world.rota.items()})
    source = shift_days(source, days_to_middle(source, calendar.day_of(now)))
    await db.write(ImportRotation(data=mend(source)), context)
    await _introduce_cast(db, world, context)
    await _give_rota_roles(db, world, source, context)
    await db.write(Handoff(), context)
    logger.bind(people=len(world.everybody)).info("sample_data_imported")
    return True


def _sample() -> RotationSource:
    return read_folder(sample_dir() / "rotation")


async def _introduce_cast(db: DatabaseManager, world: World, context: Context) -> None:
    for person, actor in zip(CAST, world.cast, strict=True):
        name = actor.user.global_name or actor.name
        role = _STAFF_ROLES.get(person.part)
        if role is None:
            await db.write(RegisterMember(discord_id=actor.id, username=name), context)
        else:
            await db.write(SetRole(discord_id=actor.id, username=name, role=role), context)


async def _give_rota_roles(
    db: DatabaseManager, world: World, source: RotationSource, context: Context
) -> None:
    for discipline, roster in source.disciplines.items():
        for person in roster:
            actor = world.rota[person.slack_id]
            role = _ROTA_ROLES.get(discipline, "tester")
            await db.write(
                SetRole(discord_id=actor.id, username=actor.user.global_name or actor.name, role=role),
                context,
            )
