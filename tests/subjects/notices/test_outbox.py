"""The outbox: each notice reaches its person once, or the duty channel, or is tried again later."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from typing import Any

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.subjects.notices.jobs import delivery as jobs_delivery
from modelus_bot.subjects.notices.jobs.outbox import FOR_ALL, PAUSES, TRIES, Outbox
from modelus_bot.subjects.notices.writes.choosing import SetQuietHours
from modelus_bot.subjects.notices.writes.outbox import notify
from tests.conftest import BotEnv
from tests.jobs.clock import Clock
from tests.tuning import Tuning


class Tell(Write[int]):
    """Queues a notice, as any operation may."""

    person: int
    title: str
    after: int | None = None

    def apply(self, tx: Transaction) -> int:
        """Queue it."""
        notify(tx, self.person, "system", self.title, f"{self.title}, in full.", deliver_after=self.after)
        return 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the jobs' clock."""
    return Clock(monkeypatch)


async def tell(env: BotEnv, person: int, title: str, after: int | None = None) -> None:
    """Queue a notice in the bot's database."""
    await env.db.write(Tell(person=person, title=title, after=after), Context(at=int(time.time()) - 10))


def titles(person: Any) -> list[str]:
    """Return the titles of the cards somebody got as direct messages, in order."""
    messages = person.user.dm_channel.history()
    return [str(card.title) for message in messages for card in message.embeds]


def sizes(person: Any) -> list[int]:
    """Return how many cards each direct message of somebody has."""
    return [len(message.embeds) for message in person.user.dm_channel.history()]


def states(env: BotEnv) -> list[tuple[int, int, bool, str | None]]:
    """Return attempts, when it is due, whether it was delivered, and the last error of each notice."""
    with closing(sqlite3.connect(f"file:{env.settings.database.path}?mode=ro", uri=True)) as connection:
        return connection.execute(
            "SELECT attempts, deliver_after, delivered_at IS NOT NULL, last_error FROM notifications"
            " ORDER BY id"
        ).fetchall()


