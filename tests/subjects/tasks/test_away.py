"""Tasks while the database is away: lists as they were last known, each for whom they are; nothing moves."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from modelus_bot.database import ReadTransaction
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.tasks.model import StaffTask
from modelus_bot.subjects.tasks.queries.lists import task_list
from modelus_bot.subjects.tasks.writes.editing import AddTask
from tests.commands.acting import words_of
from tests.commands.away import SIGN, going_on, notice_absence, take_away
from tests.conftest import BotEnv, first_sprint_day

TODAY = first_sprint_day() + timedelta(days=21)


async def known(db: DatabaseManager, viewer: Viewer) -> None:
    """Wait until the snapshot knows the tasks that the database has."""
    assert db.fallback is not None
    snapshot = db.fallback.snapshot
    wanted = await db.read(task_list, viewer, ("open", None, None))

    def ask(tx: ReadTransaction) -> tuple[StaffTask, ...]:
        return task_list(tx, viewer, ("open", None, None))

    async with asyncio.timeout(30):
        while await snapshot.answer(task_list, ask, viewer) != wanted:
            await asyncio.sleep(0.01)


async def test_lists_are_shown_and_nothing_moves(bot_env: BotEnv) -> None:
    """The board, a list and a task, for a manager and for a developer; buttons, menus, confirming refuse."""
    env = bot_env
    avery, manager = env.staff("avery"), env.manager
    async with going_on(env) as db:
        for title, role in (("Draw the map", "developer"), ("Secret", "designer")):
            write = AddTask(title=title, start=TODAY, end=TODAY + timedelta(days=40), role=role)
            await db.write(write, Context(actor=manager.id))
        board = await avery.slash(env.channel, "task board")
        card = await avery.slash(env.channel, "task show", task="1")
        asked = await manager.slash(env.channel, "task cancel", task="1", reason="r")
        await known(db, Viewer(manager.id))
        take_away(env.settings.database.path)
        await notice_absence(db)

        for command in ("task board", "task list"):
            own = words_of(await avery.slash(env.channel, command))
            assert "Draw the map" in own
            assert "Secret" not in own
            assert own.count(SIGN) == own.count("What is shown is as of") == 1
            assert "Secret" in words_of(await manager.slash(env.channel, command))
        hidden = words_of(await avery.slash(env.channel, "task show", task="2"))
        assert "There is no task number 2" in hidden
        menu = "board:start:0:.."
        for refused in (
            await avery.click(card.response, label="Start"),
            await avery.select(board.response, ["1:1:in_progress"], custom_id=menu),
            await manager.click(asked.response, label="Call it off"),
        ):
            said = words_of(refused)
            assert "Not done" in said, said
        suggested = await avery.autocomplete(env.channel, "task show", "task", "")
        assert [choice["name"] for choice in suggested] == ["1: Draw the map"]
