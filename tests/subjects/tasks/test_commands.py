"""/task as people use it: every command on its good way, with buttons and menus, also after a restart."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.tasks.choices import task_numbers
from modelus_bot.subjects.tasks.commands.viewing import CARDS
from modelus_bot.subjects.tasks.model import TaskChange
from modelus_bot.subjects.tasks.writes.editing import AddTask, EditTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask
from tests.commands.acting import confirmed, labels, lift_discords_hint, rows, words_of
from tests.conftest import BotEnv, first_sprint_day

if TYPE_CHECKING:
    import simcord

TODAY = first_sprint_day() + timedelta(days=21)
STATUS = "SELECT status, progress, assigned_user_id, version FROM tasks WHERE id = ?"


async def add(env: BotEnv, actor: simcord.MemberActor, **fields: Any) -> TaskChange:
    """Add a task that is far from due."""
    given = {"title": "Write the law", "start": TODAY, "end": TODAY + timedelta(days=40)} | fields
    return await env.db.write(AddTask(**given), Context(actor=actor.id))


def stands(env: BotEnv, number: int) -> tuple[Any, ...]:
    """Return status, progress, owner and version of a task."""
    return rows(env, STATUS, number)[0]


def menu_values(message: Any, way: str) -> list[str]:
    """Return what a menu of the board offers."""
    found = [
        part
        for row in message.components
        for part in (row if isinstance(row, dict) else row.to_dict())["components"]
        if str(part.get("custom_id", "")).startswith(f"board:{way}:")
    ]
    return [option["value"] for part in found for option in part["options"]]


async def test_a_task_from_its_making_to_the_next_one(bot_env: BotEnv) -> None:
    """Added by a manager, started by who has the role, worked on, done; the next one comes beside it."""
    env = bot_env
    avery, manager = env.staff("avery"), env.manager
    days = {"start": "today", "end": "in 3 weeks"}
    made = await manager.slash(
        env.channel, "task add", title="Draw the **map**", role="developer", epic="Senate", priority=2,
        estimate=8, description="All of it", **days,
    )  # fmt: skip
    said = words_of(made)
    for words in (
        "Added as task 1",
        r"Draw the \*\*map",
        "open to developers",
        "important",
        "8 h",
        "> All of it",
    ):
        assert words in said, said
    assert made.response is not None
    assert made.response.ephemeral
    await manager.slash(env.channel, "task add", title="Count", role="developer", **days)

    started = words_of(await avery.slash(env.channel, "task start", task="1"))
    assert "To do → In progress" in started
    assert "nobody → Avery Account" in started
    part = words_of(await avery.slash(env.channel, "task progress", task="#1", percent=60))
    assert "0 % → 60 %" in part
    assert "medium → low" in part
    done = await avery.slash(env.channel, "task done", task="1: Draw the map")
    assert "In progress → Done" in words_of(done)
    assert "Next for you: Task 2: Count" in words_of(done)
    assert stands(env, 2)[2] == avery.id
    shown = await avery.slash(env.channel, "task show", task="2")
    assert labels(shown.response) == ["Start", "Done"]
    assert "20 points: nothing is done yet 20" in words_of(shown)
    last = words_of(await avery.slash(env.channel, "task done", task="2", take_next=False))
    assert "Next for" not in last


async def test_edit_assign_and_calling_off(bot_env: BotEnv) -> None:
    """Before → after, back to the role, and a question before a task is called off, once."""
    env = bot_env
    avery, bo = env.staff("avery"), env.staff("bo")
    await add(env, env.manager, role="developer", user_id=avery.id)
    edited = await env.manager.slash(
        env.channel, "task edit", task="1", title="Better", priority=3, discipline="account", story="Rules"
    )
    for words in ("Write the law → Better", "normal → urgent", "none → Account", "none → Rules"):
        assert words in words_of(edited), words_of(edited)
    given = words_of(await avery.slash(env.channel, "task assign", task="1", user=bo))
    assert "Avery Account → Bo Account" in given
    back = words_of(await bo.slash(env.channel, "task assign", task="1"))
    assert "Bo Account → nobody" in back

    asked = await env.manager.slash(env.channel, "task cancel", task="1", reason="No **use**")
    assert "Call off Task 1: Better?" in words_of(asked)
    await env.db.write(EditTask(task_id=1, title="New"), Context(actor=env.manager.id))
    await env.manager.click(asked.response, label="Call it off")
    assert "has been changed since" in words_of(asked)
    said = await confirmed(env, env.manager, "task cancel", "Call it off", task="1", reason="No use")
    assert "To do → Cancelled" in said
    assert stands(env, 1)[0] == "cancelled"
    reason = "SELECT reason FROM audit_logs WHERE table_name = 'tasks' ORDER BY id DESC LIMIT 1"
    assert rows(env, reason) == [("No use",)]


async def test_many_at_once(bot_env: BotEnv) -> None:
    """A preview saves nothing; confirmed, what can be given is, and each other one says why."""
    env = bot_env
    bo = env.staff("bo")
    for _ in range(3):
        await add(env, env.manager, role="developer")
    await env.db.write(MoveTask(task_id=2, to="done"), Context(actor=env.manager.id))
    options = {"tasks": "1-3, 99", "user": bo}
    tried = words_of(await env.manager.slash(env.channel, "task bulk-assign", dry_run=True, **options))
    for words in ("Only a preview", "Assigned, 2", "Not assigned, 2", "Task 2 is done", "no task number 99"):
        assert words in tried, tried
    assert stands(env, 1)[2] is None
    said = await confirmed(env, env.manager, "task bulk-assign", "Assign", **options)
    assert "Assigned, 2" in said
    assert [stands(env, number)[2] for number in (1, 2, 3)] == [bo.id, None, bo.id]


async def test_lists_and_pages(bot_env: BotEnv) -> None:
    """By status, epic and role, ten a page that turn after a restart; each sees their own."""
    env = bot_env
    avery = env.staff("avery")
    for number in range(12):
        await add(env, env.manager, title=f"Law {number}", user_id=avery.id, epic="S" * 50, role="tester")
    late = {"start": TODAY - timedelta(days=9), "end": TODAY - timedelta(days=2)}
    await add(env, env.manager, title="Old", user_id=env.staff("bo").id, **late)
    listed = await avery.slash(env.channel, "task list", epic="S" * 50, role="tester")
    assert "Law 9" in words_of(listed)
    assert "Law 10" not in words_of(listed)
    await env.restart()
    await avery.click(listed.response, label="More")
    assert "Law 11" in words_of(listed)
    assert "Page 2" in words_of(listed)
    assert "Open tasks of testers, epic S" in words_of(listed)
    mine = words_of(await avery.slash(env.channel, "task mine"))
    assert "Open tasks of yours" in mine
    assert "Law 3" in mine
    assert "None of yours" in words_of(await avery.slash(env.channel, "task mine", status="done"))
    assert "None. Well done." in words_of(await avery.slash(env.channel, "task late"))
    all_late = words_of(await env.manager.slash(env.channel, "task late"))
    assert "**13** ⚠️ Old — Bo Account" in all_late
    assert "high risk" in all_late


async def test_suggestions(bot_env: BotEnv) -> None:
    """By title and number, what one may see, open ones only where closed ones are of no use; and epics."""
    env = bot_env
    await lift_discords_hint(env, env.player)
    avery = env.staff("avery")
    await add(env, env.manager, title="Draw the map", role="developer", epic="Senate")
    await add(env, env.manager, title="Secret map", role="designer")
    await add(env, env.manager, title="Old map", role="developer")
    await env.db.write(MoveTask(task_id=3, to="done"), Context(actor=env.manager.id))

    async def names(who: Any, command: str, option: str, typed: str) -> list[str]:
        found = await who.autocomplete(env.channel, command, option, typed)
        return [choice["name"] for choice in found]

    assert await names(avery, "task start", "task", "MAP") == ["1: Draw the map"]
    assert await names(avery, "task show", "task", "map") == ["3: Old map", "1: Draw the map"]
    assert await names(env.manager, "task done", "task", "2") == ["2: Secret map"]
    assert await names(avery, "task list", "epic", "sen") == ["Senate"]
    assert await names(env.player, "task list", "epic", "") == []
    picked = await avery.autocomplete(env.channel, "task start", "task", "draw")
    assert "In progress" in words_of(await avery.slash(env.channel, "task start", task=picked[0]["value"]))


async def test_buttons_go_on_after_a_restart_and_know_what_they_showed(bot_env: BotEnv) -> None:
    """Start, back, done and reopening; an old card's press is refused in a sentence and changes nothing."""
    env = bot_env
    avery, bo = env.staff("avery"), env.staff("bo")
    await add(env, env.manager, role="developer")
    shown = await avery.slash(env.channel, "task show", task="1")
    old = await avery.slash(env.channel, "task show", task="1")
    assert labels(shown.response) == ["Start", "Done", "Take it"]
    await env.restart()
    await avery.click(shown.response, label="Take it")
    assert labels(shown.response) == ["Start", "Done"]
    for label, status in (("Start", "in_progress"), ("Back to do", "todo"), ("Done", "done")):
        await avery.click(shown.response, label=label)
        assert stands(env, 1)[0] == status
    await avery.click(shown.response, label="Not done after all")
    assert stands(env, 1) == ("in_progress", 90, avery.id, 6)
    pressed = await avery.click(old.response, label="Done")
    assert "has been changed since this was shown" in words_of(pressed)
    others = await bo.slash(env.channel, "task show", task="1")
    refused = await bo.click(others.response, label="Done")
    assert "belongs to Avery Account" in words_of(refused)
    assert stands(env, 1)[3] == 6