def stored(env: BotEnv) -> list[tuple[str | None, str | None]]:
    """Return how each notice left, and its last error."""
    with closing(sqlite3.connect(f"file:{env.settings.database.path}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT way, last_error FROM notifications ORDER BY id").fetchall()


async def test_a_due_notice_is_sent_once(bot_env: BotEnv, clock: Clock) -> None:
    """Running again sends nothing again."""
    await tell(bot_env, bot_env.manager.id, "Once")
    for _ in range(3):
        await Outbox(bot_env.bot).run()
    assert titles(bot_env.manager) == ["Once"]
    assert [state[2] for state in states(bot_env)] == [1]


async def test_nothing_leaves_before_its_time(bot_env: BotEnv, clock: Clock) -> None:
    """A notice for later waits for its instant."""
    await tell(bot_env, bot_env.manager.id, "Later", clock.now + 60)
    await Outbox(bot_env.bot).run()
    assert titles(bot_env.manager) == []
    clock.forward(60)
    await Outbox(bot_env.bot).run()
    assert titles(bot_env.manager) == ["Later"]


async def test_what_is_due_at_one_moment_is_one_message(bot_env: BotEnv, clock: Clock) -> None:
    """Oldest first, with what each says, as many as Discord takes; what comes later is another message."""
    for number in range(12):
        await tell(bot_env, bot_env.manager.id, f"Notice {number}")
    outbox = Outbox(bot_env.bot)
    await outbox.run()
    assert titles(bot_env.manager) == [f"Notice {number}" for number in range(12)]
    assert sizes(bot_env.manager) == [10, 2]
    first = bot_env.manager.user.dm_channel.history()[0]
    assert first.content == "10 notices for you:"
    assert first.embeds[1].description == "Notice 1, in full."
    assert first.embeds[1].footer.text == "Inbox number 2"
    await tell(bot_env, bot_env.manager.id, "Later")
    await outbox.run()
    assert sizes(bot_env.manager) == [10, 2, 1]


async def test_closed_messages_lead_to_the_duty_channel_without_the_text(
    bot_env: BotEnv, clock: Clock
) -> None:
    """The channel learns that there is a notice, not what it says, and nobody is pinged."""
    bot_env.simulation.inject_error(
        "POST", "/users/@me/channels", status=403, code=50007, message="Cannot send messages to this user"
    )
    await tell(bot_env, bot_env.manager.id, "Private")
    await Outbox(bot_env.bot).run()
    assert stored(bot_env) == [("closed", "Your direct messages are closed to the bot.")]
    posted = bot_env.duty_desk.last_message
    assert posted is not None
    assert "your direct messages are closed" in posted.content
    assert "Private" not in posted.content
    kept = bot_env.simulation.backend.get_message(posted.channel.id, posted.id)
    assert not kept.allowed_mentions.allows_user(bot_env.manager.id)
    assert [state[2] for state in states(bot_env)] == [1]


async def test_a_failure_of_discord_is_tried_again_later(bot_env: BotEnv, clock: Clock) -> None:
    """After a failure the notice waits, longer each time, and one failure holds up nobody else."""
    outbox = Outbox(bot_env.bot)
    bot_env.simulation.inject_error("POST", "/users/@me/channels", status=400, code=50035, message="No")
    await tell(bot_env, bot_env.manager.id, "Again")
    await tell(bot_env, bot_env.second_manager.id, "At once")
    await outbox.run()
    assert titles(bot_env.second_manager) == ["At once"]
    attempts, due, delivered, error = states(bot_env)[0]
    assert (attempts, due, delivered) == (1, clock.now + PAUSES[0], 0)
    assert error is not None
    assert "No" in error

    await outbox.run()
    assert titles(bot_env.manager) == []
    clock.forward(PAUSES[0])
    await outbox.run()
    assert titles(bot_env.manager) == ["Again"]


async def test_the_channel_hears_once_that_messages_are_closed(bot_env: BotEnv, clock: Clock) -> None:
    """Not again with each notice, until one could be sent again; everything is in the inbox."""
    outbox = Outbox(bot_env.bot)

    async def run(title: str, *, closed: bool) -> int:
        opened = bot_env.manager.user.dm_channel
        path = f"/channels/{opened.id}/messages" if opened is not None else "/users/@me/channels"
        if closed:
            bot_env.simulation.inject_error("POST", path, status=403, code=50007, message="No", times=1)
        await tell(bot_env, bot_env.manager.id, title)
        await outbox.run()
        return len(bot_env.duty_desk.history())

    before = len(bot_env.duty_desk.history())
    assert await run("One", closed=True) == before + 1
    assert await run("Two", closed=True) == before + 1
    assert await run("Three", closed=False) == before + 1
    assert await run("Four", closed=True) == before + 2
    assert [way for way, _ in stored(bot_env)] == ["closed", "closed", "dm", "closed"]


async def test_a_notice_is_given_up_in_the_end(bot_env: BotEnv, clock: Clock) -> None:
    """After the last try it is not sent any more, and is in the inbox with its error."""
    bot_env.simulation.inject_error(
        "POST", "/users/@me/channels", status=400, code=50035, message="No", times=None
    )
    await tell(bot_env, bot_env.manager.id, "Never")
    outbox = Outbox(bot_env.bot)
    for _ in range(TRIES):
        await outbox.run()
        clock.now = max(clock.now, states(bot_env)[0][1])
    assert states(bot_env)[0][0] == TRIES
    assert stored(bot_env)[0][0] == "given_up"
    assert "No" in (stored(bot_env)[0][1] or "")


async def test_a_notice_that_left_but_was_not_marked_is_not_sent_again(bot_env: BotEnv, clock: Clock) -> None:
    """The database failing between sending and marking costs no second message."""
    await tell(bot_env, bot_env.manager.id, "Once")
    outbox = Outbox(bot_env.bot)
    with closing(sqlite3.connect(bot_env.settings.database.path, isolation_level=None)) as other:
        other.execute(
            "CREATE TRIGGER refuses BEFORE UPDATE OF way ON notifications"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        with pytest.raises(DatabaseError):
            await outbox.run()
        other.execute("DROP TRIGGER refuses")
    assert titles(bot_env.manager) == ["Once"]
    await outbox.run()
    assert titles(bot_env.manager) == ["Once"]
    assert [state[2] for state in states(bot_env)] == [1]
    await Outbox(bot_env.bot).run()
    assert titles(bot_env.manager) == ["Once"]


async def test_somebody_who_was_not_reached_gets_nothing_out_of_turn(bot_env: BotEnv, clock: Clock) -> None:
    """What came up later waits for what failed, and then all of it leaves in order."""
    manager = bot_env.manager
    outbox = Outbox(bot_env.bot)
    path = "/users/@me/channels"
    bot_env.simulation.inject_error("POST", path, status=400, code=50035, message="No", times=1)
    await tell(bot_env, manager.id, "First")
    await tell(bot_env, manager.id, "Second")
    await outbox.run()
    await tell(bot_env, manager.id, "Third")
    await Outbox(bot_env.bot).run()
    assert titles(manager) == []
    assert [state[0] for state in states(bot_env)] == [1, 1, 0]
    clock.forward(PAUSES[0])
    await Outbox(bot_env.bot).run()
    assert titles(manager) == ["First", "Second", "Third"]


async def test_what_a_killed_bot_had_sent_is_found_and_not_sent_again(
    bot_env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when Discord does not remember the nonce any more, and although more is due meanwhile."""
    outbox = Outbox(bot_env.bot)
    await tell(bot_env, bot_env.manager.id, "One")
    await tell(bot_env, bot_env.manager.id, "Two")
    with closing(sqlite3.connect(bot_env.settings.database.path, isolation_level=None)) as other:
        other.execute(
            "CREATE TRIGGER refuses BEFORE UPDATE OF way ON notifications"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        with pytest.raises(DatabaseError):
            await outbox.run()
        other.execute("DROP TRIGGER refuses")
    await tell(bot_env, bot_env.manager.id, "Three")
    monkeypatch.setattr(jobs_delivery, "_key", lambda kind, parcel: f"{kind} forgotten {parcel}")
    await Outbox(bot_env.bot).run()
    assert titles(bot_env.manager) == ["One", "Two", "Three"]
    assert sizes(bot_env.manager) == [2, 1]
    assert [state[2] for state in states(bot_env)] == [1, 1, 1]


async def test_quiet_hours_that_begin_between_two_tries_are_kept(bot_env: BotEnv, clock: Clock) -> None:
    """A message that may have arrived is looked for; if it is not there, it waits for the morning."""
    minute = time.gmtime(clock.now).tm_hour * 60 + time.gmtime(clock.now).tm_min
    manager = bot_env.manager
    bot_env.simulation.inject_error("POST", "/users/@me/channels", status=400, code=50035, message="No")
    await tell(bot_env, manager.id, "Held")
    outbox = Outbox(bot_env.bot)
    with closing(sqlite3.connect(bot_env.settings.database.path, isolation_level=None)) as other:
        other.execute("UPDATE notifications SET parcel = 1, packed_at = created_at")
    await outbox.run()
    await bot_env.db.write(
        SetQuietHours(quiet_from=minute, quiet_to=(minute + 60) % 1440, zone="UTC"),
        Context(actor=manager.id, at=clock.now),
    )
    clock.forward(PAUSES[0])
    await outbox.run()
    await outbox.run()
    assert titles(manager) == []
    end = states(bot_env)[0][1]
    assert end == clock.now - clock.now % 60 + 3600 - PAUSES[0]
    clock.now = end
    await outbox.run()
    assert titles(manager) == ["Held"]


async def test_somebody_slow_is_left_to_themselves(
    bot_env: BotEnv, clock: Clock, tuning: Tuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run ends although one message hangs; the next one serves others, and nobody twice at a time."""
    tuning(FOR_ALL.at(0.1))
    hanging, begun = asyncio.Event(), []

    async def send(place: Any, *, key: str, content: Any, cards: Any, view: Any, files: Any) -> None:
        begun.append(cards[0].title)
        if cards[0].title == "Slow":
            await hanging.wait()

    monkeypatch.setattr(jobs_delivery, "send", send)
    outbox = Outbox(bot_env.bot)
    await tell(bot_env, bot_env.manager.id, "Slow")
    await tell(bot_env, bot_env.second_manager.id, "Quick")
    await outbox.run()
    await tell(bot_env, bot_env.second_manager.id, "Next")
    await outbox.run()
    assert sorted(begun) == ["Next", "Quick", "Slow"]
    hanging.set()
    await outbox.run()
    assert [state[2] for state in states(bot_env)] == [1, 1, 1]
    await tell(bot_env, bot_env.manager.id, "Slow")
    hanging.clear()
    await outbox.run()
    await outbox.close()
    assert [state[2] for state in states(bot_env)] == [1, 1, 1, 0]
