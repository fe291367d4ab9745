"""/triage and its buttons, as people use them: from the report to the stars."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from modelus_bot.subjects.notices.jobs.outbox import Outbox
from modelus_bot.subjects.triage.jobs.clock import TriageClock, TriageHandover
from modelus_bot.subjects.triage.jobs.copies import TriageCopies
from modelus_bot.subjects.triage.jobs.threads import TriageThreads
from tests.commands.acting import card_words, labels, rows, words_of
from tests.conftest import BotEnv
from tests.jobs.clock import Clock

if TYPE_CHECKING:
    import simcord

REPORT = {"title": "Nobody *answers*", "description": "I wrote\ntwice", "category": "question"}
LAST = "SELECT status, assigned_to, priority FROM triage_items ORDER BY id DESC LIMIT 1"


def letters(person: simcord.MemberActor) -> list[Any]:
    """Return the direct messages that somebody got."""
    return list(person.user.dm_channel.history())


async def test_a_report_by_form_reaches_whoever_is_on_duty(rota_env: BotEnv) -> None:
    """The form keeps what was given already; the holder gets it with buttons, and claims with one."""
    env = rota_env
    await Outbox(env.bot).run()
    form = await env.player.slash(env.channel, "triage report", title="Nobody *answers*")
    typed = {"title": "Nobody *answers*", "description": "I wrote\ntwice", "category": ["question"]}
    sent = await env.player.submit_modal(form, typed)
    assert "Report 1 is saved" in words_of(sent)
    await Outbox(env.bot).run()
    holder = env.staff("bo")
    letter = letters(holder)[-1]
    assert letter.embeds[0].title == r"New report 1 (Nobody \*answers\*)"
    assert labels(letter) == ["Claim", "Reply", "What was said"]
    pressed = await holder.user.click(letter, label="Claim")
    assert "It is yours" in words_of(pressed)
    assert rows(env, LAST) == [("in_review", holder.id, "medium")]
    late = await env.manager.slash(env.channel, "triage claim", item="1")
    assert "has claimed item 1 already" in words_of(late)


async def test_the_whole_life_of_an_item_in_direct_messages(rota_env: BotEnv) -> None:
    """Report, claim, reply, answer, note, priority, snooze, resolve, transcript, stars."""
    env, avery = rota_env, rota_env.staff("avery")
    assert "Report 1 is saved" in words_of(await env.player.slash(env.channel, "triage report", **REPORT))
    assert "In review" in words_of(await avery.slash(env.channel, "triage claim", item="1"))
    replied = await avery.slash(env.channel, "triage reply", item="1", text="Which day?")
    assert "Which day?" in words_of(replied)
    await Outbox(env.bot).run()
    letter = letters(env.player)[-1]
    assert "Avery Account writes:\nWhich day?" in letter.embeds[0].description
    form = await env.player.user.click(letter, label="Answer")
    assert "The staff get your answer" in words_of(
        await env.player.user.submit_modal(form, {"text": "Monday"})
    )
    await avery.slash(env.channel, "triage note", item="1", text="He lies")
    assert "high" in words_of(
        await avery.slash(env.channel, "triage priority", item="1", level="high", reason="r")
    )
    assert "Sleeps until" in words_of(await avery.slash(env.channel, "triage snooze", item="1", until="2d"))
    assert "Sleeps until" not in words_of(await avery.slash(env.channel, "triage snooze", item="1"))
    shown = await avery.slash(env.channel, "triage show", item="1")
    said = words_of(await avery.click(shown.response, label="What was said"))
    assert all(text in said for text in ("Which day?", "Monday", "He lies"))
    shown = await env.player.slash(env.channel, "triage show", item="1")
    own = words_of(await env.player.click(shown.response, label="What was said"))
    assert "Monday" in own
    assert "He lies" not in own
    closed = await avery.slash(env.channel, "triage resolve", item="1", resolution="It works again")
    assert "Resolved" in words_of(closed)
    await Outbox(env.bot).run()
    letter = letters(env.player)[-1]
    assert letter.embeds[0].title == r"Your report 1 (Nobody \*answers\*) is resolved"
    assert [file.filename for file in letter.attachments] == ["report-1.html"]
    assert labels(letter) == ["★" * stars for stars in range(1, 6)]
    assert "You can change it once" in words_of(await env.player.user.click(letter, label="★★★★"))
    rated = await env.player.slash(env.channel, "triage rate", item="1", stars=5)
    assert "★★★★★" in words_of(rated)
    assert "already" in words_of(await env.player.user.click(letter, label="★"))
    assert rows(env, "SELECT rating, ratings FROM triage_items") == [(5, 2)]


async def test_a_rejection_is_confirmed(rota_env: BotEnv) -> None:
    """Nothing happens before; what has changed meanwhile is looked at anew."""
    env, avery = rota_env, rota_env.staff("avery")
    for _ in range(2):
        await env.player.slash(env.channel, "triage report", **REPORT)
    asked = await avery.slash(env.channel, "triage reject", item="1", reason="No rule says so")
    assert "No rule says so" in words_of(asked)
    assert rows(env, "SELECT status FROM triage_items") == [("pending",)] * 2
    assert "Rejected" in words_of(await avery.click(asked.response, label="Reject"))
    stale = await avery.slash(env.channel, "triage reject", item="2", reason="No")
    await env.manager.slash(env.channel, "triage claim", item="2")
    assert "has changed since" in words_of(await avery.click(stale.response, label="Reject"))
    assert rows(env, "SELECT status FROM triage_items ORDER BY id") == [("rejected",), ("in_review",)]


async def test_the_other_steps_and_lists(rota_env: BotEnv) -> None:
    """Queue, mine, snoozed, own, assign, release, duplicate, route; the pages outlive a restart."""
    env, avery = rota_env, rota_env.staff("avery")
    for number in range(12):
        await env.player.slash(env.channel, "triage report", **REPORT | {"title": f"Number {number}"})
    page = await avery.slash(env.channel, "triage queue", discipline="account")
    assert "Number 0" in words_of(page)
    assert "Number 10" not in words_of(page)
    await env.restart()
    assert "Number 11" in words_of(await avery.click(page.response, label="More"))
    assigned = await env.manager.slash(env.channel, "triage assign", item="3", member="Bo Account")
    assert "Bo Account" in words_of(assigned)
    mine = words_of(await env.staff("bo").slash(env.channel, "triage queue", whose="mine"))
    assert "Number 11" not in mine
    assert "Waits" in words_of(await env.manager.slash(env.channel, "triage release", item="3"))
    await avery.slash(env.channel, "triage snooze", item="4", until="1h")
    assert "Number 3" in words_of(await avery.slash(env.channel, "triage queue", whose="snoozed"))
    assert "Duplicate of" in words_of(await avery.slash(env.channel, "triage duplicate", item="5", of="6"))
    assert "What you reported" in words_of(await env.player.slash(env.channel, "triage show"))
    routed = await env.manager.slash(env.channel, "triage route", category="bug", discipline="producer")
    assert "**bug** → Producer" in words_of(routed)
    picked = await env.player.autocomplete(env.channel, "triage show", "item", "number 7")
    assert [choice["name"] for choice in picked] == ["8 Number 7 (medium, pending)"]


async def test_the_menu_of_a_message_reports_it(rota_env: BotEnv) -> None:
    """The form has what somebody wrote; what was typed comes back when it is refused."""
    env = rota_env
    message = await env.leader.send(env.channel, "You are *wrong*")
    form = await env.player.context_menu(env.channel, "Report to staff", message)
    filled = (form.modal or {})["components"][2]["component"]["value"]
    typed = {"title": "Rude", "category": ["rules"], "description": filled}
    sent = await env.player.submit_modal(form, typed)
    assert "Report 1 is saved" in words_of(sent)
    ((text,),) = rows(env, "SELECT description FROM triage_items")
    assert "> You are *wrong*" in text
    assert "discord.com/channels/" in text
    form = await env.player.slash(env.channel, "triage report", on_behalf=env.leader)
    refused = await env.player.submit_modal(
        form, {"title": "T", "category": ["issue"], "description": "A long story"}
    )
    assert "Only staff can report for somebody else" in words_of(refused)
    assert "A long story" in words_of(refused)


async def test_others_learn_nothing_of_a_report(rota_env: BotEnv) -> None:
    """Neither by its number nor by suggestions nor by pressing another's button."""
    env = rota_env
    await env.player.slash(env.channel, "triage report", **REPORT)
    assert "no item number 1" in words_of(await env.leader.slash(env.channel, "triage show", item="1"))
    assert await env.leader.autocomplete(env.channel, "triage show", "item", "") == []
    mine = await env.player.slash(env.channel, "triage show", item="1")
    assert "Has it" in words_of(mine)
    assert "What was said" in labels(mine.response)