async def test_the_board(bot_env: BotEnv) -> None:
    """Columns with counts and pages; a menu moves a card, after a restart too, and none that changed."""
    env = bot_env
    avery = env.staff("avery")
    for number in range(CARDS + 2):
        await add(env, env.manager, title=f"Law {number}", role="developer", epic="Senate")
    await add(env, env.manager, title="Map", user_id=env.staff("bo").id, discipline="account")
    board = await avery.slash(env.channel, "task board", epic="Senate")
    said = words_of(board)
    assert "To do (10)" in said
    assert "epic Senate" in said
    assert "Map" not in said
    assert len(menu_values(board.response, "start")) == CARDS
    stale = await avery.slash(env.channel, "task board", epic="Senate")

    await env.restart()
    await avery.select(board.response, ["1:1:in_progress"], custom_id=menu_id(board.response, "start"))
    assert stands(env, 1) == ("in_progress", 0, avery.id, 2)
    assert "To do (9)" in words_of(board)
    assert "In progress (1)" in words_of(board)
    await avery.click(board.response, label="More")
    assert "Page 2" in words_of(board)
    await avery.click(board.response, label="Back")

    pressed = await avery.select(
        stale.response, ["1:1:in_progress"], custom_id=menu_id(stale.response, "start")
    )
    assert "has been changed since" in words_of(pressed)
    assert "In progress (1)" in words_of(stale)

    pressed = await avery.select(board.response, ["1:2:done"], custom_id=menu_id(board.response, "finish"))
    assert stands(env, 1)[0] == "done"
    assert "Next for you: Task 2" in words_of(pressed)
    await avery.select(board.response, ["1:3:in_progress"], custom_id=menu_id(board.response, "back"))
    assert stands(env, 1)[:2] == ("in_progress", 90)
    of_bo = words_of(
        await env.manager.slash(env.channel, "task board", user=env.staff("bo"), discipline="account")
    )
    assert "of Bo Account, discipline Account" in of_bo
    assert "To do (1)" in of_bo
    everything = words_of(await env.admin.slash(env.channel, "task board"))
    assert "To do (10)" in everything


