"""A clock for jobs that tests can set: only what the jobs ask of the module ``time``."""

from __future__ import annotations

import time as real

import pytest

from modelus_bot.clock.clock import Clock as MachinesClock
from tests.conftest import BotEnv


class Clock:
    """Stands where the jobs' modules have ``time``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Start at the real time."""
        self.now = int(real.time())
        subjects = "modelus_bot.subjects"
        for module in (
            "modelus_bot.jobs.loop",
            f"{subjects}.notices.jobs.outbox",
            f"{subjects}.alerts.jobs.alerts",
            f"{subjects}.health.jobs.health",
            f"{subjects}.reminders.enclosures",
            f"{subjects}.weekly_post.jobs",
            f"{subjects}.feed.jobs",
        ):
            monkeypatch.setattr(f"{module}.time", self)

    def drive(self, env: BotEnv) -> None:
        """Let the database's clock go with it."""
        env.db.clock = MachinesClock(wall=self.time, steady=self.time)

    def monotonic(self) -> float:
        """Return seconds that pass evenly."""
        return float(self.now)

    def time(self) -> float:
        """Return the present instant in UTC seconds."""
        return float(self.now)

    def forward(self, seconds: int) -> None:
        """Let time pass."""
        self.now += seconds
