"""Every command while the database is away: what is shown, saved for later, refused, or needs none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import TYPE_CHECKING

import pytest

from modelus_bot.config import ArchiveSettings, BackupSettings, IntegritySettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.covers.writes.steps import RequestCover
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from modelus_bot.subjects.tasks.writes.editing import AddTask
from modelus_bot.ui.commands.needs import commands_of
from tests.commands.acting import card_words, labels, lift_discords_hint, rows, words_of
from tests.commands.away import (
    SIGN,
    bring_back,
    caught_up,
    going_on,
    notice_absence,
    notice_return,
    take_away,
)
from tests.commands.off_table import BO, OFF, Off, options_of, person
from tests.conftest import BotEnv
from tests.subjects.blocs.bloc_cases import unite
from tests.subjects.laws.law_cases import legislate
from tests.subjects.wars.war_cases import wage

if TYPE_CHECKING:
    import simcord

TOLD = "SELECT message FROM notifications WHERE user_id = ? AND dedupe_key GLOB 'journal:*'"


@pytest.fixture
async def away(rota_env: BotEnv) -> AsyncIterator[BotEnv]:
    """Return the bot with its database taken away, and one cover request known from before."""
    env = rota_env
    async with going_on(env) as db:
        await ask_for_cover(env)
        await add_task(env)
        await found_nations(env)
        await legislate(env)
        await unite(env)
        await wage(env)
        await caught_up(db)
        take_away(env.settings.database.path)
        await notice_absence(db)
        yield env


async def test_every_command_does_what_the_design_says(away: BotEnv) -> None:
    """Each command answers as its row says, and every message has the line about the database once."""
    env = away
    protect_from_afar(env)
    assert {item.qualified_name for item in commands_of(env.bot.tree)} == set(OFF)
    wrong = []
    for command, case in OFF.items():
        before = waiting(env)
        result = await person(env, case.who).slash(env.channel, command, **options_of(env, case))
        if case.button is not None and case.button in labels(result.response):
            wrong += lines_missing(command, result)
            result = await person(env, case.who).click(result.response, label=case.button)
        wrong += lines_missing(command, result)
        found = outcome(result, waiting(env) - before)
        if found != case.off and (found, case.off) != ("shown", "answered"):
            wrong.append(f"{command}: {found} instead of {case.off}: {words_of(result)}")
    assert not wrong, "\n".join(wrong)


async def test_what_was_saved_for_later_is_there_when_the_database_is_back(away: BotEnv) -> None:
    """Confirmed without a database, a change is made as soon as there is one, and its author is told."""
    env = away
    asked = await env.manager.slash(env.channel, "roster move", **BO, position=1)
    assert "As it was last known" in words_of(asked)
    await env.manager.click(asked.response, label="Move")
    assert "Saved for later" in words_of(asked)
    assert labels(asked.response) == []
    bring_back(env.settings.database.path)
    await notice_return(env.db)
    shown = words_of(await env.manager.slash(env.channel, "roster show", discipline="account"))
    assert SIGN not in shown
    assert shown.index("Bo Account") < shown.index("Avery Account")
    told = rows(env, TOLD, env.manager.id)
    assert len(told) == 1
    assert told[0][0].startswith("Number 1 ")
    assert "applied" in told[0][0]


async def test_rights_are_asked_of_the_snapshot(away: BotEnv) -> None:
    """Who may not change the rota is told so at once; nothing of it is saved for later."""
    env = away
    await lift_discords_hint(env, env.player)
    for who, command, options in (
        ("avery", "roster add", {"discipline": "po", "user": env.staff("avery")}),
        ("avery", "roster away", {"member": "Bo Account", "from": "tomorrow"}),
        ("avery", "sprint archive", {"sprint": "Sprint 5", "reason": "r"}),
        ("avery", "sprint import", {"sprints": ("sprints.json", b"[]")}),
        ("avery", "oncall set", {"discipline": "po", "user": env.staff("avery"), "reason": "r"}),
        ("avery", "oncall handoff", {"note": "n"}),
        ("avery", "cover request", {"sprint": "Sprint 3", "discipline": "account"}),
        ("player", "roster show", {}),
    ):
        result = await person(env, who).slash(env.channel, command, **options)
        words = words_of(result)
        assert "Saved for later" not in words, command
        assert "Only " in words or "somebody else" in words, words
        assert labels(result.response or result.followups[0]) == []
    assert waiting(env) == 0


async def test_a_dry_run_is_refused(away: BotEnv) -> None:
    """What would move cannot be worked out, and a dry run is never saved for later."""
    env = away
    result = await env.manager.slash(env.channel, "roster move", **BO, position=1, dry_run=True)
    assert "Not done" in words_of(result)
    assert waiting(env) == 0


async def test_suggestions_come_from_the_snapshot(away: BotEnv) -> None:
    """Every list that is typed into goes on suggesting what was known last."""
    env = away
    for who, command, option, wanted in (
        ("avery", "roster show", "discipline", "Account (account)"),
        ("manager", "roster remove", "member", "Bo Account"),
        ("manager", "sprint edit", "sprint", "Sprint 3"),
        ("avery", "cover take", "request", "1: Bo Account"),
        ("bo", "cover request", "sprint", "Sprint 2"),
        ("admin", "member deactivate", "member", "Casey Account"),
        ("player", "nation show", "nation", "Dakota"),
        ("player", "law read", "law", "Utah 1 Rain Act"),
    ):
        found = await person(env, who).autocomplete(env.channel, command, option, "")
        assert any(item["name"].startswith(wanted) for item in found), (command, found)


async def ask_for_cover(env: BotEnv) -> None:
    """Let Bo ask anybody to take the account turn of the present sprint."""
    number = rows(env, "SELECT id FROM sprints WHERE name = 'Sprint 2'")[0][0]
    write = RequestCover(sprint_id=number, discipline="account")
    await env.db.write(write, context_of(env.staff("bo")))


async def found_nations(env: BotEnv) -> None:
    """Found two nations, the first of which a player leads; flags have a place."""
    server = env.bot.settings.server.model_copy(update={"archive_channel_id": env.staff_channel.id})
    env.bot.settings = env.bot.settings.model_copy(update={"server": server})
    for name in ("Texas", "Dakota"):
        await env.db.write(CreateNation(name=name, gdp=10**12, population=10**6), Context())
    leader = env.leader.id
    await env.db.write(GiveOffice(nation_id=1, user_id=leader, username="Lee", office="president"), Context())


async def add_task(env: BotEnv) -> None:
    """Let Bo have a task, number 1."""
    bo = env.staff("bo")
    write = AddTask(title="Count", start=date(2026, 1, 1), end=date(2031, 1, 1), user_id=bo.id)
    await env.db.write(write, context_of(bo))


def outcome(result: simcord.InteractionResult, saved: int) -> Off:
    """Read from an answer what became of a command that put ``saved`` changes aside."""
    words = words_of(result)
    if saved:
        assert saved == 1
        assert "Saved for later" in words
        return "saved"
    if "Not done" in words:
        assert "Reference " in words
        return "refused"
    return "shown" if "What is shown is as of" in words else "answered"


def lines_missing(command: str, result: simcord.InteractionResult) -> list[str]:
    """Return the messages of an answer that do not have the line exactly once."""
    messages = [item for item in (result.response, *result.followups) if item is not None]
    wrong = [card_words(message) for message in messages if card_words(message).count(SIGN) != 1]
    return [f"{command}: {words}" for words in wrong] if messages else [f"{command}: no answer"]


def context_of(author: simcord.MemberActor) -> Context:
    """Return the context of something that somebody does."""
    return Context(actor=author.id)


def waiting(env: BotEnv) -> int:
    """Return how many changes are saved for later."""
    assert env.db.fallback is not None
    return env.db.fallback.journal.depth


def protect_from_afar(env: BotEnv) -> None:
    """Let the backup commands see copies and archive; nothing recovers the file by itself."""
    path = env.settings.database.path
    env.db.protection = Protection(
        path,
        backup=BackupSettings(folder=path.with_name("backups"), schedule="off", attempts=1),
        archive=ArchiveSettings(mode="off", folder=path.with_name("archive")),
        integrity=IntegritySettings(confirm_after=0.2, quarantine=path.with_name("quarantine")),
        invariants=DECLARED.invariants,
    )
