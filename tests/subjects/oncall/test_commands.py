"""Rosters, sprints and duty through the commands that people type."""

from __future__ import annotations

from datetime import timedelta

from modelus_bot.ui.picks import picked
from tests.commands.acting import confirmed, dump, labels, lift_discords_hint, rows, words_of
from tests.conftest import BotEnv, first_sprint_day


async def test_roster_shows_everybody_in_order(rota_env: BotEnv) -> None:
    """/roster show lists the people of a discipline by place, and says what to do where nobody is."""
    shown = await rota_env.staff("avery").slash(rota_env.channel, "roster show")
    words = words_of(shown)
    assert "1. Avery Account\n2. Bo Account\n3. Casey Account" in words
    assert "`/roster add`" in words
    assert not shown.ephemeral
    one = await rota_env.staff("avery").slash(rota_env.channel, "roster show", discipline="producer")
    assert "Drew Producer" in words_of(one)
    assert "Avery Account" not in words_of(one)


async def test_adding_to_a_roster_is_previewed_and_confirmed(rota_env: BotEnv) -> None:
    """/roster add shows who moves first, writes nothing before it is confirmed, and names what was saved."""
    env = rota_env
    asked = await env.manager.slash(env.channel, "roster add", discipline="po", user=env.player)
    assert asked.ephemeral
    assert "Sprint 2, Product owner: nobody → Paula (player)" in words_of(asked)
    assert labels(asked.response) == ["Add", "Cancel"]
    assert rows(env, "SELECT count(*) FROM user_disciplines WHERE discipline = 'po'") == [(0,)]

    await env.manager.click(asked.response, label="Add")
    assert "Saved" in words_of(asked)
    assert "Paula (player), Product owner:** not on the roster → place 1" in words_of(asked)
    assert labels(asked.response) == []
    assert rows(env, "SELECT user_id FROM user_disciplines WHERE discipline = 'po'") == [(env.player.id,)]


async def test_adding_somebody_twice_changes_nothing(rota_env: BotEnv) -> None:
    """/roster add of somebody who is on the roster says so and asks nothing."""
    env = rota_env
    shown = await env.manager.slash(
        env.channel, "roster add", discipline="account", user=env.staff("avery"), position=3
    )
    assert "Nothing to change" in words_of(shown)
    assert labels(shown.response) == []


async def test_removing_from_a_roster(rota_env: BotEnv) -> None:
    """/roster remove asks with a red button and then takes the person off."""
    env = rota_env
    words = await confirmed(
        env, env.manager, "roster remove", "Remove", discipline="account", member="Casey Account"
    )
    assert "Casey Account, Account:** place 3 → not on the roster" in words
    active = "SELECT is_active FROM user_disciplines WHERE user_id = ?"
    assert rows(env, active, env.staff("casey").id) == [(0,)]


async def test_moving_in_a_roster_and_its_dry_run(rota_env: BotEnv) -> None:
    """/roster move with dry_run only shows; without it the confirmed place is saved."""
    env = rota_env
    options = {"discipline": "account", "member": picked("member", env.staff("casey").id), "position": 1}
    shown = await env.manager.slash(env.channel, "roster move", **options, dry_run=True)
    assert "Only a preview" in words_of(shown)
    assert labels(shown.response) == []
    words = await confirmed(env, env.manager, "roster move", "Move", **options)
    assert "place 3 → place 1" in words
    order = "SELECT user_id FROM user_disciplines WHERE discipline = 'account' ORDER BY position"
    assert [row[0] for row in rows(env, order)] == [env.staff(name).id for name in ("casey", "avery", "bo")]


async def test_a_changed_roster_makes_the_question_stale(rota_env: BotEnv) -> None:
    """Confirming moves that are no longer those that were shown is refused, and nothing is written."""
    env = rota_env
    asked = await env.manager.slash(
        env.channel, "roster remove", discipline="account", member="Casey Account"
    )
    await confirmed(
        env, env.second_manager, "roster remove", "Remove", discipline="account", member="Bo Account"
    )
    before = dump(env)
    await env.manager.click(asked.response, label="Remove")
    assert "changed" in words_of(asked)
    assert labels(asked.response) == []
    assert dump(env) == before


async def test_members_set_their_own_days_away(rota_env: BotEnv) -> None:
    """/roster away takes words for days, shows Discord timestamps, and without days means back again."""
    env = rota_env
    avery = env.staff("avery")
    words = await confirmed(env, avery, "roster away", "Save", **{"from": "tomorrow", "to": "in 2 weeks"})
    assert "(away from <t:" in words
    away = "SELECT away_from IS NOT NULL FROM user_disciplines WHERE user_id = ?"
    assert rows(env, away, avery.id) == [(1,)]
    await confirmed(env, avery, "roster away", "Save")
    assert rows(env, away, avery.id) == [(0,)]


