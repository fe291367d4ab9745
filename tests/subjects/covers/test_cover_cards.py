"""Requests whose card is somewhere else, or nowhere: shown again, decided, and every card follows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.covers.buttons.turn_form import TIMEOUT
from modelus_bot.subjects.covers.queries import cards_of
from modelus_bot.subjects.covers.writes.steps import ApproveCover, RequestCover
from modelus_bot.subjects.notices.jobs.outbox import Outbox
from modelus_bot.ui.picks import picked
from tests.commands.acting import card_words, labels, lift_discords_hint, rows, words_of
from tests.conftest import BotEnv
from tests.tuning import Tuning
from tests.wire.limits import of_modal

if TYPE_CHECKING:
    import simcord

TURN = {"sprint": "Sprint 2", "discipline": "account"}


@pytest.fixture
async def unseen(rota_env: BotEnv) -> BotEnv:
    """Return the rota with an open request of Bo's to Avery that no message shows, as imported ones are."""
    env = rota_env
    write = RequestCover(
        sprint_id=2, discipline="account", replacement_id=env.staff("avery").id, reason="Dentist"
    )
    await env.db.write(write, Context(actor=env.staff("bo").id))
    return env


async def test_a_request_without_a_card_is_shown_and_decided(unseen: BotEnv) -> None:
    """/cover show posts it with its buttons, and what is decided there counts."""
    env = unseen
    shown = await env.staff("casey").slash(env.channel, "cover show", request=picked("cover", 1))
    assert "**Reason:** Dentist" in words_of(shown)
    assert labels(shown.response) == ["Take", "Approve", "Decline", "I can't", "Withdraw"]
    await env.manager.click(shown.response, label="Approve")
    assert "Open → Approved" in words_of(shown)
    assert labels(shown.response) == []


async def test_the_list_opens_each_request(unseen: BotEnv) -> None:
    """A button for each that waits; what opens is for the one who pressed it only, and has its buttons."""
    env = unseen
    listed = await env.manager.slash(env.channel, "cover list")
    assert labels(listed.response) == ["Request 1"]
    await env.restart()
    opened = await env.manager.click(listed.response, label="Request 1")
    card = opened.followups[0]
    assert card.ephemeral
    assert "**Of:** Bo Account" in card_words(card)
    await env.manager.click(card, label="Approve")
    assert "Approved" in card_words(card)
    later = await env.manager.slash(env.channel, "cover list", status="approved")
    assert labels(later.response) == []


async def test_every_card_follows_and_deleted_ones_are_forgotten(rota_env: BotEnv) -> None:
    """The answer, the duty channel's card and each one shown later, also after a restart."""
    env = rota_env
    asked = await env.staff("bo").slash(env.channel, "cover request", **TURN, replacement="Avery Account")
    posted = env.duty_desk.last_message
    shown = [await env.manager.slash(env.staff_channel, "cover show", request="1") for _ in range(2)]
    assert len(await env.db.read(cards_of, 1)) == 4
    gone = env.bot.get_channel(env.staff_channel.id).get_partial_message(shown[1].response.id)
    await gone.delete()
    await env.restart()
    await env.staff("avery").click(posted, label="Take")
    for message in (asked.response, env.duty_desk.last_message, shown[0].response):
        assert "Open → Taken" in card_words(message)
        assert labels(message) == ["Approve", "Decline", "I can't", "Withdraw"]
    assert len(await env.db.read(cards_of, 1)) == 3
    link = f"https://discord.com/channels/{env.guild.id}/{env.channel.id}/{asked.response.id}"
    assert env.duty_desk.last_message.embeds[0].url == link
    assert shown[0].response.embeds[0].url == link
    assert asked.response.embeds[0].url is None


async def sent_to(env: BotEnv, person: Any) -> Any:
    """Send what waits and return the last direct message of somebody."""
    for _ in range(5):
        await Outbox(env.bot).run()
    return person.user.dm_channel.history()[-1]


async def test_a_notice_has_buttons_hand_overs_and_a_link(rota_env: BotEnv) -> None:
    """Whoever is asked can say no from the message; the buttons go when the request is decided."""
    env = rota_env
    avery, bo = env.staff("avery"), env.staff("bo")
    await sent_to(env, avery)
    asked = await bo.slash(env.channel, "cover request", **TURN, replacement="Avery Account", reason="*ill*")
    notice = await sent_to(env, avery)
    words = card_words(notice)
    assert words.count("<t:") == 2
    assert r"Reason: \*ill\*" in words
    assert f"(https://discord.com/channels/{env.guild.id}/{env.channel.id}/{asked.response.id})" in words
    assert labels(notice) == ["Take", "I can't"]

    await avery.user.click(notice, label="Take")
    assert "Open → Taken" in words_of(asked)
    told = await sent_to(env, bo)
    assert labels(told) == ["Withdraw"]
    await env.manager.click(asked.response, label="Approve")
    assert labels(bo.user.dm_channel.history()[-1]) == []