async def test_a_page_of_the_board_that_is_gone_shows_the_last(bot_env: BotEnv) -> None:
    """Turned to a page that was emptied meanwhile, the board shows the last one that is left."""
    env = bot_env
    for number in range(CARDS + 1):
        await add(env, env.manager, title=f"Law {number}")
    board = await env.manager.slash(env.channel, "task board")
    await env.db.write(MoveTask(task_id=1, to="done"), Context(actor=env.manager.id))
    await env.manager.click(board.response, label="More")
    assert "To do (8)" in words_of(board)
    assert "Page" not in words_of(board)


async def test_players_and_their_buttons(bot_env: BotEnv) -> None:
    """Whoever is no longer staff cannot press what they were shown as staff."""
    env = bot_env
    avery = env.staff("avery")
    await add(env, env.manager, user_id=avery.id)
    board = await avery.slash(env.channel, "task board")
    shown = await avery.slash(env.channel, "task show", task="1")
    await env.admin.slash(env.channel, "member role", user=avery, role="none")
    for pressed in (
        await avery.click(shown.response, label="Start"),
        await avery.select(board.response, ["1:1:in_progress"], custom_id=menu_id(board.response, "start")),
    ):
        assert "Only staff can do this" in words_of(pressed), words_of(pressed)
    assert stands(env, 1)[0] == "todo"


def menu_id(message: Any, way: str) -> str:
    """Return the id of a menu of the board."""
    found = [
        str(part["custom_id"])
        for row in message.components
        for part in (row if isinstance(row, dict) else row.to_dict())["components"]
        if str(part.get("custom_id", "")).startswith(f"board:{way}:")
    ]
    return found[0]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12", (12,)),
        ("#12, 13;14  15", (12, 13, 14, 15)),
        ("12, 15 – 18, 15", (12, 15, 16, 17, 18)),
    ],
)
def test_numbers_as_people_write_them(text: str, numbers: tuple[int, ...]) -> None:
    """With commas, spaces and ranges; each once."""
    assert task_numbers(text) == numbers
