"""Cover requests that nobody decided are closed when their sprint is over, and not before."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.covers.jobs import CoverExpiry
from modelus_bot.subjects.covers.writes.steps import RequestCover
from modelus_bot.subjects.sprints.queries.sprints import sprints
from tests.conftest import BotEnv
from tests.jobs.clock import Clock

DAY = 86400


def stored(env: BotEnv, sql: str) -> list[tuple[object, ...]]:
    """Return rows of the bot's own file."""
    with closing(sqlite3.connect(f"file:{env.settings.database.path}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


async def test_requests_expire_with_their_sprint(rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written while the sprint is on; after it the request is closed, once, and told."""
    env, clock = rota_env, Clock(monkeypatch)
    second = (await env.db.read(sprints))[1]
    bo = env.staff("bo").id
    await env.db.write(RequestCover(sprint_id=second.id, discipline="account"), Context(actor=bo))
    status = "SELECT status, attempts FROM overrides"
    entries = "SELECT count(*) FROM audit_logs"
    told = f"SELECT count(*) FROM notifications WHERE type = 'cover' AND user_id = {bo}"

    before = stored(env, entries)
    await CoverExpiry(env.bot).run()
    assert stored(env, status) == [("open", 1)]
    assert stored(env, entries) == before

    clock.forward(8 * DAY)
    for _ in range(2):
        await CoverExpiry(env.bot).run()
    assert stored(env, status) == [("expired", 1)]
    assert stored(env, told) == [(1,)]
    assert stored(env, f"{entries} WHERE table_name = 'overrides'") == [(2,)]
