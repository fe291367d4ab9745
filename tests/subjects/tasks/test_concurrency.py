"""Many people finish tasks at the same moment: no task is handed out twice, and each is finished once."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, Stale
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.subjects.tasks.model import TaskChange
from modelus_bot.subjects.tasks.queries.lists import task_list
from modelus_bot.subjects.tasks.writes.assigning import AssignTask
from modelus_bot.subjects.tasks.writes.editing import AddTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask
from tests.daily_size import FULL
from tests.subjects.rota import MANAGER, PEOPLE_BASE
from tests.subjects.tasks.task_cases import LONG, TODAY

COMPLETIONS = 2000 if FULL else 200
PEOPLE = tuple(PEOPLE_BASE + number for number in range(100, 140))
WAITING = COMPLETIONS * 3 // 5
EVERYTHING = Viewer(MANAGER, discord_admin=True)


def opened(path: Path) -> DatabaseManager:
    """Return a database that shows viewers what the subjects declare."""
    settings = DatabaseSettings(path=path, synchronous="NORMAL")
    return DatabaseManager(path, settings, visibility=DECLARED.visibility)


async def fill(db: DatabaseManager) -> None:
    """Enter people, a task for each completion, and fewer that wait for somebody."""
    for number, person in enumerate(PEOPLE):
        await db.write(SetRole(discord_id=person, username=f"P{number}", role="developer"), Context())
    await db.write(SetRole(discord_id=MANAGER, username="Max", role="project_manager"), Context())
    for number in range(COMPLETIONS + WAITING):
        owner = PEOPLE[number % len(PEOPLE)] if number < COMPLETIONS else None
        write = AddTask(title=f"T{number}", start=TODAY, end=LONG, role="developer", user_id=owner)
        await db.write(write, Context(actor=MANAGER))


async def test_completions_at_once(tmp_path: Path) -> None:
    """Each of the waiting tasks goes to exactly one of those who finish; the rest get none."""
    path = tmp_path / "tasks.db"
    async with opened(path) as db:
        await fill(db)

        async def finish(number: int) -> TaskChange:
            who = PEOPLE[(number - 1) % len(PEOPLE)]
            return await db.write(MoveTask(task_id=number, to="done", version=1), Context(actor=who))

        changes = await asyncio.gather(*map(finish, range(1, COMPLETIONS + 1)))
        given = [change.given for change in changes if change.given is not None]
        assert len(given) == len({item.id for item in given}) == WAITING
        for change in changes:
            assert change.given is None or change.given.user_id == change.after.user_id
        rest = await db.read(task_list, EVERYTHING, ("open", None, None), COMPLETIONS * 2)
        assert {item.id for item in rest} == {item.id for item in given}
        owners = {item.id: item.user_id for item in given}
        assert {item.id: item.user_id for item in rest} == owners


async def test_one_winner_each(tmp_path: Path) -> None:
    """Ten people take, and then finish, the same task at once: one has it, the others read a sentence."""
    path = tmp_path / "tasks.db"
    async with opened(path) as db:
        await fill(db)
        numbers = range(COMPLETIONS + 1, COMPLETIONS + 21)

        async def take(number: int, who: int) -> tuple[int, int] | None:
            try:
                change = await db.write(AssignTask(task_id=number, user_id=who), Context(actor=who))
            except NotAllowed:
                return None
            assert change.after.user_id == who
            return number, who

        tried = await asyncio.gather(*(take(number, who) for who in PEOPLE[:10] for number in numbers))
        winners = dict(filter(None, tried))
        assert len(winners) == sum(item is not None for item in tried) == len(numbers)
        assert set(winners) == set(numbers)

        async def finish(number: int) -> int:
            write = MoveTask(task_id=number, to="done", version=2, take_next=False)
            try:
                await db.write(write, Context(actor=winners[number]))
            except (InvalidInput, Stale):
                return 0
            return number

        done = Counter(await asyncio.gather(*(finish(number) for _ in range(10) for number in numbers)))
        assert {number: done[number] for number in numbers} == dict.fromkeys(numbers, 1)
        assert done[0] == 9 * len(numbers)
