"""What the bot sends by itself: each message once, and nobody waits for somebody else's."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.people.writes import RegisterMember
from tests.daily_size import FULL
from tests.wire.process import BotProcess, until
from tests.wire.server import Payload
from tests.wire.world import World

NOTICES, PEOPLE, KILLS = (1000, 60, 20) if FULL else (60, 12, 2)
LONG = "You should know. " * 80


class TellEach(Write[int]):
    """Queues notices of which each has a title of its own."""

    people: tuple[int, ...]
    count: int
    text: str

    def apply(self, tx: Transaction) -> int:
        """Queue them, person by person in turn."""
        for number in range(self.count):
            person = self.people[number % len(self.people)]
            notify(tx, person, "oncall", f"Notice {number}.", self.text, dedupe_key=f"told:{number}")
        return self.count


async def queue(bot: BotProcess, people: list[str], count: int, text: str = "You should know.") -> None:
    """Queue notices in the database of a bot that does not run, each twice under one key."""
    settings = DatabaseSettings(path=bot.database)
    protection = Protection(
        bot.database,
        backup=BackupSettings(folder=bot.folder / "backups", schedule="off"),
        archive=ArchiveSettings(mode="off", folder=bot.folder / "archive"),
        integrity=IntegritySettings(quarantine=bot.folder / "quarantine"),
        invariants=DECLARED.invariants,
    )
    async with DatabaseManager(bot.database, settings, protection=protection) as db:
        for person in map(int, people):
            await db.write(RegisterMember(discord_id=person, username=f"Person {person}"), Context())
        write = TellEach(people=tuple(map(int, people)), count=count, text=text)
        for _ in range(2):
            await db.write(write, Context(at=int(time.time()) - 5))


def received(discord: World, people: list[str]) -> dict[str, list[str]]:
    """Return the titles that each person got, in order."""
    return {
        person: [card["title"] for item in direct(discord, person) for card in item["embeds"]]
        for person in people
    }


def direct(discord: World, person: str) -> list[Payload]:
    """Return the direct messages that somebody got."""
    channel = discord.server.direct.get(person)
    return discord.in_channel(channel) if channel is not None else []


def trouble(discord: World) -> None:
    """Let requests fail in every way that Discord and networks have, before and after their effect."""
    posting = r"POST /channels/"
    for what, when in ((429, "before"), (500, "before"), (500, "after")):
        discord.faults.add(posting, what, when=when, times=2, retry_after=0.3)
    for when in ("before", "after", "after"):
        discord.faults.add(posting, "drop", when=when, times=2)
    discord.faults.add(r"GET /channels/", 500)


async def test_each_notice_is_there_once_whatever_happens(tmp_path: Path) -> None:
    """Limits, failures, drops, closed messages, kills in between, and a Discord that forgets nonces.

    Each notice is there once, or in the inbox with its error; each person's are in order.
    """
    dice = random.Random(7)
    async with World() as discord, discord.bot(tmp_path) as bot:
        people = [discord.server.add_person(f"person{number}") for number in range(PEOPLE)]
        assert await bot.stop() == 0
        await queue(bot, people, NOTICES, LONG)
        closings: Counter[str] = Counter()
        for kill in range(KILLS + 1):
            trouble(discord)
            before = discord.server.closed_to_direct
            discord.server.closed_to_direct = set(dice.sample(people, max(1, PEOPLE // 10)))
            closings.update(discord.server.closed_to_direct - before)
            bot.start()
            await discord.connected(bot)
            if kill < KILLS:
                wanted = count(discord, people) + NOTICES // (KILLS + 4)
                await reached(discord, bot, people, wanted)
                bot.kill()
                discord.gateway.forget()
                discord.server.nonces.clear()
        await until(lambda: unsent(bot) == 0, "all to be marked", 240)
        assert await bot.stop() == 0
        kept = {
            (str(person), title)
            for person, title, error in bot.rows(
                "SELECT user_id, title, last_error FROM notifications WHERE way = 'closed'"
            )
            if error
        }
        got = received(discord, people)
        for number, person in enumerate(people):
            expected = [f"Notice {item}." for item in range(number, NOTICES, PEOPLE)]
            assert got[person] == [title for title in expected if (person, title) not in kept]
        told = Counter(
            item["content"].partition(">")[0][2:] for item in discord.in_channel(discord.server.duty)
        )
        assert set(told) >= {person for person, _ in kept}
        assert all(told[person] <= closings[person] for person in told), (told, closings)
        messages = sum(len(direct(discord, person)) for person in people)
        print(
            f"{NOTICES} notices, {KILLS} kills: {count(discord, people)} arrived in {messages} messages,"
            f" {len(kept)} in the inbox with their error, none twice; {told.total()} words in the channel"
        )


async def reached(discord: World, bot: BotProcess, people: list[str], wanted: int) -> None:
    """Wait until so many arrived, or nothing else is to be sent for now."""

    def done() -> bool:
        due = "SELECT count(*) FROM notifications WHERE delivered_at IS NULL AND deliver_after <= ?"
        return count(discord, people) >= wanted or bot.rows(due, int(time.time()))[0][0] == 0

    await until(done, f"{wanted} notices", 60)


async def test_somebody_who_never_answers_holds_up_nobody(tmp_path: Path) -> None:
    """One person's messages hang and another's are limited: the others have theirs in ten seconds."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        people = [discord.server.add_person(f"person{number}") for number in range(30)]
        silent, limited, *others = people
        for person in people:
            discord.server.direct_channel(person)
        assert await bot.stop() == 0
        await queue(bot, people, 90)
        discord.faults.add(rf"POST /channels/{discord.server.direct[silent]}/", "hang", times=99)
        discord.faults.add(
            rf"POST /channels/{discord.server.direct[limited]}/", 429, times=99, retry_after=40.0
        )
        bot.start()
        await discord.connected(bot)
        began = time.monotonic()
        await until(lambda: count(discord, others) == 3 * len(others), "the others' notices", 30)
        took = time.monotonic() - began
        print(f"{len(others)} others had their 3 notices each after {took:.1f} s")
        assert took < 10.0
        assert discord.to(silent) == []
        assert discord.to(limited) == []
        assert [len(item) for item in received(discord, others).values()] == [3] * len(others)


