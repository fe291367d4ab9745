"""A report over the wire: its thread is opened once whatever happens, follows it, and is not needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.wire.interactions import labels, words
from tests.wire.process import BotProcess, until
from tests.wire.server import Payload
from tests.wire.threads import CREATE_PRIVATE_THREADS
from tests.wire.world import World

SHOWN = "SELECT count(*) FROM triage_items WHERE shown_version = version AND thread_state = 'open'"
STATES = "SELECT thread_state FROM triage_items ORDER BY id"
TO_REPORTER = "The reporter reads this as a direct message"
TO_STAFF = "Whoever has your report reads this"
REPORT = {"title": "Nobody answers", "description": "I wrote twice", "category": "question"}


def in_threads(discord: World) -> dict[str, Any]:
    """Return the settings with a channel for reports."""
    return {"server": {"triage_channel_id": int(discord.server.add_channel("reports"))}}


async def make_staff(discord: World) -> tuple[str, str]:
    """Enter Alice, on duty for what is asked, and return her and Paul, a player."""
    alice, paul = discord.server.add_person("alice"), discord.server.add_person("paul")
    await discord.command("member role", {"user": alice, "role": "developer"})
    today = datetime.now(UTC).date()
    days = {"start": str(today - timedelta(days=3)), "end": str(today + timedelta(days=4))}
    for name, options in (("sprint add", {"name": "S1", **days}),
                          ("roster add", {"discipline": "account", "user": alice})):  # fmt: skip
        asked = await discord.command(name, options)
        await discord.press(asked.message, "Add")
    return alice, paul


def letters(discord: World, person: str) -> list[Payload]:
    """Return the direct messages that somebody got."""
    channel = discord.server.direct.get(person)
    return discord.in_channel(channel) if channel else []


async def letter(discord: World, person: str, title: str) -> Payload:
    """Wait until somebody has a direct message of a title, and return it; there has to be one."""
    await until(lambda: any(title in words(item) for item in letters(discord, person)), title, 30)
    (found,) = [item for item in letters(discord, person) if title in words(item)]
    return found


async def alone(discord: World, message: Payload, title: str, person: str) -> Payload:
    """Return a notice with buttons of its own: one that came with others is opened first."""
    if (opens := f"Open: {title}") not in labels(message):
        return message
    opened = await discord.press(message, opens, by=person)
    return opened.message


async def shown(bot: BotProcess, count: int = 1) -> None:
    """Wait until Discord shows what is so of a number of items."""
    await until(lambda: bot.rows(SHOWN) == [(count,)], "the thread to be up to date", 30)


async def test_the_whole_life_of_reports(tmp_path: Path) -> None:
    """Report, thread, claim, reply, answer, note, resolve, transcript, stars; a kill doubles nothing.

    Beside it the thread of another report is deleted by hand, and one cannot have any: both go on.
    """
    async with World() as discord, discord.bot(tmp_path, settings := in_threads(discord)) as bot:
        alice, paul = await make_staff(discord)
        # The thread is opened, but the bot neither hears of it nor lives to note it.
        discord.faults.add(r"POST /channels/\d+/threads", "hang", when="after", seconds=60)
        reported = await discord.command("triage report", REPORT, by=paul)
        assert "Report 1 is saved" in reported.text
        await until(lambda: len(discord.rest.threads.all()) == 1, "the thread", 30)
        bot.kill()
        discord.gateway.forget()
        bot.start()
        await discord.connected(bot)
        spoken = discord.server.post(discord.server.general, {"content": "You are wrong"}, [])
        form = await discord.message_menu("Report to staff", spoken, by=paul)
        typed = {"In a few words": "Rude", "What is it about?": "question"}
        assert "Report 2 is saved" in (await discord.submit(form, typed)).text
        await shown(bot, 2)
        thread, other = discord.rest.threads.all()
        assert [thread["name"], other["name"]] == ["1 Nobody answers", "2 Rude"]
        assert alice in discord.rest.threads.joined[thread["id"]]
        await discord.delete_thread(other["id"])
        await discord.deny(str(settings["server"]["triage_channel_id"]), CREATE_PRIVATE_THREADS)
        await discord.command("triage report", REPORT | {"title": "Third"}, by=paul)

        (card,) = discord.in_channel(thread["id"])
        claimed = await discord.press(card, "Claim", by=alice)
        assert "In review" in claimed.text
        form = await discord.press(claimed.message, "Reply", by=alice)
        await discord.submit(form, {TO_REPORTER: "Which day?"})
        reply = await letter(discord, paul, "Reply to your report 1")
        assert "Which day?" in words(reply)
        reply = await alone(discord, reply, "Reply to your report 1", paul)
        form = await discord.press(reply, "Answer", by=paul)
        answer = await discord.submit(form, {TO_STAFF: "Monday"})
        assert "The staff get your answer" in answer.text
        deleted = await letter(discord, alice, "Item 2 (Rude) has no thread")
        assert "its thread was deleted" in words(deleted)
        deleted = await alone(discord, deleted, "Item 2 (Rude) has no thread", alice)
        form = await discord.press(deleted, "Reply", by=alice)
        await discord.submit(form, {TO_REPORTER: "Who was it?"})
        await discord.command("triage note", {"item": "1", "text": "Hard to believe"}, by=alice)
        refused = await discord.command("triage show", {"item": "3"}, by=alice)
        assert "the bot may not open one" in refused.text
        await letter(discord, alice, "Item 3 (Third) has no thread")
        assert bot.rows(STATES) == [("open",), ("deleted",), ("refused",)]

        (card, *_) = discord.in_channel(thread["id"])
        form = await discord.press(card, "Resolve", by=alice)
        await discord.submit(form, {"What was done (the reporter reads it)": "It works again"})
        closed = await letter(discord, paul, "Your report 1 (Nobody answers) is resolved")
        assert [file["filename"] for file in closed["attachments"]] == ["report-1.html"]
        closed = await alone(discord, closed, "Your report 1 (Nobody answers) is resolved", paul)
        rated = await discord.press(closed, "★★★★", by=paul)
        assert "Report 1: ★★★★" in rated.text
        assert "Monday" in words(await letter(discord, alice, "Answer on item 1"))
        assert "Who was it?" in words(await letter(discord, paul, "Reply to your report 2"))
        await shown(bot)
        (card, *said) = discord.in_channel(thread["id"])
        texts = [words(item) for item in said]
        marks = ("Claimed by Alice", "Which day?", "Monday", "Note by Alice", "Resolved by Alice")
        assert [sum(mark in text for text in texts) for mark in marks] == [1] * len(marks)
        assert [*labels(card)] == ["What was said"]
        assert thread["thread_metadata"]["archived"]
        assert all("Hard to believe" not in words(item) for item in letters(discord, paul))
        assert discord.rest.threads.all() == [thread]
        assert bot.rows("SELECT rating FROM triage_items WHERE id = 1") == [(4,)]
