"""Covers through commands, buttons and the form: from asking to duty changing hands, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.commands.acting import card_words, confirmed, labels, rows, words_of
from tests.conftest import BotEnv

if TYPE_CHECKING:
    import simcord

STATUS = "SELECT id, status, replacement_id, decided_by FROM overrides ORDER BY id"


async def requested(env: BotEnv, **more: Any) -> simcord.InteractionResult:
    """Let Bo, who is on duty, ask for cover of the current account turn."""
    bo = env.staff("bo")
    choices = await bo.autocomplete(env.channel, "cover request", "sprint", "yours")
    return await bo.slash(
        env.channel, "cover request", sprint=choices[0]["value"], discipline="account", **more
    )


async def test_a_cover_from_request_to_duty(rota_env: BotEnv) -> None:
    """Asked with a name and a reason, approved by a button: duty changes at once, all cards follow."""
    env = rota_env
    asked = await requested(env, replacement="Avery Account", reason="Dentist")
    words = words_of(asked)
    assert "**Cover by:** Avery Account" in words
    assert "**Reason:** Dentist" in words
    assert labels(asked.response) == ["Take", "Approve", "Decline", "I can't", "Withdraw"]
    posted = env.duty_desk.last_message
    assert posted.embeds[0].description == asked.response.embeds[0].description

    pressed = await env.manager.click(posted, label="Approve")
    assert "Open → Approved" in card_words(env.duty_desk.last_message)
    assert "Open → Approved" in words_of(asked)
    assert labels(asked.response) == []
    assert "On duty changed" in words_of(pressed)
    assert rows(env, STATUS) == [(1, "approved", env.staff("avery").id, env.manager.id)]
    now = words_of(await env.staff("bo").slash(env.channel, "oncall now", discipline="account"))
    assert "Avery Account** (cover)" in now


async def test_an_open_call_taken_given_back_taken_and_declined(rota_env: BotEnv) -> None:
    """Anybody on the roster takes an open call by button or command; a declined one says why."""
    env = rota_env
    asked = await requested(env)
    assert labels(asked.response) == ["Take", "Decline", "Withdraw"]
    await env.staff("avery").click(asked.response, label="Take")
    assert "Taken, waiting for approval" in words_of(asked)
    assert "Taken, waiting for approval" in card_words(env.duty_desk.last_message)

    back = await env.staff("avery").slash(env.channel, "cover untake", request="1")
    assert "→ Open" in words_of(back)
    assert "anybody on the roster" in words_of(asked)
    taken = await env.staff("casey").slash(env.staff_channel, "cover take", request="1")
    assert "Open → Taken" in words_of(taken)
    assert "Casey Account" in words_of(asked)

    form = await env.manager.click(asked.response, label="Decline")
    await env.manager.submit_modal(form, {"reason": "We need Bo"})
    assert "Declined" in words_of(asked)
    assert labels(asked.response) == []
    assert rows(env, STATUS) == [(1, "declined", env.staff("casey").id, env.manager.id)]
    told = rows(env, "SELECT message FROM notifications WHERE user_id = ?", env.staff("bo").id)
    assert any("We need Bo" in message for (message,) in told)


async def test_withdrawing_and_refusing(rota_env: BotEnv) -> None:
    """Who asked may withdraw, who is named may say no; both rewrite the card and leave it without buttons."""
    env = rota_env
    asked = await requested(env, replacement="Avery Account")
    await env.staff("avery").click(asked.response, label="I can't")
    assert "Declined" in words_of(asked)
    again = await requested(env, replacement="Avery Account")
    assert "Asked 2 times" in words_of(again)
    refused = await env.staff("avery").slash(env.channel, "cover refuse", request="1")
    assert "Open → Declined" in words_of(refused)
    third = await requested(env, replacement="Casey Account")
    withdrawn = await env.staff("bo").slash(env.channel, "cover withdraw", request="2")
    assert "Open → Withdrawn" in words_of(withdrawn)
    assert labels(third.response) == []


async def test_an_approval_is_revoked_after_a_question(rota_env: BotEnv) -> None:
    """/cover revoke asks first, then the turn goes back to whoever had it."""
    env = rota_env
    asked = await requested(env, replacement="Avery Account")
    await env.manager.click(asked.response, label="Approve")
    words = await confirmed(env, env.manager, "cover revoke", "Revoke", request="1", reason="Bo is back")
    assert "Approved → Revoked" in words
    assert "Approved → Revoked" in words_of(asked)
    now = words_of(await env.staff("bo").slash(env.channel, "oncall now", discipline="account"))
    assert "**Bo Account**" in now


async def test_a_manager_asks_for_somebody_else_and_cannot_approve_it(rota_env: BotEnv) -> None:
    """for_user is for managers; the one who asked is told that another manager has to approve."""
    env = rota_env
    asked = await env.manager.slash(
        env.channel,
        "cover request",
        sprint="Sprint 3",
        discipline="account",
        replacement="Avery Account",
        for_user="Casey Account",
    )
    assert "**Asked by:** Petra (project manager)" in words_of(asked)
    own = await env.manager.click(asked.response, label="Approve")
    assert "Another manager has to" in words_of(own)
    assert rows(env, "SELECT status FROM overrides") == [("open",)]
    await env.second_manager.click(asked.response, label="Approve")
    assert rows(env, "SELECT status FROM overrides") == [("approved",)]


async def test_requests_are_listed_by_status(rota_env: BotEnv) -> None:
    """/cover list shows those that wait, and those of a status that is asked for."""
    env = rota_env
    await requested(env, replacement="Avery Account")
    waiting = words_of(await env.manager.slash(env.channel, "cover list"))
    assert "**1** Bo Account, Account, Sprint 2 → Avery Account: open" in waiting
    approved = words_of(await env.manager.slash(env.channel, "cover list", status="approved"))
    assert "None." in approved


async def test_a_request_outside_the_duty_channel_is_linked_there(rota_env: BotEnv) -> None:
    """The card in the duty channel links to where the request was asked; asked there, there is one card."""
    env = rota_env
    asked = await requested(env)
    assert env.duty_desk.last_message.embeds[0].url.endswith(f"/{env.channel.id}/{asked.response.id}")
    choices = await env.staff("eli").autocomplete(env.duty_desk, "cover request", "sprint", "yours")
    there = await env.staff("eli").slash(
        env.duty_desk, "cover request", sprint=choices[0]["value"], discipline="producer"
    )
    assert env.duty_desk.last_message.id == there.response.id
    assert env.duty_desk.last_message.embeds[0].url is None


async def test_disciplines_are_called_by_their_names(rota_env: BotEnv) -> None:
    """Cards, lists and messages say Product owner, never po; what people type may be either."""
    env = rota_env
    bo = env.staff("bo")
    for typed in ("po", "Product owner", "product OWNER", "Product owner (po)"):
        shown = words_of(await env.manager.slash(env.channel, "roster show", discipline=typed))
        assert "Product owner: Nobody yet" in shown
    await confirmed(env, env.manager, "roster add", "Add", discipline="Product owner", user=bo)
    asked = await bo.slash(env.channel, "cover request", sprint="Sprint 2", discipline="Product owner")
    listed = words_of(await env.manager.slash(env.channel, "cover list"))

    assert "**Turn:** Product owner, Sprint 2" in words_of(asked)
    assert "**1** Bo Account, Product owner, Sprint 2 → anybody: open" in listed
    assert "**Rosters:** Account, Product owner" in words_of(await bo.slash(env.channel, "member show"))
