"""Every query of the project, found by looking, and what people ask each kept or hot one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import modelus_bot.database
import modelus_bot.domain
import modelus_bot.subjects
from modelus_bot.database.core.operation import Query
from modelus_bot.domain import permissions
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.permissions import Viewer, standing_of
from modelus_bot.subjects.blocs import queries as bloc_queries
from modelus_bot.subjects.coverage.queries import coverage_gaps, fairness, load_balance
from modelus_bot.subjects.covers.queries import cover, covers
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.duty_calendar.queries import duty_calendar
from modelus_bot.subjects.feed.queries import recent_events
from modelus_bot.subjects.laws.queries import lists, tags
from modelus_bot.subjects.laws.queries import records as law_records
from modelus_bot.subjects.nations.queries import (
    cities,
    lookup,
    mapped,
    names,
    offices,
    overview,
    ranking,
    records,
)
from modelus_bot.subjects.oncall.queries import duties, oncall_now, oncall_on
from modelus_bot.subjects.people.queries import everybody, member, member_card, members, search_members
from modelus_bot.subjects.rosters.queries import is_rostered, roster
from modelus_bot.subjects.sprints.queries.sprints import (
    current_sprint,
    sprint,
    sprint_view,
    sprints,
    sprints_with_holders,
)
from modelus_bot.subjects.tasks.model import BoardFilter
from modelus_bot.subjects.tasks.queries.board import board
from modelus_bot.subjects.tasks.queries.lists import epics, late_tasks, my_tasks, task, task_list, task_names
from modelus_bot.subjects.tasks.queries.sprint_work import sprint_work
from modelus_bot.subjects.treaties import queries as treaty_queries
from modelus_bot.subjects.triage.queries import items, routing
from modelus_bot.subjects.wars import queries as war_queries
from tests.subjects.rota import ADA, ADMIN, BEN, GUEST, MANAGER, Rota

__all__ = ["all_queries", "questions"]

Asked = dict[Query[..., Any], list[tuple[Any, ...]]]

PEOPLE = (ADA, BEN, MANAGER, ADMIN, GUEST, 11)
STRANGER = 2**41
"""Holds no office and has no role in any history."""
KEYS = ("account", "producer", "extra", "unknown")
STATUSES = ("pending", "open", "taken", "approved", "declined", "withdrawn", "expired", "revoked")

TASKS = ("open", "todo", "in_progress", "done", "cancelled")


def all_queries() -> set[Query[..., Any]]:
    """Return every query of database, domain and subjects."""
    found: set[Query[..., Any]] = set()
    for package in (modelus_bot.database, modelus_bot.domain, modelus_bot.subjects):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            names = vars(importlib.import_module(module.name)).values()
            found |= {name for name in names if isinstance(name, Query)}
    return found


def questions(rota: Rota) -> Asked:
    """Return arguments for every kept or hot query: people, instants and numbers, known and unknown."""
    at, calendar = rota.at, rota.calendar
    today = calendar.day_of(at)
    days = [today + timedelta(days=number) for number in (-400, -15, 0, 1, 14, 90, 4000)]
    instants = [at, at - 86400 * 30, at + 86400 * 15, calendar.handoff(today) - 1, calendar.handoff(today)]
    viewers = [Viewer(item) for item in PEOPLE] + [Viewer(GUEST, discord_admin=True)]
    numbers = _numbers(rota)
    elsewhere = Calendar("Pacific/Kiritimati", 0)
    return {
        cover: [(number,) for number in numbers],
        covers: [(), *((status, 3, skip) for status in STATUSES for skip in (0, 2))],
        disciplines: [(), (False,)],
        duties: [(person, when, calendar) for person in PEOPLE for when in instants[:2]],
        oncall_now: [
            *((when, calendar) for when in instants),
            *((at, calendar, key) for key in KEYS),
            (at, elsewhere),
        ],
        oncall_on: [(day, calendar) for day in days],
        everybody: [()],
        member: [(person,) for person in PEOPLE],
        member_card: [(viewer, person) for viewer in viewers[:3] for person in PEOPLE],
        members: [(), (False,)],
        search_members: [("",), ("a",), ("MAX",), ("%",), ("", 2)],
        standing_of: [(viewer,) for viewer in viewers],
        permissions.check_admin: [(viewer,) for viewer in viewers],
        permissions.check_manager: [(viewer,) for viewer in viewers],
        permissions.check_part: [(viewer,) for viewer in viewers],
        permissions.check_staff: [(viewer,) for viewer in viewers],
        is_rostered: [(person, key) for person in PEOPLE for key in KEYS],
        roster: [(), *((key,) for key in KEYS)],
        task: [(viewer, number) for viewer in viewers for number in (*range(1, 7), 999)],
        task_list: [
            *((viewer, (status, None, None)) for viewer in viewers for status in TASKS),
            *((viewer, ("open", "developer", None), 2, 1) for viewer in viewers),
            *((viewer, ("open", None, "Senate")) for viewer in viewers),
        ],
        my_tasks: [(viewer, status, 2) for viewer in viewers for status in TASKS],
        late_tasks: [(viewer, 3, skip) for viewer in viewers for skip in (0, 2)],
        task_names: [(viewer, text) for viewer in viewers for text in ("", "2026", "1", "%")],
        epics: [(viewer,) for viewer in viewers],
        board: [
            (viewer, wanted, 3, skip)
            for viewer in viewers
            for wanted in (BoardFilter(), BoardFilter(ADA), BoardFilter(epic="x", discipline="account"))
            for skip in (0, 2)
        ],
        sprint_work: [(viewer, days[1], days[4], instants[1]) for viewer in viewers],
        current_sprint: [(when, calendar) for when in instants],
        sprint: [(number,) for number in numbers],
        sprint_view: [(number, at, calendar) for number in (None, *numbers)],
        sprints_with_holders: [(day, skip, 3) for day in days for skip in (0, 2)],
        sprints: [(), *((day,) for day in days)],
        items.item: [(number,) for number in numbers],
        items.item_for: [(viewer, number) for viewer in viewers for number in numbers[:3]],
        items.items_by_reporter: [(viewer, 5, skip) for viewer in viewers for skip in (0, 2)],
        items.items_of: [(viewer, person, 5, 0) for viewer in viewers for person in PEOPLE[:2]],
        items.queue: [(viewer, key, at, 5, 0) for viewer in viewers for key in (None, *KEYS)],
        items.snoozed_items: [(viewer, at, 5, 0) for viewer in viewers],
        items.open_of_each: [(viewer,) for viewer in viewers],
        items.suggested_items: [(viewer, own, at) for viewer in viewers for own in (True, False)],
        records.nation: [(number,) for number in numbers],
        records.nation_sheet: [(number,) for number in numbers],
        cities.cities_of: [(number,) for number in numbers],
        names.aliases_of: [(number,) for number in numbers],
        cities.own_cities: [(person,) for person in PEOPLE],
        offices.offices_of: [(number,) for number in numbers],
        offices.office_history: [(number, 2, skip) for number in numbers for skip in (0, 1)],
        offices.office_held_by: [(person,) for person in PEOPLE],
        ranking.ranking: [
            (by, person, 2, skip) for by in ranking.PAGES for person in (None, ADA) for skip in (0, 2)
        ],
        overview.overview: [(person,) for person in (ADA, STRANGER)],
        mapped.map_view: [(by, ("Texas", "lone star", "Nowhere")) for by in ranking.PAGES],
        mapped.grouped_map: [("war", number, ("Texas", "Nowhere")) for number in (None, 1, 2, 9)],
        lookup.nation_called: [("texas",), ("Republic of Texas",), ("Lone Star",), ("nowhere",)],
        lookup.named_nations: [("",), ("tex",), ("lone",), ("texxas",), ("%",)],
        **_about_laws(),
        recent_events: [(Viewer(STRANGER), 3, skip) for skip in (0, 2)],
        war_queries.wars: [(), ("active", 2, 1), ("ended", 2)],
        war_queries.war_sheet: [(number,) for number in range(5)],
        war_queries.war_events: [(number, 3, skip) for number in range(5) for skip in (0, 2)],
        war_queries.named_wars: [()],
        war_queries.war_choices: [()],
        war_queries.war_groups: [(number,) for number in (None, *range(5))],
        treaty_queries.treaty: [(number,) for number in range(5)],
        treaty_queries.treaties: [
            (status, of, 2, skip)
            for status in ("active", "pending", "ended")
            for of in (None, 1, 2)
            for skip in (0, 1)
        ],
        treaty_queries.treaties_to_pick: [
            (viewer, status, side)
            for viewer in viewers
            for status in ("active", "pending")
            for side in ("either", "answers", "proposed")
        ],
        treaty_queries.treaties_in_force: [()],
        bloc_queries.bloc_sheet: [(number,) for number in range(4)],
        bloc_queries.blocs: [(), ("disbanded", 2), ("active", 1, 1)],
        bloc_queries.named_blocs: [()],
        bloc_queries.blocs_to_pick: [
            (viewer, of) for viewer in viewers for of in ("led", "member", "invited", "active")
        ],
        bloc_queries.blocs_of: [(number,) for number in range(5)],
        bloc_queries.invitations_of: [(number,) for number in range(5)],
        bloc_queries.bloc_of_each_nation: [()],
        bloc_queries.bloc_groups: [(None,)],
        routing.routes: [(when, calendar) for when in instants],
        **{
            asked: [(viewer, days[1], days[4]) for viewer in viewers]
            for asked in (fairness, load_balance, coverage_gaps)
        },
        duty_calendar: [
            (viewer, whose, at, calendar, days[4], 7) for viewer in viewers for whose in (None, viewer.id)
        ],
    }


def _about_laws() -> Asked:
    """Return arguments about laws, for a stranger: of what is closed to them no snapshot says anything."""
    who, keys = Viewer(STRANGER), ("1-1", "1-2", "2-1", "#1", "#2", "9-9", "x")
    return {
        law_records.law_sheet: [(who, key, revision) for key in keys for revision in (None, 1, 2, 9)],
        law_records.revisions_of: [(who, key, 2, skip) for key in keys for skip in (0, 1)],
        law_records.revision_texts: [(who, key, 1, 2) for key in keys],
        lists.laws: [
            (who, nation, tag, status, 2, skip)
            for nation in (None, 1)
            for tag in (None, 1)
            for status in (None, "enacted", "repealed", "draft")
            for skip in (0, 2)
        ],
        lists.named_laws: [(who, text) for text in ("", "law", "Nation 1", "Texas 1", "#2", "%")],
        lists.law_called: [(who, text) for text in ("law 1", "Law 2", "Texas 1 §2", "#2", "nothing")],
        lists.law_book: [(who, number) for number in (1, 2, 99)],
        tags.tags: [()],
        tags.tag_sheet: [(who, number) for number in (1, 2, 9)],
    }


def _numbers(rota: Rota) -> Sequence[int]:
    known = rota.rows(
        "SELECT id FROM nations UNION SELECT id FROM sprints UNION SELECT id FROM overrides"
        " UNION SELECT id FROM triage_items"
        " ORDER BY 1 DESC LIMIT 6"
    )
    return [0, 999, *(row[0] for row in known)]