async def test_sprints_are_shown_added_edited_and_archived(rota_env: BotEnv) -> None:
    """/sprint current, list, add, edit (dry run and not) and archive do what they say."""
    env = rota_env
    current = words_of(await env.staff("avery").slash(env.channel, "sprint current"))
    assert current.startswith("Sprint 2")
    assert "Bo Account" in current
    assert "7 days left" in current
    listed = words_of(await env.staff("avery").slash(env.channel, "sprint list"))
    assert "Sprint 1 •" not in listed
    assert "Sprint 5 •" in listed

    start = first_sprint_day() + timedelta(days=70)
    options = {
        "name": "Sprint 6",
        "start": start.isoformat(),
        "end": (start + timedelta(days=14)).isoformat(),
    }
    words = await confirmed(env, env.manager, "sprint add", "Add", **options)
    assert "not planned → Sprint 6 •" in words

    edit = {"sprint": "Sprint 6", "name": "The last one", "reason": "Better name"}
    shown = await env.manager.slash(env.channel, "sprint edit", **edit, dry_run=True)
    assert "Only a preview" in words_of(shown)
    words = await confirmed(env, env.manager, "sprint edit", "Change", **edit)
    assert "Sprint 6 •" in words
    assert "→ The last one •" in words

    words = await confirmed(
        env, env.manager, "sprint archive", "Archive", sprint="The last one", reason="Not needed"
    )
    assert "→ archived" in words
    assert rows(env, "SELECT sprint_index FROM sprints WHERE name = 'The last one'") == [(None,)]


async def test_duty_now_on_a_day_and_mine(rota_env: BotEnv) -> None:
    """/oncall now shows holders and who is next, on shows a day, mine the member's own turns."""
    env = rota_env
    now = words_of(await env.staff("drew").slash(env.channel, "oncall now"))
    assert "Account: **Bo Account**" in now
    assert "Next: Sprint 3" in now
    only = words_of(await env.staff("drew").slash(env.channel, "oncall now", discipline="producer"))
    assert "Eli Producer" in only
    assert "Account" not in only
    on = words_of(await env.staff("drew").slash(env.channel, "oncall on", day="in 2 weeks"))
    assert "Casey Account" in on
    mine = await env.staff("bo").slash(env.channel, "oncall mine")
    assert "**now** Account, Sprint 2" in words_of(mine)
    assert mine.ephemeral
    await lift_discords_hint(env, env.player)
    nothing = await env.player.slash(env.channel, "oncall mine")
    assert "You have no turns planned" in words_of(nothing)


async def test_setting_somebody_by_hand_and_the_note(rota_env: BotEnv) -> None:
    """/oncall set names before and after; the holder's note is kept for whoever is next."""
    env = rota_env
    options = {"discipline": "account", "user": env.staff("avery"), "reason": "Illness"}
    words = words_of(await env.manager.slash(env.channel, "oncall set", **options))
    assert "Account: Bo Account → **Avery Account**" in words
    assert rows(env, "SELECT user_id FROM current_holders WHERE discipline = 'account'") == [
        (env.staff("avery").id,)
    ]
    words = words_of(await env.staff("avery").slash(env.channel, "oncall handoff", note="Watch the queue"))
    assert "Your note is saved" in words
    assert "> Watch the queue" in words


async def test_empty_states_say_what_to_do(bot_env: BotEnv) -> None:
    """Without rosters and sprints every command that shows them says what to do next."""
    env = bot_env
    for command, wanted in (
        ("roster show", "`/roster add`"),
        ("sprint current", "`/sprint add`"),
        ("sprint list", "`/sprint add`"),
        ("oncall now", "`/sprint list`"),
        ("oncall mine", "`/roster add`"),
        ("cover list", "`/cover request`"),
    ):
        assert wanted in words_of(await env.manager.slash(env.channel, command)), command


async def test_a_role_follows_whoever_is_on_duty(rota_env: BotEnv) -> None:
    """/oncall role stores a role that the bot can give, takes it away again, and names what is in the way."""
    env = rota_env
    below = env.guild.create_role("On duty")
    stored = "SELECT role_id FROM disciplines WHERE key = 'account'"
    refused = words_of(await env.manager.slash(env.channel, "oncall role", discipline="Account", role=below))
    assert "Only administrators" in refused
    assert rows(env, stored) == [(None,)]

    own = env.guild.roles["Administrators"]
    for role, words in ((own, "You may not give Administrators"), (env.guild.roles["TestBot"], "cannot be")):
        refused = words_of(await env.admin.slash(env.channel, "oncall role", discipline="po", role=role))
        assert words in refused
    assert rows(env, "SELECT role_id FROM disciplines WHERE key = 'po'") == [(None,)]

    said = words_of(await env.admin.slash(env.channel, "oncall role", discipline="Account", role=below))
    assert "follows whoever is on duty as Account" in said
    assert rows(env, stored) == [(below.id,)]
    said = words_of(await env.admin.slash(env.channel, "oncall role", discipline="Account"))
    assert "No role follows" in said
    assert rows(env, stored) == [(None,)]
