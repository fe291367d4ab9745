"""The burndown: its figures by a count of their own, its words, and the picture in both themes."""

from __future__ import annotations

import struct
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.context import Context
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.tasks.cards.burndown_card import burndown_file, burndown_words
from modelus_bot.subjects.tasks.model import SprintWork
from modelus_bot.subjects.tasks.rules.burndown import burndown_of
from modelus_bot.subjects.tasks.writes.editing import AddTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask
from modelus_bot.ui.pictures import ChildPicture
from tests.commands.acting import words_of
from tests.conftest import BotEnv, first_sprint_day
from tests.daily_size import FULL

EXAMPLES = 1000 if FULL else 60
CALENDAR = Calendar()
START, END = date(2026, 10, 26), date(2026, 11, 9)
"""A sprint in which the clocks go back."""
BEGIN, OVER = CALENDAR.handoff(START), CALENDAR.handoff(END)
DAY = 86_400
AT = st.integers(BEGIN - 5 * DAY, OVER + 5 * DAY)
WORK = st.builds(SprintWork, AT, st.none() | AT, st.none() | st.integers(1, 40))


@settings(max_examples=EXAMPLES)
@given(work=st.lists(WORK, max_size=12), now=AT)
def test_figures(work: list[SprintWork], now: int) -> None:
    """At every mark what is left and all there is are what a count gives; marks are hand-overs and now."""
    for unit in ("hours", "tasks"):
        found = burndown_of(work, (START, END), now, CALENDAR, unit)
        assert (found.begin, found.end) == (BEGIN, OVER)
        instants = [mark.at for mark in found.marks]
        assert instants == sorted(instants)
        days = [CALENDAR.handoff(START + timedelta(days=number)) for number in range(15)]
        assert set(instants) <= {*days, now}
        assert set(instants) >= {at for at in days if at <= now}
        if now < BEGIN:
            assert instants == [BEGIN]
            continue
        assert instants[-1] == min(now, OVER)
        for mark in found.marks:
            there = [item for item in work if item.created_at <= mark.at]
            left = [item for item in there if item.completed_at is None or item.completed_at > mark.at]
            counts = [sum(1 if unit == "tasks" else item.estimate_h or 0 for item in some)
                      for some in (left, there)]  # fmt: skip
            assert [mark.left, mark.scope] == counts
        assert found.guide(found.begin) == found.planned
        assert found.guide(found.end) == found.guide(found.end + DAY) == 0
        assert found.uncounted == (unit == "hours" and sum(item.estimate_h is None for item in work))
        assert burndown_words(found)


def test_the_unit_that_fits() -> None:
    """Hours where every task has an estimate, else tasks; a wish counts, and what is left out is said."""
    known, unknown = SprintWork(BEGIN, None, 8), SprintWork(BEGIN, None, None)
    assert burndown_of([known], (START, END), BEGIN, CALENDAR, None).unit == "hours"
    assert burndown_of([known, unknown], (START, END), BEGIN, CALENDAR, None).unit == "tasks"
    wished = burndown_of([known, unknown], (START, END), BEGIN, CALENDAR, "hours")
    assert "**8 of 8 hours** are left" in burndown_words(wished)
    assert "1 task has no estimate and is not counted." in burndown_words(wished)
    assert "No task that you may see" in burndown_words(burndown_of([], (START, END), BEGIN, CALENDAR, None))


async def test_the_picture(tmp_path: Path) -> None:
    """A PNG of its size in each theme, before, in and after a sprint, with words for who cannot see it."""
    work = [SprintWork(BEGIN, BEGIN + number * DAY, 3) for number in range(1, 9)]
    pictures = ChildPicture("burndown")
    drawn = set()
    for theme, now in (("dark", BEGIN + 5 * DAY), ("light", BEGIN - DAY)):
        found = burndown_of(work, (START, END), now, CALENDAR, None)
        make = await burndown_file(pictures, found, "America/New_York", theme, tmp_path)  # type: ignore[arg-type]
        assert make is not None
        file = make()
        content = file.fp.read()
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", content[16:24]) == (880, 440)
        assert f"{found.marks[-1].left} of 24 hours are left" in (file.description or "")
        drawn.add(content)
    assert len(drawn) == 2


async def test_the_command(rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sprint on duty with its picture; another sprint without work; in words without the library."""
    env = rota_env
    avery, start = env.staff("avery"), first_sprint_day() + timedelta(days=14)
    for number in range(3):
        write = AddTask(title=f"T{number}", start=start, end=start + timedelta(days=12), role="developer",
                        estimate_h=4)  # fmt: skip
        await env.db.write(write, Context(actor=env.manager.id, at=CALENDAR.handoff(start)))
    await env.db.write(MoveTask(task_id=1, to="done", take_next=False), Context(actor=env.manager.id))
    shown = await avery.slash(env.channel, "task burndown", theme="light")
    (picture,) = shown.response.attachments
    assert picture.filename == "burndown.png"
    assert "Burndown of Sprint 2" in words_of(shown)
    assert "8 of 12 hours" in words_of(shown)
    assert shown.response.ephemeral
    empty = await avery.slash(env.channel, "task burndown", sprint="Sprint 4")
    assert "No task that you may see is due in this sprint." in words_of(empty)
    assert not empty.response.attachments

    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    plain = await avery.slash(env.channel, "task burndown", unit="tasks")
    assert not plain.response.attachments
    assert "**2 of 3 tasks** are left" in words_of(plain)
