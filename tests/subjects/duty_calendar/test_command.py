"""/oncall calendar: a card in words, a picture of the same, and a file for calendar programs."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import vobject

from modelus_bot.database.core.context import Context
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.duty_calendar.cards.calendar_card import described
from modelus_bot.subjects.duty_calendar.cards.picture import chart_of
from modelus_bot.subjects.duty_calendar.queries import duty_calendar
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.ui.pictures import ChildPicture
from modelus_bot.ui.rota_chart import Bar, Mark, RotaChart, RotaRow, Theme
from tests.commands.acting import rows, words_of
from tests.commands.away import SIGN, caught_up, going_on, notice_absence, take_away
from tests.conftest import BotEnv, first_sprint_day

NAMES = [
    "$\\frac{1}{0}$ $x^2$",
    "אברהם 3",
    "F" + "😀" * 31,
    "C" + "\u0300" * 9,
    "你好",
    "A" * 99,
    "a_b\\%{}^#&~\n\t\x00",
    "",
]


def attached(result: Any) -> dict[str, Any]:
    """Return the files of an answer by name."""
    return {item.filename: item for item in result.response.attachments}


async def test_staff_see_the_team_with_a_picture_and_a_file(rota_env: BotEnv) -> None:
    """Only who asked sees it; the second time nothing has changed and nothing is written."""
    env = rota_env
    shown = await env.staff("bo").slash(env.channel, "oncall calendar")
    said = words_of(shown)
    assert "Calendar: the team, until" in said
    assert "Account: Bo Account" in said
    assert "Producer: Eli Producer" in said
    assert "Po: nobody" in said or "nobody" in said
    assert shown.response.ephemeral
    assert list(attached(shown)) == ["calendar.png", "duty-team.ics"]
    known = rows(env, "SELECT * FROM calendar_entries ORDER BY uid")
    assert len(known) == 8
    await env.staff("bo").slash(env.channel, "oncall calendar", colours="light", weeks=2)
    assert rows(env, "SELECT * FROM calendar_entries ORDER BY uid") == known


async def test_ones_own_has_ones_own_turns(rota_env: BotEnv) -> None:
    """By choice for staff; who is on a roster and no staff has nothing else and may not ask for more."""
    env = rota_env
    mine = await env.staff("bo").slash(env.channel, "oncall calendar", whose="me")
    assert "Calendar: your turns" in words_of(mine)
    assert "Account: Bo Account" in words_of(mine)
    assert "Producer" not in words_of(mine)
    assert "duty-mine.ics" in attached(mine)
    casey = env.staff("casey")
    await env.db.write(SetRole(discord_id=casey.id, username="Casey Account", role=None), Context())
    own = await casey.slash(env.channel, "oncall calendar")
    assert "Calendar: your turns" in words_of(own)
    assert "Account: Casey Account" in words_of(own)
    refused = await casey.slash(env.channel, "oncall calendar", whose="team")
    assert "Only staff can do this" in words_of(refused)


async def test_whoever_has_no_turns_is_told_so(rota_env: BotEnv) -> None:
    """A manager on no roster: words, no picture, no file."""
    env = rota_env
    shown = await env.manager.slash(env.channel, "oncall calendar", whose="me")
    assert "You have no turns in these days" in words_of(shown)
    assert attached(shown) == {}


async def test_the_file_is_the_same_while_the_database_is_away(rota_env: BotEnv) -> None:
    """Read back by another library: every entry with its key and number, now and from the snapshot."""
    env = rota_env
    async with going_on(env) as db:
        there = await env.staff("bo").slash(env.channel, "oncall calendar")
        before = await attached(there)["duty-team.ics"].read()
        await caught_up(db)
        take_away(env.settings.database.path)
        await notice_absence(db)
        away = await env.staff("bo").slash(env.channel, "oncall calendar")
        assert SIGN in words_of(away)
        after = await attached(away)["duty-team.ics"].read()
    entries = [
        {item.uid.value: item.sequence.value for item in vobject.readOne(text.decode()).vevent_list}
        for text in (before, after)
    ]
    assert entries[0] == entries[1]
    assert len(entries[0]) == 8


async def test_without_the_library_there_are_words_and_the_file(
    rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture is never worth an answer."""
    env = rota_env
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    shown = await env.staff("bo").slash(env.channel, "oncall calendar")
    assert list(attached(shown)) == ["duty-team.ics"]
    assert "Account: Bo Account" in words_of(shown)


async def test_the_picture_says_what_the_words_say(rota_env: BotEnv) -> None:
    """Each person's bar is where their days are; the words for those who do not see it name the same."""
    env = rota_env
    calendar, at = Calendar(), Calendar().handoff(first_sprint_day())
    found = await env.db.read(
        duty_calendar, Viewer(env.staff("bo").id), None, at, calendar, first_sprint_day(), 1
    )
    chart = chart_of(found, "dark")
    assert [row.label for row in chart.rows][:2] == ["Account", "Producer"]
    assert chart.rows[0].bars == (Bar(0, 14, "Avery Account", chart.rows[0].bars[0].tone),)
    assert chart.rows[2].bars == (Bar(0, 14, "nobody", None),)
    assert "Sprint 1: Account: Avery Account; Producer: Drew Producer" in described(found)
    assert RotaChart.of(chart.as_task()) == chart


@pytest.mark.parametrize(("theme", "counts"), [("dark", (1, 12)), ("light", (5,))])
async def test_any_name_can_be_drawn(tmp_path: Path, theme: Theme, counts: tuple[int, ...]) -> None:
    """Formulas, letters of all scripts, towers of marks, nothing at all; one, five and twelve disciplines."""
    pictures = ChildPicture("rota")
    for count in counts:
        labels = [NAMES[place % len(NAMES)] for place in range(count)]
        bars = tuple(
            Bar(7 * place, 7 * place + 7 - place % 2, name, place if name else None, place % 3 == 0)
            for place, name in enumerate(NAMES)
        )
        chart = RotaChart(
            date(2026, 3, 1), 50, 9, (Mark(0, 14, NAMES[0]), Mark(14, 60, NAMES[2])), (Mark(20, 22),),
            tuple(RotaRow(label, bars, (Mark(3, 5),)) for label in labels), theme,
        )  # fmt: skip
        picture = await pictures.draw(chart.as_task(), tmp_path)
        assert picture is not None
        width, tall = struct.unpack(">II", picture[16:24])
        assert width == 1100
        assert abs(tall - (108 + 50.6 * count)) < 4
        assert await pictures.draw(replace(chart).as_task(), tmp_path) is picture, "drawn once"
