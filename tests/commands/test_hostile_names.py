"""Hostile names, through every command and notice: nothing drawn, nobody pinged, everything picked."""

from __future__ import annotations

import re
import sqlite3
import time
import unicodedata
from contextlib import closing
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import discord
import pytest

from modelus_bot.clock.words import apart_words
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.alerts.jobs.alerts import Alerts
from modelus_bot.subjects.feed.jobs import GATHERING, FeedJob
from modelus_bot.subjects.heads_up.writes import TellHeadsUp
from modelus_bot.subjects.laws.writes.making import EditLaw
from modelus_bot.subjects.laws.writes.tags import AddTag
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from modelus_bot.subjects.notices.jobs.outbox import Outbox
from modelus_bot.subjects.oncall.jobs import HandoffJob
from modelus_bot.subjects.places.jobs import PlacesJob
from modelus_bot.subjects.sprints.queries.sprints import sprints
from modelus_bot.subjects.triage.jobs.threads import TriageThreads
from modelus_bot.subjects.wars.writes import StartWar, UpdateWar
from modelus_bot.subjects.weekly_post.jobs import WeeklyPostJob
from modelus_bot.subjects.weekly_post.writes import PassOverWeek
from modelus_bot.ui.commands.needs import commands_of
from tests.commands.acting import card_words, labels, words_of
from tests.conftest import STAFF_NAMES, BotEnv
from tests.subjects.blocs.bloc_cases import unite
from tests.subjects.laws.law_cases import legislate
from tests.tuning import Tuning

MARKS = "\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309"
NAMES = {
    "avery": "A [Log evil](https://evil.ex/a)",
    "bo": "B <@123456789012345678>@everyone",
    "casey": "C" + MARKS * 3,
    "drew": "D \u202e**evil** `evil` ||evil||",
    "eli": "אברהם 3",
    "finn": "F" + "😀" * 31,
}
LABEL = "# **evil** [evil](https://evil.ex/d)"
SPRINTS = ("3", "4", "5", "6", "# [evil](https://evil.ex/s) \u202e@here")
REASON = "R [Log evil](https://evil.ex/r) <@123456789012345678> @everyone ~~evil~~ \u202e" + "o" + MARKS
"""What people wrote; the sprints are called "3" to "6" and have the ids 1 to 4."""

_ESCAPED = re.compile(r"\\[^0-9A-Za-z\s]")
DRAWN = re.compile(
    r"evil\]\(|https?://\S*evil|<[@#]&?\d*123456789012345678|@everyone|@here|\*\*evil\*\*|`evil`|\|\|evil|~~evil"
    r"|^# .*evil|\u202e",
    re.MULTILINE,
)
"""What Discord would draw of these texts, where escapes have been taken out."""


