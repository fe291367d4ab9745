"""The same interaction delivered twice, at once, later or after a restart: one effect and one answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.acting import card_words, confirmed, dump, labels, rows, words_of
from tests.conftest import BotEnv

if TYPE_CHECKING:
    import simcord

Deed = Callable[[BotEnv], Awaitable["simcord.InteractionResult"]]

ACCOUNT = "account"


def shown(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return the message that answers."""
    assert result.response is not None
    return result.response


async def asked(env: BotEnv, **more: Any) -> simcord.InteractionResult:
    """Let Bo ask for cover of the account turn of Sprint 2."""
    return await env.staff("bo").slash(
        env.channel, "cover request", sprint="Sprint 2", discipline=ACCOUNT, **more
    )


async def note(env: BotEnv) -> simcord.InteractionResult:
    """Leave a note for the next one."""
    return await env.staff("bo").slash(env.channel, "oncall handoff", note="Watch the queue")


async def put(env: BotEnv) -> simcord.InteractionResult:
    """Put Avery on duty by hand."""
    return await env.manager.slash(
        env.channel, "oncall set", discipline=ACCOUNT, user=env.staff("avery"), reason="Illness"
    )


async def role(env: BotEnv) -> simcord.InteractionResult:
    """Give a player a role."""
    return await env.admin.slash(env.channel, "member role", user=env.player, role="tester")


async def request(env: BotEnv) -> simcord.InteractionResult:
    """Ask for cover by name."""
    return await asked(env, replacement="Avery Account", reason="Dentist")


async def take(env: BotEnv) -> simcord.InteractionResult:
    """Take an open call by command."""
    await asked(env)
    return await env.staff("avery").slash(env.channel, "cover take", request="1")


async def untake(env: BotEnv) -> simcord.InteractionResult:
    """Give a taken request back."""
    await take(env)
    return await env.staff("avery").slash(env.channel, "cover untake", request="1")


async def withdraw(env: BotEnv) -> simcord.InteractionResult:
    """Take the own request back."""
    await asked(env)
    return await env.staff("bo").slash(env.channel, "cover withdraw", request="1")


async def refuse(env: BotEnv) -> simcord.InteractionResult:
    """Say no to a request by command."""
    await request(env)
    return await env.staff("avery").slash(env.channel, "cover refuse", request="1")


async def press_take(env: BotEnv) -> simcord.InteractionResult:
    """Take an open call by its button."""
    return await env.staff("avery").click(shown(await asked(env)), label="Take")


async def press_approve(env: BotEnv) -> simcord.InteractionResult:
    """Approve a request for the current turn by its button; duty changes hands at once."""
    return await env.manager.click(shown(await request(env)), label="Approve")


async def press_refuse(env: BotEnv) -> simcord.InteractionResult:
    """Say no by the button."""
    return await env.staff("avery").click(shown(await request(env)), label="I can't")


async def press_withdraw(env: BotEnv) -> simcord.InteractionResult:
    """Withdraw by the button."""
    return await env.staff("bo").click(shown(await asked(env)), label="Withdraw")


async def decline(env: BotEnv) -> simcord.InteractionResult:
    """Decline with a reason through the form."""
    form = await env.manager.click(shown(await asked(env)), label="Decline")
    return await env.manager.submit_modal(form, {"reason": "We need Bo"})


DEEDS: list[Deed] = [
    note, put, role, request, take, untake, withdraw, refuse,
    press_take, press_approve, press_refuse, press_withdraw, decline,
]  # fmt: skip
"""Whatever writes without asking first."""
each_deed = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)


def said(env: BotEnv, result: simcord.InteractionResult) -> tuple[str, list[str]]:
    """Return the answer, and everything that stands in the channels."""
    channels = (env.channel, env.duty_desk)
    return words_of(result), [card_words(item) for channel in channels for item in channel.history()]


def saved(env: BotEnv, result: simcord.InteractionResult) -> list[tuple[Any, ...]]:
    """Return what was written under an interaction's own number."""
    number = str(env.interaction_of(result).id)
    kept = rows(env, "SELECT command, outcome FROM requests WHERE request_id = ?", number)
    entries = "SELECT table_name, record_id, operation, new_values FROM audit_logs WHERE request_id = ?"
    return kept + rows(env, entries, number)


def lose_answer(env: BotEnv, result: simcord.InteractionResult) -> None:
    """Let Discord know nothing of the answer, as if it had been lost on its way."""
    record = env.interaction_of(result)
    record.responded, record.response_kind, record.message_id, record.modal = False, None, None, None
    record.followup_ids.clear()


