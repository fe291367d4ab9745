"""Reminders over the wire: each once, whatever happens on the way, and its button asks for cover of days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.wire.community import make_community
from tests.wire.interactions import labels, words
from tests.wire.process import until
from tests.wire.world import Payload, World

TITLE = "Your turn begins soon"
REMINDED = "SELECT count(*) FROM notifications WHERE dedupe_key GLOB 'remind:*' AND delivered_at NOTNULL"


def reminders(discord: World, person: str) -> list[Payload]:
    """Return the reminders that somebody got."""
    channel = discord.server.direct.get(person)
    return [item for item in discord.in_channel(channel) if TITLE in words(item)] if channel else []


async def test_a_reminder_is_there_once_and_asks_for_cover_of_days(tmp_path: Path) -> None:
    """A lost answer, a kill and two starts: one message; pressed, the request has the days and a card."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        people = await make_community(discord)
        assert await bot.stop() == 0
        discord.faults.add(r"POST /channels/", "drop", when="after", times=2)
        for _ in range(2):
            bot.start()
            await discord.connected(bot)
            await until(lambda: bot.rows(REMINDED) == [(2,)], "both to be reminded of S2", 30)
            bot.kill()
            discord.gateway.forget()
        bot.start()
        await discord.connected(bot)
        assert [len(reminders(discord, item)) for item in (people.bob, people.carol)] == [1, 1]
        assert reminders(discord, people.alice) == []

        (told,) = reminders(discord, people.bob)
        assert [*labels(told)] == ["Ask for cover: Account"]
        form = await discord.press(told, "Ask for cover: Account", by=people.bob)
        day = datetime.now(UTC).date() + timedelta(days=6)
        answers = {"Only these days (the whole turn if empty)": f"{day:%b} {day.day}"}
        asked = await discord.submit(form, answers)
        assert "Cover request 1" in asked.text
        assert bot.rows("SELECT first_day, last_day, status FROM overrides") == [(str(day), str(day), "open")]
        (card,) = discord.in_channel(discord.server.duty)
        taken = await discord.press(card, "Take", by=people.alice)
        assert "Taken" in taken.text
        done = await discord.press(card, "Approve", by=people.pam)
        assert "Approved" in done.text
        listed = await discord.command("sprint list")
        assert f"Alice covers Bob on {day:%b} {day.day})" in listed.text
