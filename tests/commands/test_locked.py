"""Another program holds the database's write lock while people use commands."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands.acting import words_of
from tests.conftest import BotEnv
from tests.daily_size import FULL
from tests.faults.test_lock import foreign_lock
from tests.waiting import eventually

HELD = 60 if FULL else 10
"""Seconds; longer than a write waits, which is eight."""


@pytest.mark.fault
@pytest.mark.slow
async def test_commands_say_that_the_database_is_busy_and_recover(rota_env: BotEnv) -> None:
    """Changes wait, then fail with the sentence; /ping, /help and reading answer throughout; all recovers."""
    env = rota_env
    note = {"note": "The door sticks."}
    begun = time.perf_counter()
    async with foreign_lock(env.settings.database.path):
        while time.perf_counter() - begun < HELD:
            refused = await env.staff("bo").slash(env.channel, "oncall handoff", **note)
            assert "The database is busy" in words_of(refused)
            for command in ("ping", "help", "oncall now"):
                started = time.perf_counter()
                answer = await env.staff("bo").slash(env.channel, command)
                assert "busy" not in words_of(answer)
                assert time.perf_counter() - started < 3
    await eventually(lambda: env.db.overview().mode == "normal")
    saved = await env.staff("bo").slash(env.channel, "oncall handoff", **note)
    assert "saved" in words_of(saved)


@pytest.mark.fault
async def test_a_change_waits_for_a_short_lock(rota_env: BotEnv) -> None:
    """Held for three seconds, the lock delays a command and does not fail it."""
    env = rota_env
    path = env.settings.database.path
    started = time.perf_counter()
    holder = await asyncio.to_thread(hold_lock, path, 3.0)
    saved = await env.staff("bo").slash(env.channel, "oncall handoff", note="Keys are in the drawer.")
    waited = time.perf_counter() - started
    await asyncio.to_thread(holder.wait)
    assert "saved" in words_of(saved)
    assert waited > 2.5


def hold_lock(path: Path, seconds: float) -> subprocess.Popen[bytes]:
    """Start a process that takes the write lock and gives it back after a while."""
    program = (
        "import sqlite3, sys, time;"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE');"
        "print('held', flush=True); time.sleep(float(sys.argv[2])); c.close()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path), str(seconds)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process
