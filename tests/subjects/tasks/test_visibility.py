"""Who sees which task: every query gives exactly what the rule, said once more, leaves to somebody."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotAllowed, NotFound
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.subjects.tasks.model import BoardFilter, BoardPage
from modelus_bot.subjects.tasks.queries.board import BOARD_COLUMNS, board
from modelus_bot.subjects.tasks.queries.lists import epics, late_tasks, my_tasks, task, task_list, task_names
from modelus_bot.subjects.tasks.queries.sprint_work import sprint_work
from tests.daily_size import FULL
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, EVE, GUEST, MANAGER, Rota
from tests.subjects.tasks.task_cases import TODAY, all_tasks, fill, seen_by

POPULATIONS = 40 if FULL else 1
ALL = 10_000
VIEWERS = (Viewer(ADA), Viewer(BEN), Viewer(DAN), Viewer(MANAGER), Viewer(ADMIN), Viewer(GUEST, True))


def counted(page: BoardPage) -> dict[str, int]:
    """Return how many cards each column has in all."""
    return {part.column: part.count for part in page.parts}


@pytest.mark.parametrize("seed", range(POPULATIONS))
def test_every_query_keeps_to_the_rule(staffed: Rota, seed: int) -> None:
    """Lists, names, epics, the board with its counts, the burndown, and each task by its number."""
    dice = random.Random(seed)
    for person in (BEN, CLEO, DAN):
        staffed.do(
            SetRole(discord_id=person, username="x", role=dice.choice(["developer", "tester", "designer"])),
            ADMIN,
        )
    fill(staffed.connection, 120, seed)
    rows = {row["id"]: row for row in all_tasks(staffed)}
    for viewer in VIEWERS:
        visible = seen_by(staffed, viewer)
        mine = {number: row for number, row in rows.items() if number in visible}

        def those(status: str, own: dict[int, dict[str, object]] = mine) -> set[int]:
            return {number for number, row in own.items() if row["status"] == status}

        for status in ("todo", "in_progress", "done", "cancelled"):
            found = staffed.ask(task_list, viewer, (status, None, None), ALL)
            assert {item.id for item in found} == those(status)
            assert len(found) == len(those(status))
        found = staffed.ask(task_list, viewer, ("open", None, None), ALL)
        assert {item.id for item in found} == those("todo") | those("in_progress")
        by_role = staffed.ask(task_list, viewer, ("open", "tester", None), ALL)
        assert {item.id for item in by_role} == {
            number
            for number in those("todo") | those("in_progress")
            if rows[number]["assigned_role"] == "tester"
        }
        by_epic = staffed.ask(task_list, viewer, ("done", None, "Senate"), ALL)
        assert {item.id for item in by_epic} == {
            number for number in those("done") if rows[number]["epic"] == "Senate"
        }
        assert {item.id for item in staffed.ask(late_tasks, viewer, ALL)} == {
            number for number, row in mine.items() if row["is_delayed"]
        }
        assert {item.id for item in staffed.ask(my_tasks, viewer, "todo", ALL)} == {
            number for number in those("todo") if rows[number]["assigned_user_id"] == viewer.id
        }
        named = staffed.ask(task_names, viewer, "", closed=True, limit=ALL)
        assert {item.id for item in named} == visible
        assert set(staffed.ask(epics, viewer)) == {row["epic"] for row in mine.values() if row["epic"]}
        page = staffed.ask(board, viewer, BoardFilter(), ALL)
        for column in BOARD_COLUMNS:
            assert {item.id for item in page.cards(column)} == those(column)
            assert counted(page)[column] == len(those(column))
        work = staffed.ask(sprint_work, viewer, TODAY, TODAY + timedelta(days=14), 0)
        assert len(work) == sum(
            str(TODAY) < str(row["end_date"]) <= str(TODAY + timedelta(days=14))
            for number, row in mine.items()
            if row["status"] != "cancelled"
        )
        for number in rows:
            if number in visible:
                assert staffed.ask(task, viewer, number).id == number
            else:
                with pytest.raises(NotFound):
                    staffed.ask(task, viewer, number)


def test_the_filters_of_the_board(staffed: Rota) -> None:
    """Person, epic and discipline, alone and together, also in the counts; pages follow each other."""
    fill(staffed.connection, 300)
    rows = all_tasks(staffed)
    viewer = Viewer(MANAGER)
    for wanted in (
        BoardFilter(user_id=EVE),
        BoardFilter(epic="House"),
        BoardFilter(discipline="account"),
        BoardFilter(EVE, "House", "account"),
    ):
        expected = [
            row
            for row in rows
            if wanted.user_id in {None, row["assigned_user_id"]}
            and wanted.epic in {None, row["epic"]}
            and wanted.discipline in {None, row["discipline"]}
        ]
        page = staffed.ask(board, viewer, wanted, ALL)
        for column in BOARD_COLUMNS:
            ids = {row["id"] for row in expected if row["status"] == column}
            assert {item.id for item in page.cards(column)} == ids
            assert counted(page)[column] == len(ids)
    whole = staffed.ask(board, viewer, BoardFilter(), ALL).cards("todo")
    pages = [staffed.ask(board, viewer, BoardFilter(), 8, 8 * number) for number in range(30)]
    assert tuple(item for page in pages for item in page.cards("todo")) == whole
    order = [(-item.priority, item.start, item.id) for item in whole]
    assert order == sorted(order)


def test_players_read_nothing(staffed: Rota) -> None:
    """Every query refuses those who are not staff, in a sentence."""
    fill(staffed.connection, 5)
    viewer = Viewer(GUEST)
    for ask in (
        lambda: staffed.ask(task, viewer, 1),
        lambda: staffed.ask(my_tasks, viewer, "open"),
        lambda: staffed.ask(task_list, viewer, ("open", None, None)),
        lambda: staffed.ask(late_tasks, viewer),
        lambda: staffed.ask(task_names, viewer, ""),
        lambda: staffed.ask(epics, viewer),
        lambda: staffed.ask(board, viewer, BoardFilter()),
        lambda: staffed.ask(sprint_work, viewer, TODAY, TODAY, 0),
    ):
        with pytest.raises(NotAllowed, match="Only staff"):
            ask()