def deliver_twice(env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let every interaction from now on arrive twice before the bot has begun; returns their numbers."""
    backend = env.simulation.backend
    emit, numbers = backend.emit, []

    def twice(event: str, payload: Any, *more: Any, **named: Any) -> None:
        emit(event, payload, *more, **named)
        if event == "INTERACTION_CREATE":
            numbers.append(payload["id"])
            emit(event, payload, *more, **named)

    monkeypatch.setattr(backend, "emit", twice)
    return numbers


@each_deed
async def test_delivered_again_it_is_dropped(rota_env: BotEnv, deed: Deed) -> None:
    """A second delivery after the answer writes nothing and says nothing more, after a restart too."""
    env = rota_env
    done = await deed(env)
    assert saved(env, done)
    before, words = dump(env), said(env, done)
    await env.deliver_again(done)
    assert (dump(env), said(env, done)) == (before, words)
    await env.restart()
    await env.deliver_again(done)
    assert (dump(env), said(env, done)) == (before, words)


@each_deed
async def test_delivered_twice_at_once_it_is_done_once(
    rota_env: BotEnv, deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two copies that arrive together are one change, one answer and no failure."""
    env = rota_env
    numbers = deliver_twice(env, monkeypatch)
    done = await deed(env)
    assert str(env.interaction_of(done).id) in numbers
    kept = [entry for entry in saved(env, done) if len(entry) == 2]
    assert len(kept) == 1
    assert "Reference" not in words_of(done)
    assert len(done.followups) <= 1
    twice = (
        "SELECT user_id, title, message FROM notifications"
        " GROUP BY user_id, title, message, ref_table, ref_id, dedupe_key HAVING count(*) > 1"
    )
    assert rows(env, twice) == []


@each_deed
async def test_an_answer_that_was_lost_is_given_again(rota_env: BotEnv, deed: Deed) -> None:
    """Where Discord never saw the answer, the same interaction is answered alike and changes nothing."""
    env = rota_env
    done = await deed(env)
    before, words = saved(env, done), words_of(done)
    entries = rows(env, "SELECT count(*) FROM audit_logs")
    for restart in (False, True):
        if restart:
            await env.restart()
        lose_answer(env, done)
        await env.deliver_again(done)
        assert words_of(done) == words
        assert saved(env, done) == before
        assert rows(env, "SELECT count(*) FROM audit_logs") == entries


async def test_a_question_is_asked_once(rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that asks first, its question and its answer each arriving twice: one change."""
    env = rota_env
    deliver_twice(env, monkeypatch)
    words = await confirmed(
        env, env.manager, "roster remove", "Remove", discipline=ACCOUNT, member="Casey Account"
    )
    assert "place 3 → not on the roster" in words
    removals = (
        "SELECT count(*) FROM audit_logs WHERE table_name = 'user_disciplines' AND operation = 'DELETE'"
    )
    assert rows(env, removals) == [(1,)]


async def test_a_question_outlives_a_restart(rota_env: BotEnv) -> None:
    """Its buttons go on working in a new process, for the asked person alone."""
    env = rota_env
    question = await env.manager.slash(
        env.channel, "roster remove", discipline=ACCOUNT, member="Casey Account"
    )
    await env.restart()
    before = dump(env)
    (stranger,) = await env.press_at_once(shown(question), (env.second_manager, "Remove"))
    assert "for somebody else" in words_of(stranger)
    assert dump(env) == before
    await env.manager.click(shown(question), label="Remove")
    assert "place 3 → not on the roster" in words_of(question)
    again = await env.manager.slash(env.channel, "roster remove", discipline=ACCOUNT, member="Bo Account")
    await env.restart()
    before = dump(env)
    await env.manager.click(shown(again), label="Cancel")
    assert "Nothing was changed" in words_of(again)
    assert dump(env) == before


async def test_what_changed_since_a_question_is_not_overrun_after_a_restart(rota_env: BotEnv) -> None:
    """What was shown before the restart is saved only if it still is what would happen."""
    env = rota_env
    question = await env.manager.slash(
        env.channel, "roster remove", discipline=ACCOUNT, member="Casey Account"
    )
    await confirmed(
        env, env.second_manager, "roster remove", "Remove", discipline=ACCOUNT, member="Bo Account"
    )
    await env.restart()
    before = dump(env)
    await env.manager.click(shown(question), label="Remove")
    assert "not on the roster" not in words_of(question)
    assert dump(env) == before


async def test_a_question_whose_answer_was_lost_says_again_what_was_done(rota_env: BotEnv) -> None:
    """Its buttons are still there: pressing either shows the change, once made, also after a restart."""
    env = rota_env
    question = await env.manager.slash(
        env.channel, "roster remove", discipline=ACCOUNT, member="Casey Account"
    )
    env.simulation.inject_error("PATCH", "/webhooks/*", status=400, code=50035, message="No", times=1)
    await env.manager.click(shown(question), label="Remove")
    assert labels(shown(question)) == ["Remove", "Cancel"]
    before = dump(env)
    await env.restart()
    await env.manager.click(shown(question), label="Cancel")
    assert "place 3 → not on the roster" in words_of(question)
    assert dump(env) == before


async def test_looking_twice_shows_once(rota_env: BotEnv) -> None:
    """Commands that only look answer a repeated delivery no second time."""
    env = rota_env
    for command in ("roster show", "sprint current", "sprint list", "oncall now", "cover list", "about"):
        listed = await env.staff("avery").slash(env.channel, command)
        before = said(env, listed)
        await env.deliver_again(listed)
        assert said(env, listed) == before, command