async def test_somebody_whose_messages_cannot_be_opened_holds_up_nobody(tmp_path: Path) -> None:
    """Opening direct messages hangs once: that costs the others two seconds."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        people = [discord.server.add_person(f"person{number}") for number in range(10)]
        assert await bot.stop() == 0
        await queue(bot, people, 20)
        discord.faults.add(r"POST /users/@me/channels", "hang")
        bot.start()
        await discord.connected(bot)
        began = time.monotonic()
        await until(lambda: count(discord, people) >= 18, "the others' notices", 30)
        assert time.monotonic() - began < 10.0


async def test_alerts_and_words_in_the_channel_are_there_once(tmp_path: Path) -> None:
    """What is posted about closed messages, and what administrators are told, is not repeated either."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        closed = discord.server.add_person("closed")
        discord.server.closed_to_direct.add(closed)
        assert await bot.stop() == 0
        await queue(bot, [closed], 3)
        duty, alerts = discord.server.duty, discord.server.alerts
        for channel in (duty, alerts):
            discord.faults.add(rf"POST /channels/{channel}/", "drop", when="after")
            discord.faults.add(rf"POST /channels/{channel}/", 500, when="after")
        bot.start()
        await discord.connected(bot)
        bot.settings["server"]["handoff"] = "25:00"
        bot.write_settings()
        await until(lambda: unsent(bot) == 0, "three notices to be marked", 40)
        await until(lambda: discord.in_channel(alerts), "the alert about the settings", 40)
        await until(lambda: not discord.faults.waiting, "every fault to have struck", 40)
        await until(lambda: bot.events("alert_sent"), "the alert to be marked", 40)
        assert [item["content"].partition(":")[0] for item in discord.in_channel(duty)] == [f"<@{closed}>"]
        alerts_said = [str(item["embeds"][0]["description"]) for item in discord.in_channel(alerts)]
        assert max(Counter(alerts_said).values()) == 1


def count(discord: World, people: list[str]) -> int:
    """Return how many notices people got."""
    return sum(map(len, received(discord, people).values()))


def unsent(bot: BotProcess) -> int:
    """Return how many notices are not marked as delivered."""
    return int(bot.rows("SELECT count(*) FROM notifications WHERE delivered_at IS NULL")[0][0])
