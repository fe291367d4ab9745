"""An hour of flapping: breaker, monitor, incidents and alerts together, on a clock that is moved by hand."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DiskFull, QueryFailed
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.health.figures import Figures
from modelus_bot.database.health.rolling import Rolling
from modelus_bot.subjects.alerts.jobs.alerts import Alerts
from modelus_bot.subjects.health.jobs.health import Health
from tests.conftest import BotEnv
from tests.database.operations import Meddle, PutSetting
from tests.inside import probe
from tests.jobs.clock import Clock

pytestmark = pytest.mark.fault

HOUR = 3600
QUIET = 600


class Flapping:
    """The real bot and database, whose health is driven up and down second by second."""

    def __init__(self, env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
        self.env, self.db = env, env.db
        self.clock = Clock(monkeypatch)
        self.clock.drive(env)
        self.begin = self.clock.now
        monkeypatch.setattr("modelus_bot.database.engine.availability.time", self.clock)
        availability = self.db.availability
        for breaker in (availability.writes, availability.reads):
            breaker.clock = self.clock.time
        self.db.health.counted = Figures(self.clock.time)
        self.db.health.loop_delays = Rolling(self.clock.time)
        self.health, self.alerts = Health(env.bot), Alerts(env.bot)

    @property
    def second(self) -> int:
        """Seconds since the beginning."""
        return self.clock.now - self.begin

    async def pass_second(self) -> None:
        """Let the jobs look, and a second pass."""
        await self.health.run()
        if self.second % 2 == 0:
            await self.alerts.run()
        self.clock.forward(1)

    def fill_disk(self) -> None:
        """Let a write fail as on a full disk."""
        self.db.availability.failed(self.db.availability.writes, DiskFull("full"))

    async def free_disk(self) -> None:
        """Let the prober find that writing works again."""
        await probe(self.db)
        assert self.db.mode is Mode.NORMAL

    async def operate(self, *, failing: int) -> None:
        """Make five changes, of which some fail for a reason of the database's own."""
        for number in range(5):
            broken = number < failing
            with contextlib.suppress(QueryFailed):
                await self.db.write(
                    Meddle(sql="nonsense") if broken else PutSetting(key="k", value=1), Context()
                )

    def network(self, seconds: float) -> None:
        """Let Discord take so long to answer a heartbeat."""
        self.db.health.surroundings = replace(self.db.health.surroundings, gateway=seconds)


def told(person: Any) -> list[str]:
    """Return the texts that somebody got as direct messages, in order."""
    return [message.embeds[0].description for message in person.user.dm_channel.history()]


async def test_an_hour_of_flapping_makes_one_alert_per_incident(
    bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Disk, errors and network come and go for an hour: each is told when it begins and when it is over.

    The mode changes 360 times; told are the first change, the way back, that it keeps changing, and that
    it has settled.
    """
    env = bot_env
    server = env.settings.server.model_copy(
        update={"admin_ids": (env.manager.id,), "alert_channel_id": env.staff_channel.id}
    )
    env.bot.settings = env.settings.model_copy(update={"server": server})
    await env.db.availability.stop()
    flapping = Flapping(env, monkeypatch)
    while flapping.second < HOUR:
        second = flapping.second
        if second % 20 == 5:
            flapping.fill_disk()
        elif second % 20 == 15:
            await flapping.free_disk()
        if second % 20 == 0:
            await flapping.operate(failing=3 if second % 720 < 240 else 0)
        flapping.network(5.0 if second % 180 < 90 else 0.1)
        await flapping.pass_second()
    raised = {incident.name: incident.times for incident in env.db.health.incidents}
    assert raised == {"errors": 5, "gateway": 20}

    flapping.network(0.1)
    while flapping.second < HOUR + 2 * QUIET + 400:
        await flapping.pass_second()
    assert env.db.health.incidents == ()

    texts = told(env.manager)
    kinds = Counter(" ".join(text.split()[:5]) for text in texts)
    assert len(texts) == 8, texts
    assert set(kinds.values()) == {1}, kinds
    starts = (
        "The database can be read, but nothing can be saved",
        "The database works. It did not for 10 seconds.",
        "The database keeps going away and coming back",
        "Discord takes 5000 ms",
        "The database fails 24 % ",
        "The database has settled after 360 changes in 1 hour. The database works.",
        "Discord answers quickly again. ",
        "The database fails hardly anything any more.",
    )
    for start in starts:
        assert sum(text.startswith(start) for text in texts) == 1, (start, texts)
    assert [message.embeds[0].description for message in env.staff_channel.history()] == texts