async def test_players_see_no_requests(unseen: BotEnv) -> None:
    """Neither by the command nor in its list, nor by a button of a list that others opened."""
    env = unseen
    await lift_discords_hint(env, env.player)
    refused = await env.player.slash(env.channel, "cover show", request="1")
    assert "Only staff and people on a roster" in words_of(refused)
    assert "Bo Account" not in words_of(refused)
    assert await env.player.autocomplete(env.channel, "cover show", "request", "") == []
    listed = await env.manager.slash(env.channel, "cover list")
    pressed = await env.player.click(listed.response, label="Request 1")
    assert "Only staff and people on a roster" in words_of(pressed)


def turns_offered(form: simcord.InteractionResult) -> dict[str, str]:
    """Return what a form's menu offers, values by label, after Discord would have taken the form."""
    assert form.modal is not None
    assert of_modal(form.modal) == []
    menu = form.modal["components"][0]["component"]
    return {option["label"]: option["value"] for option in menu["options"]}


async def test_turns_that_are_not_there_in_time_come_as_buttons(rota_env: BotEnv, tuning: Tuning) -> None:
    """A form has to be the first answer; a slow database costs a press more, and the request is the same."""
    env = rota_env
    bo = env.staff("bo")
    now = await env.manager.slash(env.channel, "oncall now")
    tuning(TIMEOUT.at(0.0))
    offered = await bo.click(now.response, label="Ask for cover")
    card = offered.followups[0]
    assert card.ephemeral
    assert labels(card) == ["Account, Sprint 2", "Account, Sprint 5"]
    form = await bo.click(card, label="Account, Sprint 2")
    sent = await bo.submit_modal(form, {"reason": "Dentist"})
    assert "**Reason:** Dentist" in words_of(sent)
    assert "Cover request 1" in card_words(env.duty_desk.last_message)


async def test_a_turn_that_moved_on_is_refused_with_a_sentence(unseen: BotEnv) -> None:
    """What was chosen is judged when the form is sent: by then somebody else may have the turn."""
    env = unseen
    bo = env.staff("bo")
    now = await env.manager.slash(env.channel, "oncall now")
    form = await bo.click(now.response, label="Ask for cover")
    await env.db.write(ApproveCover(cover_id=1), Context(actor=env.manager.id))
    sent = await bo.submit_modal(form, {"turn": ["2:account"]})
    assert sent.followups[-1].ephemeral
    assert sent.followups[-1].embeds[0].title == "That did not work"
    assert rows(env, "SELECT count(*) FROM overrides") == [(1,)]


async def test_asking_needs_no_typing(rota_env: BotEnv) -> None:
    """Under /oncall now and mine a button offers one's own turns in a form, which outlives a restart."""
    env = rota_env
    bo = env.staff("bo")
    now = await env.manager.slash(env.channel, "oncall now")
    assert labels(now.response) == ["Ask for cover"]
    nothing = await env.manager.click(now.response, label="Ask for cover")
    assert "no turns" in words_of(nothing)
    await env.restart()
    form = await bo.click(now.response, label="Ask for cover")
    assert turns_offered(form) == {"Account, Sprint 2": "2:account", "Account, Sprint 5": "5:account"}
    await env.restart()
    sent = await bo.submit_modal(form, {"turn": ["2:account"], "reason": "Dentist"})
    assert "**Reason:** Dentist" in words_of(sent)
    assert "Cover request 1" in card_words(env.duty_desk.last_message)
    here, there = await env.db.read(cards_of, 1)
    assert (here.channel_id, there.channel_id) == (env.channel.id, env.duty_desk.id)
    link = f"https://discord.com/channels/{env.guild.id}/{env.channel.id}/{here.message_id}"
    assert env.duty_desk.last_message.embeds[0].url == link
    mine = await bo.slash(env.channel, "oncall mine")
    assert labels(mine.response) == ["Ask for cover"]
    with closing(sqlite3.connect(env.settings.database.path)) as connection:
        (row,) = connection.execute("SELECT sprint_id, discipline, original_id, reason FROM overrides")
    assert row == (2, "account", bo.id, "Dentist")