async def test_the_clock_and_the_hand_over(rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """The jobs do what their operations do."""
    env, clock = rota_env, Clock(monkeypatch)
    await env.player.slash(env.channel, "triage report", **REPORT)
    clock.forward(25 * 3600)
    for _ in range(2):
        await TriageClock(env.bot).run()
        await TriageHandover(env.bot).run()
    assert rows(env, "SELECT escalated FROM triage_items") == [(1,)]
    clock.forward(8 * 86_400)
    await TriageHandover(env.bot).run()
    assert rows(env, "SELECT count(*) FROM notifications WHERE title GLOB '1 open item*'") == [(1,)]


@pytest.fixture
def threads_env(rota_env: BotEnv) -> BotEnv:
    """Return the bot with #staff as the channel for reports."""
    server = rota_env.bot.settings.server.model_copy(update={"triage_channel_id": rota_env.staff_channel.id})
    rota_env.bot.settings = rota_env.bot.settings.model_copy(update={"server": server})
    return rota_env


async def test_a_report_gets_a_thread_that_follows_it(threads_env: BotEnv) -> None:
    """Card with buttons, what was said, who has it; archived when closed; nothing twice by a new job."""
    env, bo = threads_env, threads_env.staff("bo")
    await env.player.slash(env.channel, "triage report", **REPORT)
    job = TriageThreads(env.bot)
    await job.run()
    (thread,) = env.staff_channel.threads
    assert thread.name == "1 Nobody answers"
    (card,) = thread.history()
    assert labels(card) == ["Claim", "Reply", "Note", "Resolve", "Reject", "What was said"]
    await env.restart()
    job = TriageThreads(env.bot)
    await bo.click(card, label="Claim")
    form = await bo.click(card, label="Note")
    await bo.submit_modal(form, {"text": "A *note*"})
    await job.run()
    await TriageThreads(env.bot).run()
    card, *said = thread.history()
    assert "Bo Account" in card_words(card)
    assert [item.embeds[0].description for item in said] == ["*Claimed by Bo Account.*", r"A \*note\*"]
    assert rows(env, "SELECT shown_version = version, thread_state FROM triage_items") == [(1, "open")]
    await bo.slash(env.channel, "triage resolve", item="1", resolution="Done")
    await job.run()
    assert labels(thread.history()[0]) == ["What was said"]
    assert rows(env, "SELECT shown_version = version FROM triage_items") == [(1,)]


async def test_what_was_sent_before_a_kill_is_found_again(threads_env: BotEnv) -> None:
    """Opened and posted, but not noted: a bot that starts anew opens and posts nothing twice."""
    env, bo = threads_env, threads_env.staff("bo")
    await env.player.slash(env.channel, "triage report", **REPORT)
    await bo.slash(env.channel, "triage note", item="1", text="A note")
    job = TriageThreads(env.bot)
    await job.run()
    await job.close()
    (thread,) = env.staff_channel.threads
    before = [message.id for message in thread.history()]
    with closing(sqlite3.connect(env.settings.database.path, timeout=10)) as file, file:
        file.execute("UPDATE chat_messages SET discord_message_id = NULL")
        forgotten = "thread_id = NULL, thread_state = 'wanted', card_id = NULL, shown_version = 0"
        file.execute(f"UPDATE triage_items SET {forgotten}")
    job = TriageThreads(env.bot)
    await job.run()
    await job.close()
    assert [item.id for item in env.staff_channel.threads] == [thread.id]
    assert [message.id for message in thread.history()] == before
    assert rows(env, "SELECT thread_id, shown_version = version FROM triage_items") == [(thread.id, 1)]


async def test_a_card_that_was_deleted_is_posted_again(threads_env: BotEnv) -> None:
    """And somebody who left the server does not keep the thread from being shown."""
    env = threads_env
    await env.player.slash(env.channel, "triage report", **REPORT)
    job = TriageThreads(env.bot)
    await job.run()
    (thread,) = env.staff_channel.threads
    (card,) = thread.history()
    await env.admin.delete(card)
    await env.manager.slash(env.channel, "triage claim", item="1")
    await job.run()
    assert "In review" in "".join(card_words(message) for message in thread.history())
    await job.close()


async def test_a_copy_follows_its_message(threads_env: BotEnv) -> None:
    """What is corrected or taken back shows so in the thread; a copy deleted by hand is let be."""
    env, bo = threads_env, threads_env.staff("bo")
    await env.player.slash(env.channel, "triage report", **REPORT)
    await bo.slash(env.channel, "triage reply", item="1", text="Tomorow")
    await bo.slash(env.channel, "triage note", item="1", text="A note")
    job, copies = TriageThreads(env.bot), TriageCopies(env.bot)
    await job.run()
    (thread,) = env.staff_channel.threads
    assert "Corrected" in words_of(
        await bo.slash(env.channel, "conversation edit", message="1", text="Tomorrow")
    )
    asked = await bo.slash(env.channel, "conversation delete", message="#2")
    assert "Take message 2 back?" in words_of(asked)
    await bo.click(asked.response, label="Take back")
    await copies.run()
    _, reply, note = thread.history()
    assert "replies to the reporter (edited)" in card_words(reply)
    assert "Tomorrow" in card_words(reply)
    assert "Note by Bo Account (deleted)" in card_words(note)
    assert "A note" not in card_words(note)
    await env.admin.delete(reply)
    await bo.slash(env.channel, "conversation edit", message="1", text="On Friday")
    await copies.run()
    assert rows(env, "SELECT count(*) FROM chat_messages WHERE is_behind = 1") == [(0,)]
    refused = await env.player.slash(env.channel, "conversation edit", message="1", text="Never")
    assert "You can only edit your own messages" in words_of(refused)
    await job.close()


async def test_without_a_channel_nothing_is_opened(rota_env: BotEnv) -> None:
    """Nobody is bothered with it; the item says so to staff and not to its reporter."""
    env = rota_env
    await env.player.slash(env.channel, "triage report", **REPORT)
    job = TriageThreads(env.bot)
    await job.run()
    await job.close()
    assert "no channel for reports is set" in words_of(
        await env.manager.slash(env.channel, "triage show", item="1")
    )
    assert "channel" not in words_of(await env.player.slash(env.channel, "triage show", item="1"))
    assert rows(env, "SELECT count(*) FROM notifications WHERE title LIKE '%no thread%'") == [(0,)]
