"""Buttons: pressed twice, by two at once, by the wrong person, too late, and after a restart."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.sprints.writes import AddSprint
from modelus_bot.ui.lateness import TIMEOUT
from tests.commands.acting import dump, labels, rows, words_of
from tests.conftest import BotEnv, first_sprint_day
from tests.tuning import Tuning

if TYPE_CHECKING:
    import simcord

STATUS = "SELECT status, attempts FROM overrides"
ENTRIES = "SELECT count(*) FROM audit_logs WHERE table_name = 'overrides'"


async def open_call(env: BotEnv) -> simcord.InteractionResult:
    """Let Bo ask anybody to take the account turn of Sprint 2."""
    return await env.staff("bo").slash(env.channel, "cover request", sprint="Sprint 2", discipline="account")


async def test_two_take_at_once_and_one_wins(rota_env: BotEnv) -> None:
    """Of two people who press Take at the same moment one has it; the other is told so privately."""
    env = rota_env
    asked = await open_call(env)
    pressed = await env.press_at_once(
        asked.response, (env.staff("avery"), "Take"), (env.staff("casey"), "Take")
    )
    told = "\n".join(message.embeds[0].description for press in pressed for message in press.followups)
    assert "already taken" in told
    assert rows(env, STATUS) == [("taken", 1)]
    assert rows(env, ENTRIES) == [(2,)]


async def test_one_person_pressing_twice_at_once_takes_it_once(rota_env: BotEnv) -> None:
    """A double press is one step: one entry in the log, and no failure for either press."""
    env = rota_env
    asked = await open_call(env)
    avery = env.staff("avery")
    pressed = await env.press_at_once(asked.response, (avery, "Take"), (avery, "Take"))
    assert all("cannot" not in words_of(press) for press in pressed)
    assert rows(env, STATUS) == [("taken", 1)]
    assert rows(env, ENTRIES) == [(2,)]


async def test_two_managers_approve_at_once(rota_env: BotEnv) -> None:
    """Two approvals of the same request are one, and the first one's name stands."""
    env = rota_env
    asked = await open_call(env)
    await env.staff("avery").click(asked.response, label="Take")
    await env.press_at_once(asked.response, (env.manager, "Approve"), (env.second_manager, "Approve"))
    assert rows(env, "SELECT status, decided_by FROM overrides") == [("approved", env.manager.id)]
    assert rows(env, ENTRIES) == [(3,)]


async def test_the_same_delivery_twice_asks_once(rota_env: BotEnv) -> None:
    """The same interaction delivered a second time changes nothing and is not answered twice."""
    env = rota_env
    asked = await open_call(env)
    before = dump(env)
    await env.deliver_again(asked)
    assert dump(env) == before
    assert len(asked.followups) == 0


async def test_buttons_of_a_cover_work_after_a_restart(rota_env: BotEnv) -> None:
    """A request's buttons, here and in the duty channel, go on working in a new process."""
    env = rota_env
    asked = await open_call(env)
    await env.restart()
    await env.staff("avery").click(asked.response, label="Take")
    assert "Taken" in words_of(asked)
    await env.restart()
    form = await env.manager.click(env.duty_desk.last_message, label="Decline")
    await env.manager.submit_modal(form, {"reason": ""})
    assert "Declined" in words_of(asked)
    assert rows(env, STATUS) == [("declined", 1)]


async def test_a_button_of_a_decided_request_says_how_it_stands(rota_env: BotEnv) -> None:
    """A button that is left over on a copy of the card answers with a sentence and changes nothing."""
    env = rota_env
    asked = await open_call(env)
    withdrawn = await env.press_at_once(
        asked.response, (env.staff("bo"), "Withdraw"), (env.staff("avery"), "Take")
    )
    assert "is withdrawn, so it cannot be taken" in words_of(withdrawn[1])
    assert rows(env, STATUS) == [("withdrawn", 1)]