@pytest.fixture
def staff_names(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return what the staff are called where names are hostile."""
    return NAMES if "hostile" in request.fixturenames else STAFF_NAMES


@pytest.fixture
async def hostile(rota_env: BotEnv) -> BotEnv:
    """Return the rota with sprints and a discipline of hostile names, too."""
    with closing(sqlite3.connect(rota_env.settings.database.path)) as connection, connection:
        for number, name in enumerate(SPRINTS, 1):
            connection.execute("UPDATE sprints SET name = ? WHERE id = ?", (name, number))
        connection.execute("UPDATE disciplines SET label = ? WHERE key = 'account'", (LABEL,))
    return rota_env


def check(text: str | None, *, bare: bool = False) -> None:
    """Fail if a text reverses or covers others, or, where Markdown is drawn, draws of the hostile names."""
    shown = text or ""
    assert "\u202e" not in shown, shown
    assert shown.count("\u2068") == shown.count("\u2069") or shown.endswith("…"), shown
    stacked = 0
    for letter in shown:
        stacked = stacked + 1 if unicodedata.category(letter) == "Mn" and letter != "\ufe0f" else 0
        assert stacked <= 3, shown
    if not bare:
        assert not DRAWN.search(_ESCAPED.sub("\x00", shown)), shown


def check_everything(env: BotEnv) -> int:
    """Check every message there is, of channels, direct and private; return how many cards they have."""
    found = [item for channel in env.simulation.backend.messages.values() for item in channel.values()]
    for message in found:
        assert not message.mention_everyone
        assert message.mention_user_ids == [], message.content
        check(message.content)
        for card in message.embeds:
            check(card.get("title"))
            check(card.get("description"))
            check(card.get("footer", {}).get("text"), bare=True)
            for field in card.get("fields", ()):
                check(field["name"])
                check(field["value"])
        for file in message.attachments:
            check(file.get("description"), bare=True)
        for row in message.components:
            for button in row.get("components", ()):
                check(button.get("label"), bare=True)
    return sum(max(1, len(message.embeds)) for message in found)


async def filled(env: BotEnv, command: Any, who: Any) -> dict[str, Any]:
    """Fill a command's form: the first suggestion of each list, hostile words in every free text."""
    form: dict[str, Any] = {}
    name = command.qualified_name
    for option in command.parameters:
        if option.type is discord.AppCommandOptionType.user:
            form[option.display_name] = env.staff("avery")
        elif option.choices:
            form[option.display_name] = option.choices[0].value
        elif option.autocomplete:
            offered = await who.autocomplete(env.channel, name, option.display_name, "", **form)
            for choice in offered:
                assert 1 <= len(choice["name"]) <= 100
                assert len(choice["name"].encode("utf-16-le")) <= 200
                assert len(choice["value"]) <= 100
                check(choice["name"], bare=True)
            if offered:
                form[option.display_name] = offered[0]["value"]
            elif option.required:
                form[option.display_name] = "1"
        elif option.type is discord.AppCommandOptionType.string:
            form[option.display_name] = REASON[: option.max_value or 100]
        elif option.type is discord.AppCommandOptionType.integer:
            form[option.display_name] = 1
    return form


async def test_nothing_is_drawn_and_nobody_is_pinged(hostile: BotEnv, tuning: Tuning) -> None:
    """Every command with lists or texts, its questions confirmed, then the notices and the topic."""
    env = hostile
    await env.staff("bo").slash(env.channel, "cover request", sprint="4", discipline="account", reason=REASON)
    server = env.bot.settings.server.model_copy(update={"triage_channel_id": env.staff_channel.id})
    env.bot.settings = env.bot.settings.model_copy(update={"server": server})
    report = {"title": REASON[:200], "description": REASON}
    for _ in range(5):
        await env.player.slash(env.channel, "triage report", **report)
    await found_hostile_nations(env)
    await make_hostile_laws(env)
    await make_hostile_treaties(env)
    for command in commands_of(env.bot.tree):
        if command.qualified_name.startswith(
            ("backup", "database", "sprint import", "oncall role", "nation flag")
        ):
            continue
        who = env.staff("bo") if command.qualified_name.startswith("cover re") else env.admin
        form = await filled(env, command, who)
        form |= report if command.qualified_name == "triage report" else {}
        result = await who.slash(env.channel, command.qualified_name, **form)
        assert words_of(result) or result.modal, command.qualified_name
        check_everything(env)
        if result.response is not None and "Cancel" in labels(result.response):
            await who.click(result.response, label=labels(result.response)[0])
            check_everything(env)
    mapped = await env.player.slash(env.channel, "nation map", by="war")
    assert "by side in " in words_of(mapped)
    check_everything(env)
    await env.staff("bo").slash(env.channel, "oncall handoff", note=REASON)
    await on_the_eve(env)
    await post_the_week(env)
    tuning(GATHERING.at(0.0))
    await post_the_feed(env)
    with closing(sqlite3.connect(env.settings.database.path)) as connection, connection:
        connection.execute("UPDATE notifications SET deliver_after = 0")
        told = connection.execute("SELECT count(*) FROM notifications WHERE delivered_at IS NULL").fetchone()[
            0
        ]
    await HandoffJob(env.bot).run()
    await TriageThreads(env.bot).run()
    assert check_everything(env) > 5
    outbox = Outbox(env.bot)
    for _ in range(told):
        await outbox.run()
    check(env.simulation.backend.get_channel(env.duty_desk.id).topic)
    assert told > 5
    assert check_everything(env) > told + 30


async def post_the_feed(env: BotEnv) -> None:
    """Post what happened to hostile nations and laws."""
    server = env.bot.settings.server.model_copy(update={"feed_channel_id": env.staff_channel.id})
    env.bot.settings = env.bot.settings.model_copy(update={"server": server})
    job, before = FeedJob(env.bot), len(env.staff_channel.history())
    for _ in range(3):
        await job.run()
    assert len(env.staff_channel.history()) > before


async def make_hostile_treaties(env: BotEnv) -> None:
    """Let the two nations have a treaty in force and one proposed, and a bloc, all with hostile words."""
    await unite(env)
    with closing(sqlite3.connect(env.settings.database.path)) as connection, connection:
        connection.execute("UPDATE treaties SET terms = ?", (REASON,))
        name = "# **evil** [evil](https://evil.ex/b)"
        connection.execute("UPDATE blocs SET name = ?, description = ?", (name, REASON))


async def found_hostile_nations(env: BotEnv) -> None:
    """Found two nations at war, one led by the administrator, with a city and other names, all hostile."""
    for name in ("N", "M"):
        await env.db.write(CreateNation(name=name, gdp=10**12, population=10**6), Context())
    lead = GiveOffice(nation_id=1, user_id=env.admin.id, username=NAMES["drew"], office="president")
    await env.db.write(lead, Context())
    with closing(sqlite3.connect(env.settings.database.path)) as connection, connection:
        texts = {"name": "# **evil** [evil](https://evil.ex/n)", "long": REASON}
        connection.execute(
            "UPDATE nations SET name = :name || id, government = '**evil**', description = :long,"
            " prefix = 'of [evil](https://evil.ex/p)'",
            texts,
        )
        connection.execute(
            "INSERT INTO nation_names VALUES('@everyone [evil](https://evil.ex)', 1, 'former', NULL, 0)"
        )
        connection.execute(
            "INSERT INTO nation_cities(nation_id, name, is_capital) VALUES(1, :name, 1)", texts
        )
        connection.execute("INSERT INTO nation_cities(nation_id, name) VALUES(1, '**evil**')")
        connection.execute(
            "INSERT INTO nation_names VALUES('**evil** [evil](https://evil.ex/a)', 1, 'alias', NULL, 0)"
        )
        connection.execute("UPDATE nation_history SET reason = :long", texts)
    evil = "**evil** [evil](https://evil.ex/war) @everyone"
    war = StartWar(name=evil, side_a=(1,), side_b=(2,), on=date(2026, 1, 5), description=REASON)
    await env.db.write(war, Context())
    await env.db.write(UpdateWar(war_id=1, casualties=5, on=date(2026, 1, 6), note=evil), Context())


async def make_hostile_laws(env: BotEnv) -> None:
    """Make a law, its text, its note and its tag hostile."""
    evil = "# **evil** [evil](https://evil.ex/law) @everyone"
    await legislate(env, evil, f"§ {evil}\n> {evil}\n```\n{evil}")
    manager = Context(actor=env.manager.id)
    edit = EditLaw(law_id=1, body=f"§ {evil}\n# {evil}\n``` {evil}", note=evil)
    await env.db.write(edit, manager)
    await env.db.write(AddTag(name=evil[:50], description=evil), manager)


async def on_the_eve(env: BotEnv) -> None:
    """Tell of the next hand-over as if it were in an hour."""
    now = int(time.time())
    calendar = Calendar()
    following = next(one for one in await env.db.read(sprints) if calendar.handoff(one.start) > now)
    context = Context(at=calendar.handoff(following.start) - 3600)
    assert await env.db.write(TellHeadsUp(minute=0), context)


async def post_the_week(env: BotEnv) -> None:
    """Post who is on duty this week."""
    today = datetime.now(ZoneInfo(env.bot.settings.server.timezone))
    update = {
        "weekly_channel_id": env.staff_channel.id,
        "weekly_day": f"{today:%A}".lower(),
        "weekly_time": "00:00",
    }
    server = env.bot.settings.server.model_copy(update=update)
    env.bot.settings = env.bot.settings.model_copy(update={"server": server})
    await env.db.write(PassOverWeek(run_key="2020-W01"), Context())
    await WeeklyPostJob(env.bot).run()
    assert "On duty, " in card_words(env.staff_channel.history()[-1])


@pytest.mark.parametrize("key", list(NAMES))
async def test_everybody_can_be_picked(hostile: BotEnv, key: str) -> None:
    """Whoever is suggested under any name is the one who is meant when they are picked."""
    env = hostile
    person = env.staff(key)
    discipline = "producer" if key in {"drew", "eli", "finn"} else "account"
    offered = await env.manager.autocomplete(
        env.channel, "roster remove", "member", "", discipline=discipline
    )
    (choice,) = [item for item in offered if f":{person.id}:" in item["value"]]
    asked = await env.manager.slash(
        env.channel, "roster remove", discipline=discipline, member=choice["value"]
    )
    await env.manager.click(asked.response, label="Remove")
    with closing(sqlite3.connect(env.settings.database.path)) as connection:
        active = connection.execute(
            "SELECT is_active FROM user_disciplines WHERE user_id = ? AND discipline = ?",
            (person.id, discipline),
        ).fetchone()
    assert active == (0,)


async def test_sprints_called_like_ids_are_picked_and_typed_by_name(hostile: BotEnv) -> None:
    """With the ids 1 to 5, "3" is the name of the first; typing an id finds nothing."""
    env = hostile
    offered = await env.manager.autocomplete(env.channel, "sprint archive", "sprint", "")
    picked = {choice["name"].partition(" •")[0]: choice["value"] for choice in offered}
    for name, number in (("4", 2), ("5", 3), ("6", 4)):
        for value in (name, picked[name]):
            edit = await env.manager.slash(
                env.channel, "sprint edit", sprint=value, reason="r", name=f"new {name}", dry_run=True
            )
            assert f"{name} •" in words_of(edit), (name, number)
    typed = await env.manager.slash(env.channel, "sprint archive", sprint="2", reason="r")
    assert "is not a sprint" in words_of(typed)


async def test_a_nickname_that_is_an_id_is_in_nobodys_way(rota_env: BotEnv) -> None:
    """Somebody calls themselves by another's number: both can still be taken off the roster."""
    env = rota_env
    avery, bo = env.staff("avery"), env.staff("bo")
    with closing(sqlite3.connect(env.settings.database.path)) as connection, connection:
        connection.execute("UPDATE users SET username = ? WHERE discord_id = ?", (str(bo.id), avery.id))
    offered = await env.manager.autocomplete(env.channel, "roster remove", "member", "", discipline="account")
    for person in (avery, bo):
        (value,) = [item["value"] for item in offered if f":{person.id}:" in item["value"]]
        asked = await env.manager.slash(env.channel, "roster remove", discipline="account", member=value)
        name = str(bo.id) if person is avery else "Bo Account"
        assert f"Remove {name}" in words_of(asked)


async def test_two_of_one_name_are_told_apart_in_the_list(rota_env: BotEnv) -> None:
    """Their labels differ, so that a person can choose, and each stands for one of them."""
    env = rota_env
    with closing(sqlite3.connect(env.settings.database.path)) as connection, connection:
        connection.execute("UPDATE users SET username = 'Twin' WHERE username LIKE '%Account'")
    offered = await env.manager.autocomplete(
        env.channel, "roster remove", "member", "twin", discipline="account"
    )
    assert len({item["name"] for item in offered}) == len({item["value"] for item in offered}) == 3


async def test_the_question_of_a_restore_draws_nothing(hostile: BotEnv) -> None:
    """Asked by somebody of a hostile name with a hostile reason, in the channel for alerts and directly."""
    env, owner = hostile, hostile.world.owner.user
    boss = env.guild.create_role("Boss", permissions=discord.Permissions(administrator=True))
    asker, decider = (
        env.guild.add_member(env.simulation.create_user(f"boss{key}"), roles=[boss], nick=NAMES[key])
        for key in ("avery", "drew")
    )
    await env.admin.slash(env.channel, "backup create")
    name = env.db.protection.backups.newest_verified().name  # type: ignore[union-attr]
    server = env.settings.server
    for channel in (None, env.staff_channel):
        changed = server.model_copy(update={"alert_channel_id": channel and channel.id})
        env.bot.settings = env.settings.model_copy(update={"server": changed})
        await asker.slash(env.channel, "backup restore", backup=name, reason=REASON)
        place, who = (channel, decider) if channel is not None else (owner.dm_channel, owner)
        question = place.history()[-1]
        assert labels(question) == ["Restore", "Cancel"]
        assert check_everything(env)
        await who.click(question, label="Cancel")
        assert labels(place.history()[-1]) == []
        assert check_everything(env)


async def test_alerts_draw_nothing_of_what_people_called_things(hostile: BotEnv) -> None:
    """Roles and channels that cannot be used are named in alerts, by whatever names they have."""
    env = hostile
    role = env.guild.create_role("# [evil](https://evil.ex/r) @everyone **evil**")
    await env.admin.slash(env.channel, "oncall role", discipline="account", role=role)
    server = env.settings.server.model_copy(update={"duty_channel_id": env.channel.id})
    env.bot.settings = env.settings.model_copy(update={"server": server})
    with closing(sqlite3.connect(env.settings.database.path)) as connection, connection:
        connection.execute("UPDATE disciplines SET role_id = 5 WHERE key = 'account'")
    env.db.protection.tell(Alert("clock_apart", apart_words(120.0)))  # type: ignore[union-attr]
    await PlacesJob(env.bot).run()
    await Alerts(env.bot).run()
    told = [card_words(item) for item in env.world.owner.user.dm_channel.history()]
    assert any("does not exist any more" in text and "evil" in text for text in told), told
    assert check_everything(env)
