"""Covers of days as people meet them: asked for, suggested, shown, refused, and duty that changes hands."""

from __future__ import annotations

import time
from datetime import date, timedelta

from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.cover_days import Days, days_words
from modelus_bot.subjects.covers.buttons.turn_form import TIMEOUT
from tests.commands.acting import card_words, labels, rows, words_of
from tests.commands.away import caught_up, going_on, notice_absence, take_away
from tests.conftest import SPRINT_DAYS, BotEnv, first_sprint_day
from tests.tuning import Tuning
from tests.wire.limits import of_modal

TURN = {"sprint": "Sprint 2", "discipline": "account"}
STORED = "SELECT replacement_id, first_day, last_day, status, attempts FROM overrides ORDER BY id"


def day(number: int) -> date:
    """Return a day of the second sprint, counted from 0; today is the seventh."""
    return first_sprint_day() + timedelta(days=SPRINT_DAYS + number)


def words(first: int, last: int) -> str:
    """Return days as people read them."""
    return days_words(Days(day(first), day(last)))


async def test_days_are_asked_for_and_shown_everywhere(rota_env: BotEnv) -> None:
    """On the card, in the duty channel, in the lists of requests, sprints and one's own turns."""
    env = rota_env
    bo = env.staff("bo")
    options = {"replacement": "Avery Account", "first_day": str(day(9)), "last_day": str(day(11))}
    asked = await bo.slash(env.channel, "cover request", **TURN, **options)
    span = words(9, 11)
    assert f"**Days:** {span}" in words_of(asked)
    assert f"**Days:** {span}" in card_words(env.duty_desk.last_message)
    assert f"Bo Account, Account, Sprint 2, {span} → Avery Account: open" in words_of(
        await env.manager.slash(env.channel, "cover list")
    )
    found = await env.staff("avery").autocomplete(env.channel, "cover take", "request", "")
    assert [item["name"] for item in found] == [f"1: Bo Account, Account, Sprint 2, {span}"]

    await env.manager.click(asked.response, label="Approve")
    avery = str(env.staff("avery").id)
    assert rows(env, STORED) == [(int(avery), str(day(9)), str(day(11)), "approved", 1)]
    listed = words_of(await bo.slash(env.channel, "sprint list"))
    assert f"Account: **Bo Account** (Avery Account covers Bo Account on {span})" in listed
    assert f"Sprint 2 • {_span()} — Avery Account covers you on {span}" in words_of(
        await bo.slash(env.channel, "oncall mine")
    )
    assert f"Account, Sprint 2 • {_span()} (cover on {span})" in words_of(
        await env.staff("avery").slash(env.channel, "oncall mine")
    )
    on = words_of(await bo.slash(env.channel, "oncall on", day=str(day(10))))
    assert f"Account: **Avery Account** (Avery Account covers Bo Account on {span})" in on


def _span() -> str:
    first, last = day(0), day(SPRINT_DAYS)
    year = f", {first.year}" if first.year != last.year else ""
    return f"{first:%b} {first.day}{year}–{last:%b} {last.day}, {last.year}"


async def test_one_day_or_a_range_can_be_typed(rota_env: BotEnv) -> None:
    """As one field or as two; the first alone is that day alone."""
    env = rota_env
    bo = env.staff("bo")
    name = f"{day(12):%b} {day(12).day}"
    for options, first, last in (
        ({"first_day": name}, 12, 12),
        ({"first_day": f"{day(10)} to {day(11)}"}, 10, 11),
        ({"first_day": name, "last_day": str(day(13))}, 12, 13),
        ({"first_day": "today"}, 7, 7),
    ):
        said = words_of(await bo.slash(env.channel, "cover request", **TURN, **options))
        assert f"**Days:** {words(first, last)}" in said
    assert len(rows(env, STORED)) == 4
    await bo.slash(env.channel, "cover request", **TURN, first_day=name)
    assert [row[-1] for row in rows(env, STORED)] == [2, 1, 1, 1]


async def test_days_that_do_not_fit_are_refused_in_words(rota_env: BotEnv) -> None:
    """Outside the turn, backwards, half given, no day at all; nothing is stored."""
    env = rota_env
    bo = env.staff("bo")
    for options, expected in (
        ({"first_day": str(day(13)), "last_day": str(day(14))}, "is not within Sprint 2"),
        ({"first_day": str(day(9)), "last_day": str(day(8))}, "is before the first"),
        ({"last_day": str(day(9))}, "Give the first day, too"),
        ({"first_day": "someday"}, "Write one day"),
        ({"first_day": str(day(2))}, "is over"),
    ):
        said = words_of(await bo.slash(env.channel, "cover request", **TURN, **options))
        assert expected in said, said
    assert rows(env, STORED) == []


async def test_what_stands_in_the_way_is_named(rota_env: BotEnv) -> None:
    """Two requests with a day in common are both open; only one can be approved."""
    env = rota_env
    bo = env.staff("bo")
    cards = []
    for number, (first, last) in enumerate(((9, 10), (10, 12))):
        options = {"first_day": str(day(first)), "last_day": str(day(last))}
        other = ("Avery Account", "Casey Account")[number]
        cards.append(await bo.slash(env.channel, "cover request", **TURN, replacement=other, **options))
    await env.manager.click(cards[0].response, label="Approve")
    pressed = await env.manager.click(cards[1].response, label="Approve")
    assert f"covered on {words(9, 10)}: cover request 1, by Avery Account" in words_of(pressed)
    assert [row[3] for row in rows(env, STORED)] == ["approved", "open"]


