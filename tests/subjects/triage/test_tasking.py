"""A task made of an item: once, linked from both, and whoever has the item hears when it is done."""

from __future__ import annotations

from datetime import date

from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.tasks.queries.lists import task
from modelus_bot.subjects.tasks.writes.editing import CancelTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask
from modelus_bot.subjects.triage.cards.items import card_of
from modelus_bot.subjects.triage.queries.items import item_for, open_of_each
from modelus_bot.subjects.triage.queries.unshown import unshown_items
from modelus_bot.subjects.triage.writes.closing import ResolveItem
from modelus_bot.subjects.triage.writes.steps import ClaimItem
from modelus_bot.subjects.triage.writes.tasking import MakeTask
from tests.subjects.rota import ADA, BEN, CLEO, DAN, GUEST, Rota
from tests.subjects.triage.triage_cases import again, report, words

DUE = date(2026, 3, 1)


def shown(rota: Rota, person: int, number: int) -> dict[str, str]:
    """Return the facts on an item's card as somebody sees it."""
    found = rota.ask(item_for, Viewer(person), number)
    return {field.name: field.text for field in card_of(found, {}, rota.at).fields}


def test_a_task_is_made_once_and_linked_from_both(rota: Rota) -> None:
    """It has the item's title and is open to its duty; the item's log says so, its card follows the task."""
    found = report(rota, title="Count the votes")
    made = rota.do(MakeTask(item_id=found.id, end=DUE), BEN).after
    assert (made.title, made.discipline, made.user_id, made.end) == ("Count the votes", "account", None, DUE)
    assert rota.ask(task, Viewer(BEN), made.id).triage_id == found.id
    assert words(rota, found)[-1] == f"Task {made.id} was made of it by Ben: Count the votes"
    assert rota.refusal(MakeTask(item_id=found.id, end=DUE), DAN).rule == "triage.has_task"
    assert shown(rota, BEN, found.id)["Task"].startswith(f"task {made.id}, to do")
    assert "Task" not in shown(rota, GUEST, found.id)
    rota.rows("UPDATE triage_items SET shown_version = version")
    rota.do(MoveTask(task_id=made.id, to="in_progress"), BEN)
    (behind,) = rota.ask(unshown_items, 0, 9)
    assert (behind.task_id, behind.task_status) == (made.id, "in_progress")


def test_one_that_was_called_off_makes_room_for_another(rota: Rota) -> None:
    """With another title, for somebody."""
    found = report(rota)
    first = rota.do(MakeTask(item_id=found.id, end=DUE), BEN).after
    rota.do(CancelTask(task_id=first.id, reason="x"), BEN)
    second = rota.do(MakeTask(item_id=found.id, end=DUE, title="Again", member_id=CLEO), BEN).after
    assert (second.title, second.user_id, second.discipline) == ("Again", CLEO, None)
    assert again(rota, found).task_id == second.id


def test_whoever_has_the_item_hears_that_its_task_is_done(rota: Rota) -> None:
    """Once, with the item; not when they finished it themselves, nor for an item that is closed."""
    found, closed = report(rota), report(rota)
    rota.do(ClaimItem(item_id=found.id), ADA)
    for item in (found, closed):
        made = rota.do(MakeTask(item_id=item.id, end=DUE, member_id=CLEO), BEN).after
        if item is closed:
            rota.do(ResolveItem(item_id=closed.id, resolution="x"), ADA)
        rota.do(MoveTask(task_id=made.id, to="done"), CLEO)
    assert rota.notices(ADA).count(f"The task of item {found.id} is done") == 1
    assert f"The task of item {closed.id} is done" not in rota.notices(ADA)
    assert f"Done: task {made.id} (A title)" in rota.notices(BEN)


def test_open_items_are_counted_for_each(rota: Rota) -> None:
    """For the view of loads; closed ones do not count."""
    items = [report(rota) for _ in range(3)]
    rota.do(ClaimItem(item_id=items[0].id), BEN)
    rota.do(ResolveItem(item_id=items[1].id, resolution="x"), BEN)
    assert rota.ask(open_of_each, Viewer(DAN)) == {ADA: 1, BEN: 1}
