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
from modelus_bot.subjects.notices import jobs as jobs_outbox
from modelus_bot.subjects.notices.jobs import BATCH, NEVER, PAUSES, TRIES, Outbox
from modelus_bot.subjects.notices.writes.outbox import MarkFailed, notify
from tests.conftest import BotEnv
from tests.jobs.clock import Clock


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
    return [message.embeds[0].title for message in person.user.dm_channel.history()]


def states(env: BotEnv) -> list[tuple[int, int, bool, str | None]]:
    """Return attempts, when it is due, whether it was delivered, and the last error of each notice."""
    with closing(sqlite3.connect(f"file:{env.settings.database.path}?mode=ro", uri=True)) as connection:
        return connection.execute(
            "SELECT attempts, deliver_after, delivered_at IS NOT NULL, last_error FROM notifications"
            " ORDER BY id"
        ).fetchall()


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


async def test_a_run_sends_a_bounded_batch_oldest_first(bot_env: BotEnv, clock: Clock) -> None:
    """More than a batch takes more than a run."""
    for number in range(BATCH + 3):
        await tell(bot_env, bot_env.manager.id, f"Notice {number}")
    outbox = Outbox(bot_env.bot)
    await outbox.run()
    assert titles(bot_env.manager) == [f"Notice {number}" for number in range(BATCH)]
    await outbox.run()
    assert titles(bot_env.manager) == [f"Notice {number}" for number in range(BATCH + 3)]


async def test_closed_messages_lead_to_the_duty_channel_without_the_text(
    bot_env: BotEnv, clock: Clock
) -> None:
    """The channel learns that there is a notice, not what it says, and nobody is pinged."""
    bot_env.simulation.inject_error(
        "POST", "/users/@me/channels", status=403, code=50007, message="Cannot send messages to this user"
    )
    await tell(bot_env, bot_env.manager.id, "Private")
    await Outbox(bot_env.bot).run()
    posted = bot_env.duty_desk.last_message
    assert posted is not None
    assert "your direct messages are closed" in posted.content
    assert "in full" not in posted.content
    stored = bot_env.simulation.backend.get_message(posted.channel.id, posted.id)
    assert not stored.allowed_mentions.allows_user(bot_env.manager.id)
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


async def test_a_notice_is_given_up_in_the_end(bot_env: BotEnv, clock: Clock) -> None:
    """After the last try it is not sent for years, and stays undelivered in the file."""
    bot_env.simulation.inject_error(
        "POST", "/users/@me/channels", status=400, code=50035, message="No", times=None
    )
    await tell(bot_env, bot_env.manager.id, "Never")
    outbox, began = Outbox(bot_env.bot), clock.now
    for _ in range(TRIES):
        await outbox.run()
        clock.now = max(clock.now, states(bot_env)[0][1])
    attempts, due, delivered, _ = states(bot_env)[0]
    assert (attempts, delivered) == (TRIES, 0)
    assert due - began > 365 * 86400


async def test_a_notice_that_left_but_was_not_marked_is_not_sent_again(bot_env: BotEnv, clock: Clock) -> None:
    """The database failing between sending and marking costs no second message."""
    await tell(bot_env, bot_env.manager.id, "Once")
    outbox = Outbox(bot_env.bot)
    with closing(sqlite3.connect(bot_env.settings.database.path, isolation_level=None)) as other:
        other.execute(
            "CREATE TRIGGER refuses BEFORE UPDATE ON notifications BEGIN SELECT RAISE(ABORT, 'no'); END"
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


async def test_a_notice_that_was_given_up_holds_up_no_other(bot_env: BotEnv, clock: Clock) -> None:
    """Years of waiting are no turn to be kept."""
    await tell(bot_env, bot_env.manager.id, "Never")
    failed = MarkFailed(id=1, error="No", retry_at=clock.now + NEVER)
    await bot_env.db.write(failed, Context())
    await tell(bot_env, bot_env.manager.id, "Now")
    await Outbox(bot_env.bot).run()
    assert titles(bot_env.manager) == ["Now"]


async def test_somebody_slow_is_left_to_themselves(
    bot_env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run ends although one message hangs; the next one serves others, and nobody twice at a time."""
    monkeypatch.setattr(jobs_outbox, "FOR_ALL", 0.1)
    hanging, begun = asyncio.Event(), []

    async def send(place: Any, *, key: str, card: Any, view: Any, file: Any) -> None:
        begun.append(card.title)
        if card.title == "Slow":
            await hanging.wait()

    monkeypatch.setattr(jobs_outbox, "send", send)
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
