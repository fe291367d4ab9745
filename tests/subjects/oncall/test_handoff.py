"""The hand-over: holders follow the calendar, and roles and the channel's topic follow the holders."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.covers.writes.steps import ApproveCover, RequestCover
from modelus_bot.subjects.disciplines.writes import SetDisciplineRole
from modelus_bot.subjects.oncall.jobs import HandoffJob
from modelus_bot.subjects.oncall.writes import SetHolder
from tests.conftest import SPRINT_DAYS, BotEnv, first_sprint_day
from tests.jobs.clock import Clock

if TYPE_CHECKING:
    import simcord

DAY = 86400


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the jobs' clock."""
    return Clock(monkeypatch)


@pytest.fixture
async def role(rota_env: BotEnv) -> simcord.RoleHandle:
    """Return the Discord role of the account discipline."""
    role = rota_env.guild.create_role("On duty: account")
    await rota_env.db.write(SetDisciplineRole(discipline="account", role_id=role.id), Context())
    return role


def stored(env: BotEnv, sql: str) -> list[tuple[object, ...]]:
    """Return rows of the bot's own file."""
    with closing(sqlite3.connect(f"file:{env.settings.database.path}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def holder(env: BotEnv) -> object:
    """Return who holds the account discipline."""
    return stored(env, "SELECT user_id FROM current_holders WHERE discipline = 'account'")[0][0]


def having(env: BotEnv, role: simcord.RoleHandle) -> list[str]:
    """Return who has a role, by the keys of the staff."""
    members = env.simulation.backend.guilds[env.guild.id].members
    return [name for name in ("avery", "bo", "casey") if role.id in members[env.staff(name).id].role_ids]


def topic(env: BotEnv) -> str | None:
    """Return the topic of the duty channel."""
    channel = env.simulation.backend.channels[env.duty_desk.id]
    return channel.topic


def third_sprint_begins() -> int:
    """Return the instant (UTC seconds) of the hand-over to the third sprint."""
    return Calendar().handoff(first_sprint_day() + timedelta(days=2 * SPRINT_DAYS))


async def test_duty_passes_at_the_hand_over_and_not_a_minute_earlier(rota_env: BotEnv, clock: Clock) -> None:
    """The second sprint's holder stays until the third one's first hand-over, on the minute."""
    env, job = rota_env, HandoffJob(rota_env.bot)
    clock.now = third_sprint_begins() - 1
    await job.run()
    assert holder(env) == env.staff("bo").id
    clock.forward(1)
    await job.run()
    assert holder(env) == env.staff("casey").id


async def test_running_again_writes_nothing(rota_env: BotEnv, clock: Clock) -> None:
    """Everybody is told once, the current state moves once, however often the job looks."""
    env, job = rota_env, HandoffJob(rota_env.bot)
    clock.now = third_sprint_begins()
    await job.run()
    seen = [stored(env, f"SELECT count(*) FROM {name}") for name in ("notifications", "audit_logs")]
    version = stored(env, "SELECT version FROM current_state")
    for _ in range(3):
        clock.forward(30)
        await job.run()
    await HandoffJob(env.bot).run()
    assert [stored(env, f"SELECT count(*) FROM {name}") for name in ("notifications", "audit_logs")] == seen
    assert stored(env, "SELECT version FROM current_state") == version


async def test_a_hand_over_missed_while_the_bot_was_away_is_caught_up(rota_env: BotEnv, clock: Clock) -> None:
    """After weeks without the bot one run leads to the sprint that is on now."""
    env = rota_env
    clock.now = third_sprint_begins() + 2 * SPRINT_DAYS * DAY
    await HandoffJob(env.bot).run()
    assert holder(env) == env.staff("bo").id
    assert stored(
        env, "SELECT sprint_index FROM sprints WHERE id = (SELECT sprint_id FROM current_state)"
    ) == [(4,)]


async def test_role_and_topic_follow_the_holder(
    rota_env: BotEnv, clock: Clock, role: simcord.RoleHandle
) -> None:
    """Exactly the holder has the role, and the topic names everybody on duty."""
    env, job = rota_env, HandoffJob(rota_env.bot)
    await job.run()
    assert having(env, role) == ["bo"]
    assert "Account: Bo Account" in (topic(env) or "")
    clock.now = third_sprint_begins()
    await job.run()
    assert having(env, role) == ["casey"]
    assert "Account: Casey Account" in (topic(env) or "")


async def test_role_and_topic_follow_somebody_set_by_hand(
    rota_env: BotEnv, clock: Clock, role: simcord.RoleHandle
) -> None:
    """The change is shown in Discord at the next run, after a restart of the job too."""
    env = rota_env
    await HandoffJob(env.bot).run()
    avery = env.staff("avery")
    write = SetHolder(discipline="account", member_id=avery.id, name="Avery Account", reason="Illness")
    await env.db.write(write, Context(actor=env.manager.id))
    await HandoffJob(env.bot).run()
    assert having(env, role) == ["avery"]
    assert "Account: Avery Account" in (topic(env) or "")


async def test_what_discord_refuses_is_tried_at_the_next_run(
    rota_env: BotEnv, clock: Clock, role: simcord.RoleHandle
) -> None:
    """Duty itself passes on while Discord fails; role and topic follow when it works again."""
    env, job = rota_env, HandoffJob(rota_env.bot)
    for method, path in (("PUT", "/guilds/*/members/*/roles/*"), ("PATCH", "/channels/*")):
        env.simulation.inject_error(method, path, status=403, code=50013, message="Missing Permissions")
    before = topic(env)
    await job.run()
    assert holder(env) == env.staff("bo").id
    assert having(env, role) == []
    assert topic(env) == before
    await job.run()
    assert having(env, role) == ["bo"]
    assert "Bo Account" in (topic(env) or "")


async def test_another_role_takes_the_place_of_the_first(
    rota_env: BotEnv, clock: Clock, role: simcord.RoleHandle
) -> None:
    """Whoever is on duty gives the old role back; without a role nothing follows them any more."""
    env, job = rota_env, HandoffJob(rota_env.bot)
    await job.run()
    other = env.guild.create_role("On call")
    await env.db.write(SetDisciplineRole(discipline="account", role_id=other.id), Context())
    await job.run()
    assert (having(env, role), having(env, other)) == ([], ["bo"])

    await env.db.write(SetDisciplineRole(discipline="account"), Context())
    await job.run()
    assert having(env, other) == []


async def test_role_and_topic_follow_a_cover_of_days(
    rota_env: BotEnv, clock: Clock, role: simcord.RoleHandle
) -> None:
    """To the replacement at the first day's hand-over, back at that of the day after the last one."""
    env, job = rota_env, HandoffJob(rota_env.bot)
    avery, bo = env.staff("avery"), env.staff("bo")
    first = first_sprint_day() + timedelta(days=SPRINT_DAYS + 10)
    write = RequestCover(
        sprint_id=2, discipline="account", replacement_id=avery.id, first_day=first, last_day=first
    )
    number = (await env.db.write(write, Context(actor=bo.id))).cover.id
    await env.db.write(ApproveCover(cover_id=number), Context(actor=env.manager.id))
    begin = Calendar().handoff(first)
    end = Calendar().handoff(first + timedelta(days=1))
    seen = []
    for at in (begin - 1, begin, end - 1, end):
        clock.now = at
        await job.run()
        await job.run()
        seen.append((holder(env), having(env, role)))
    assert seen == [(bo.id, ["bo"]), (avery.id, ["avery"]), (avery.id, ["avery"]), (bo.id, ["bo"])]
    assert "Account: Bo Account" in (topic(env) or "")
    told = f"SELECT title, created_at FROM notifications WHERE type = 'oncall' AND user_id = {avery.id}"
    assert stored(env, f"{told} ORDER BY id")[-2:] == [
        ("You are now on duty: Account", begin),
        ("You are no longer on duty: Account", end),
    ]
