"""Sample data for an empty database: the sample rota around today, work in every state, nations and wars."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from loguru import logger

from modelus_bot.bundled import sample_dir
from modelus_bot.config import Settings
from modelus_bot.database import Context, DatabaseManager, Viewer
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.fields import StaffRole
from modelus_bot.sandbox.sample_activity import add_sample_activity
from modelus_bot.sandbox.sample_diplomacy import add_sample_diplomacy
from modelus_bot.sandbox.sample_economy import add_sample_economy
from modelus_bot.sandbox.sample_laws import add_sample_laws
from modelus_bot.sandbox.sample_nations import add_sample_nations
from modelus_bot.sandbox.sample_reports import Reporters, add_sample_reports
from modelus_bot.sandbox.sample_tasks import add_sample_tasks
from modelus_bot.sandbox.sample_wars import add_sample_wars
from modelus_bot.sandbox.world import CAST, World
from modelus_bot.subjects.covers.writes.steps import ApproveCover, RequestCover
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.subjects.notices.queries import inbox
from modelus_bot.subjects.notices.writes.reading import MarkRead
from modelus_bot.subjects.oncall.queries import oncall_now
from modelus_bot.subjects.oncall.writes import Handoff
from modelus_bot.subjects.people.queries import members
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rosters.queries import roster
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
    await _cover_two_days(db, world, calendar, context)
    people = [person.id for person in world.rota.values()]
    await add_sample_tasks(db, _manager(world), people, context)
    await add_sample_nations(db, world, context)
    players = [actor.id for item, actor in zip(CAST, world.cast, strict=True) if item.role is None]
    await add_sample_reports(db, Reporters(players, people, _manager(world)), context)
    await _read_some(db, [_manager(world), *people[:2]], context)
    await add_sample_laws(db, _manager(world), context)
    await add_sample_wars(db, _person(world, "administrator"), calendar, context)
    await add_sample_diplomacy(db, _person(world, "administrator"), context)
    await add_sample_activity(db, world, context)
    await add_sample_economy(db, context)
    logger.bind(people=len(world.everybody)).info("sample_data_imported")
    return True


async def _cover_two_days(db: DatabaseManager, world: World, calendar: Calendar, context: Context) -> None:
    """Let two days of the next turn be covered, so that the lists show what that looks like."""
    found = await db.read(oncall_now, context.at, calendar)
    turn = next((holder for holder in found.next_holders if holder.user_id is not None), None)
    if turn is None or found.next_sprint is None:
        return
    people = [item.user_id for item in await db.read(roster, turn.discipline) if item.user_id != turn.user_id]
    days = found.next_sprint.days
    if not people or days.last < days.first + timedelta(days=2):
        return
    write = RequestCover(
        sprint_id=found.next_sprint.id,
        discipline=turn.discipline,
        replacement_id=people[0],
        reason="dentist",
        first_day=days.first + timedelta(days=1),
        last_day=days.first + timedelta(days=2),
    )
    asked = await db.write(write, replace(context, actor=turn.user_id))
    await db.write(ApproveCover(cover_id=asked.cover.id), replace(context, actor=_manager(world)))


async def _read_some(db: DatabaseManager, people: Sequence[int], context: Context) -> None:
    """Let some people have read the oldest of their notices."""
    for person in people:
        found = await db.read(inbox, Viewer(person, discord_admin=False), context.at, 50)
        for notice in found[-2:]:
            await db.write(MarkRead(id=notice.id), replace(context, actor=person))


def _manager(world: World) -> int:
    return _person(world, "project manager")


def _person(world: World, part: str) -> int:
    return world.cast[[item.part for item in CAST].index(part)].id


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
    for discipline, people in source.disciplines.items():
        for person in people:
            actor = world.rota[person.slack_id]
            role = _ROTA_ROLES.get(discipline, "tester")
            await db.write(
                SetRole(discord_id=actor.id, username=actor.user.global_name or actor.name, role=role),
                context,
            )