async def test_the_days_of_the_turn_are_suggested(rota_env: BotEnv) -> None:
    """Those that are not over, of the sprint chosen so far, and for the last day from the first one on."""
    env = rota_env
    bo = env.staff("bo")

    async def suggested(option: str, typed: str = "", **chosen: str) -> list[str]:
        found = await bo.autocomplete(env.channel, "cover request", option, typed, **chosen)
        return [item["value"] for item in found]

    today = Calendar().duty_day(int(time.time()))
    left = [str(today + timedelta(days=n)) for n in range((day(13) - today).days + 1)]
    assert await suggested("first_day", sprint="Sprint 2") == left
    assert await suggested("first_day") == []
    assert await suggested("first_day", sprint="Sprint 9") == []
    assert await suggested("last_day", sprint="Sprint 2", first_day=str(day(11))) == [
        str(day(11)),
        str(day(12)),
        str(day(13)),
    ]
    typed = f"{day(9)} to {day(11)}"
    assert await suggested("first_day", typed, sprint="Sprint 2") == [typed]
    assert (await suggested("first_day", "tomorrow", sprint="Sprint 2"))[0] == str(day(8))


async def test_days_that_began_change_hands_at_once(rota_env: BotEnv) -> None:
    """Approved, the replacement is on duty now; revoked, the turn's holder is again."""
    env = rota_env
    bo = env.staff("bo")
    options = {"replacement": "Avery Account", "first_day": str(day(6)), "last_day": str(day(9))}
    asked = await bo.slash(env.channel, "cover request", **TURN, **options)
    pressed = await env.manager.click(asked.response, label="Approve")
    assert "changed hands at once" in words_of(pressed)
    now = words_of(await bo.slash(env.channel, "oncall now"))
    assert f"Account: **Avery Account** (Avery Account covers Bo Account on {words(6, 9)})" in now
    assert "**now**" not in words_of(await bo.slash(env.channel, "oncall mine"))
    assert "Account: **Avery Account**" in words_of(await bo.slash(env.channel, "sprint current"))
    question = await env.manager.slash(env.channel, "cover revoke", request="1", reason="Back early")
    await env.manager.click(question.response, label="Revoke")
    assert "Account: **Bo Account**" in words_of(await bo.slash(env.channel, "oncall now"))


async def test_the_form_takes_days(rota_env: BotEnv) -> None:
    """Under the button, without a command; what is no day is answered and nothing stored."""
    env = rota_env
    bo = env.staff("bo")
    now = await bo.slash(env.channel, "oncall now")
    form = await bo.click(now.response, label="Ask for cover")
    refused = await bo.submit_modal(form, {"turn": ["2:account"], "reason": "", "days": "whenever"})
    assert "Write one day" in words_of(refused)
    assert rows(env, STORED) == []
    form = await bo.click(now.response, label="Ask for cover")
    assert of_modal(form.modal or {}) == []
    days = f"{day(9)} to {day(10)}"
    sent = await bo.submit_modal(form, {"turn": ["2:account"], "reason": "Dentist", "days": days})
    assert f"**Days:** {words(9, 10)}" in words_of(sent)
    assert rows(env, STORED) == [(None, str(day(9)), str(day(10)), "open", 1)]


async def test_the_form_under_a_turns_button_takes_days(rota_env: BotEnv, tuning: Tuning) -> None:
    """Where the turns come as buttons, the form that each opens asks for the same."""
    env = rota_env
    bo = env.staff("bo")
    now = await bo.slash(env.channel, "oncall now")
    tuning(TIMEOUT.at(0.0))
    offered = await bo.click(now.response, label="Ask for cover")
    assert "Account, Sprint 2" in labels(offered.followups[0])
    form = await bo.click(offered.followups[0], label="Account, Sprint 2")
    refused = await bo.submit_modal(form, {"reason": "", "days": "whenever"})
    assert "Write one day" in words_of(refused)
    assert rows(env, STORED) == []
    form = await bo.click(offered.followups[0], label="Account, Sprint 2")
    assert of_modal(form.modal or {}) == []
    sent = await bo.submit_modal(form, {"reason": "Dentist", "days": f"{day(9)} to {day(10)}"})
    assert f"**Days:** {words(9, 10)}" in words_of(sent)
    assert rows(env, STORED) == [(None, str(day(9)), str(day(10)), "open", 1)]


async def test_notes_say_when_each_is_read(rota_env: BotEnv) -> None:
    """A note before covered days goes to whoever covers them, at their first hand-over."""
    env = rota_env
    bo = env.staff("bo")
    options = {"replacement": "Avery Account", "first_day": str(day(9))}
    asked = await bo.slash(env.channel, "cover request", **TURN, **options)
    await env.manager.click(asked.response, label="Approve")
    said = words_of(await bo.slash(env.channel, "oncall handoff", note="Mind the queue."))
    assert f"Avery Account, <t:{Calendar().handoff(day(9))}:f>" in said


async def test_days_of_another_turn_are_refused_without_a_database(rota_env: BotEnv) -> None:
    """What would be refused when it is back is refused at once; days of the turn are saved for later."""
    env = rota_env
    bo = env.staff("bo")
    async with going_on(env) as db:
        await bo.slash(env.channel, "oncall mine")
        await caught_up(db)
        take_away(env.settings.database.path)
        await notice_absence(db)
        outside = {"first_day": str(day(13)), "last_day": str(day(14))}
        refused = await bo.slash(env.channel, "cover request", **TURN, **outside)
        assert "is not within Sprint 2" in words_of(refused)
        saved = await bo.slash(env.channel, "cover request", **TURN, first_day=str(day(9)))
        assert "number 1" in words_of(saved)
        assert db.fallback is not None
        assert db.fallback.journal.depth == 1