async def test_presses_and_commands_that_come_too_late_are_dropped(rota_env: BotEnv, tuning: Tuning) -> None:
    """What is too old to be answered does nothing at all: buttons, forms and commands alike."""
    env = rota_env
    asked = await open_call(env)
    form = await env.manager.click(asked.response, label="Decline")
    before = dump(env)
    tuning(TIMEOUT.at(-1.0))
    pressed = await env.staff("avery").click(asked.response, label="Take")
    assert not pressed.acknowledged
    submitted = await env.manager.submit_modal(form, {"reason": "Late"})
    assert not submitted.acknowledged
    typed = await env.staff("avery").slash(env.channel, "cover take", request="1")
    assert not typed.acknowledged
    assert dump(env) == before


async def test_only_the_asked_person_answers_a_question(rota_env: BotEnv) -> None:
    """Somebody else who presses a question's button is told that it is not theirs; nothing is written."""
    env = rota_env
    asked = await env.manager.slash(env.channel, "roster remove", discipline="account", member="Bo Account")
    before = dump(env)
    pressed = await env.press_at_once(asked.response, (env.second_manager, "Remove"))
    assert "for somebody else" in words_of(pressed[0])
    assert dump(env) == before
    assert labels(asked.response) == ["Remove", "Cancel"]


async def test_a_question_confirmed_twice_at_once_is_done_once(rota_env: BotEnv) -> None:
    """Two quick presses of Add are one change with one entry in the log."""
    env = rota_env
    asked = await env.manager.slash(env.channel, "roster add", discipline="po", user=env.player)
    await env.press_at_once(asked.response, (env.manager, "Add"), (env.manager, "Add"))
    assert "Saved" in words_of(asked)
    entries = (
        "SELECT count(*) FROM audit_logs WHERE table_name = 'user_disciplines' AND record_id LIKE 'po:%'"
    )
    assert rows(env, entries) == [(1,)]


async def test_a_question_can_be_cancelled(rota_env: BotEnv) -> None:
    """Cancel closes the question, and nothing is written."""
    env = rota_env
    asked = await env.manager.slash(env.channel, "roster add", discipline="po", user=env.player)
    before = dump(env)
    await env.manager.click(asked.response, label="Cancel")
    assert "Nothing was changed" in words_of(asked)
    assert labels(asked.response) == []
    assert dump(env) == before


async def test_a_question_closes_by_itself(rota_env: BotEnv) -> None:
    """After two minutes without an answer the buttons go and the card says that nothing was changed."""
    env = rota_env
    asked = await env.manager.slash(env.channel, "roster add", discipline="po", user=env.player)
    before = dump(env)
    await env.simulation.advance_time(121)
    async with asyncio.timeout(20):
        while labels(asked.response) != []:
            await env.simulation.settle()
            await asyncio.sleep(0.02)
    assert "within two minutes" in words_of(asked)
    assert labels(asked.response) == []
    assert dump(env) == before


async def test_pages_turn_there_and_back_also_after_a_restart(rota_env: BotEnv) -> None:
    """Lists show ten a page; More and Back work for whoever may see the list, in a new process too."""
    env = rota_env
    for number in range(5, 23):
        start = first_sprint_day() + timedelta(days=number * 14)
        write = AddSprint(name=f"Sprint {number + 1}", start=start, end=start + timedelta(days=14))
        await env.db.write(write, Context())
    listed = await env.staff("avery").slash(env.channel, "sprint list")
    assert words_of(listed).count("**Sprint ") == 10
    assert "Page 1" in words_of(listed)
    assert labels(listed.response) == ["More"]
    await env.staff("bo").click(listed.response, label="More")
    assert "Sprint 12 •" in words_of(listed)
    await env.restart()
    await env.staff("bo").click(listed.response, label="More")
    assert "Page 3" in words_of(listed)
    assert labels(listed.response) == ["Back"]
    refused = await env.player.click(listed.response, label="Back")
    assert "Only staff can do this" in words_of(refused)
    assert "Page 3" in words_of(listed)
    await env.staff("avery").click(listed.response, label="Back")
    assert "Page 2" in words_of(listed)
