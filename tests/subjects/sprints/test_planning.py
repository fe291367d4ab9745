"""Planning ahead: who gets which turns, many sprints at once, who is away in a turn, and what asks first."""

from __future__ import annotations

from datetime import timedelta

from tests.commands.acting import confirmed, dump, labels, rows, words_of
from tests.conftest import BotEnv, first_sprint_day

NAMES = "SELECT name FROM sprints WHERE sprint_index IS NOT NULL ORDER BY start_date"


async def test_adding_sprints_says_who_gets_the_turns(rota_env: BotEnv) -> None:
    """Several at once, with numbers that go on; those too far ahead are said not to be dealt yet."""
    env = rota_env
    start = first_sprint_day() + timedelta(days=70)
    options = {"start": start.isoformat(), "end": (start + timedelta(days=14)).isoformat(), "count": 4}
    words = await confirmed(env, env.manager, "sprint add", "Add", name="Sprint 06", **options)
    assert "**Sprint 06 •" in words
    assert "Account: **Casey Account**, Producer: **Finn Producer**" in words
    assert words.count("not dealt yet") == 1
    names = [row[0] for row in rows(env, NAMES)]
    assert names[5:] == ["Sprint 06", "Sprint 07", "Sprint 08", "Sprint 09"]


async def test_the_list_of_sprints_names_the_holders(rota_env: BotEnv) -> None:
    """Each sprint with who has its turns."""
    listed = words_of(await rota_env.staff("avery").slash(rota_env.channel, "sprint list"))
    assert "Account: **Bo Account**, Producer: **Eli Producer**" in listed
    assert "Account: **Casey Account**, Producer: **Finn Producer**" in listed


async def test_a_second_sprint_of_one_name_is_refused(rota_env: BotEnv) -> None:
    """In any case and spacing, for new and for renamed ones, also as one of several."""
    env = rota_env
    before = dump(env)
    days = {"start": "in 10 weeks", "end": "in 12 weeks"}
    for name, count in (("sprint  3", 1), ("Sprint 0", 4)):
        said = words_of(await env.manager.slash(env.channel, "sprint add", name=name, count=count, **days))
        assert "already" in said, said
    renamed = {"sprint": "Sprint 4", "name": "SPRINT 5", "reason": "r"}
    assert "called Sprint 5 already" in words_of(
        await env.manager.slash(env.channel, "sprint edit", **renamed)
    )
    assert dump(env) == before


async def test_somebody_away_who_holds_a_turn_is_named(rota_env: BotEnv) -> None:
    """A few days away move nobody: it is said when they are set, and wherever the turn is shown."""
    env = rota_env
    bo = env.staff("bo")
    words = await confirmed(env, bo, "roster away", "Save", **{"from": "tomorrow", "to": "in 2 days"})
    assert "Still theirs, although they are away" in words
    assert "• Account, Sprint 2" in words
    now = words_of(await bo.slash(env.channel, "oncall now"))
    assert "Account: **Bo Account** — ⚠️ away from" in now
    assert now.count("away from") == 1
    await confirmed(env, bo, "roster away", "Save")
    assert "away from" not in words_of(await bo.slash(env.channel, "oncall now"))


async def test_a_player_is_put_on_duty_only_after_a_question(rota_env: BotEnv) -> None:
    """Staff at once; somebody who is neither staff nor on a roster after a second look."""
    env = rota_env
    before = dump(env)
    options = {"discipline": "account", "user": env.player, "reason": "Illness"}
    asked = await env.manager.slash(env.channel, "oncall set", **options)
    assert "neither staff nor on a roster" in words_of(asked)
    changed = {name for name, digest in dump(env).items() if digest != before[name]}
    assert changed == {"requests"}, "only the question is kept"
    await env.manager.click(asked.response, label="Put on duty")
    assert "On duty changed" in words_of(asked)
    assert rows(env, "SELECT user_id FROM current_holders WHERE discipline = 'account'") == [(env.player.id,)]
    staff = await env.manager.slash(env.channel, "oncall set", **options | {"user": env.staff("casey")})
    assert labels(staff.response) == []


async def test_ones_own_admin_role_is_given_up_only_after_a_question(rota_env: BotEnv) -> None:
    """Cancelled, it stays; others' roles are changed at once."""
    env = rota_env
    role = "SELECT role FROM users WHERE discord_id = ?"
    await env.admin.slash(env.channel, "member role", user=env.manager, role="admin")
    asked = await env.manager.slash(env.channel, "member role", user=env.manager, role="none")
    await env.manager.click(asked.response, label="Cancel")
    assert rows(env, role, env.manager.id) == [("admin",)]
    words = await confirmed(env, env.manager, "member role", "Give it up", user=env.manager, role="tester")
    assert "admin → **tester**" in words
    assert rows(env, role, env.manager.id) == [("tester",)]
