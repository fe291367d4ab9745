"""A clock for jobs that tests can set: only what the jobs ask of the module ``time``."""

from __future__ import annotations

import time as real

import pytest


class Clock:
    """Stands where the jobs' modules have ``time``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Start at the real time."""
        self.now = int(real.time())
        for module in ("loop", "outbox", "alerts", "health"):
            monkeypatch.setattr(f"modelus_bot.jobs.{module}.time", self)

    def time(self) -> float:
        """Return the present instant in UTC seconds."""
        return float(self.now)

    def forward(self, seconds: int) -> None:
        """Let time pass."""
        self.now += seconds
