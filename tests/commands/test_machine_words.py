"""Nothing of the machine on any card: no instants of the log, no folders, no names of code or tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import discord
import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import QueryFailed
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.health.incidents import Incident
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.subjects.health.cards.overview import overview_card
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from modelus_bot.ui import rendering
from modelus_bot.ui.commands.needs import commands_of
from modelus_bot.ui.rendering import embed_of
from tests.commands.acting import card_words, labels, words_of
from tests.conftest import BotEnv
from tests.database.health.overviews import overview
from tests.database.operations import Meddle
from tests.subjects.laws.law_cases import legislate

INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
TYPED = re.compile(r"Write a moment as [^.]*")
PLACE = re.compile(r"(?<![\w.:/<])/[\w.-]+/[\w.-]+")
CODE = re.compile(r"\b[a-z]+\.[a-z]+_[a-z_]+\b")
SQL = {"slow", "indexes"}
"""Views that are there to show statements, which name tables."""
_NAMES = [name for name in SchemaValidator().expected.tables if "_" in name]
TABLES = re.compile(rf"\b(?:{'|'.join(_NAMES)})\b")


def check(said: str, folder: Path, *, tables: bool = True, code: bool = True) -> None:
    """Fail if a text has something of the machine in it."""
    text = TYPED.sub("", said.replace("\\_", "_"))
    for pattern in (INSTANT, PLACE, *((TABLES,) if tables else ()), *((CODE,) if code else ())):
        found = pattern.search(text)
        assert found is None, f"{found[0]!r} in {said}"
    assert str(folder) not in text, said


async def form_of(env: BotEnv, command: Any, who: Any) -> dict[str, Any]:
    """Fill a command's form with the first suggestions, names of people and a few words."""
    form: dict[str, Any] = {}
    for option in command.parameters:
        name = option.display_name
        if option.type is discord.AppCommandOptionType.user:
            form[name] = env.staff("avery")
        elif option.choices and option.required:
            form[name] = option.choices[0].value
        elif option.autocomplete and not (name == "at" and "backup" in form):
            offered = await who.autocomplete(env.channel, command.qualified_name, name, "", **form)
            if offered or option.required:
                form[name] = offered[0]["value"] if offered else "1"
        elif option.type is discord.AppCommandOptionType.string and option.required:
            form[name] = "Some words"
        elif option.type is discord.AppCommandOptionType.integer:
            form[name] = 1
    return form


async def found_texas(env: BotEnv) -> None:
    """Found a nation that the administrator leads."""
    await env.db.write(CreateNation(name="Texas", gdp=10**12, population=10**6), Context())
    lead = GiveOffice(nation_id=1, user_id=env.admin.id, username="Ann", office="president")
    await env.db.write(lead, Context())


async def fail(env: BotEnv) -> str:
    """Let an operation fail and return its reference."""
    with pytest.raises(QueryFailed) as caught:
        await env.db.write(Meddle(sql="COMMIT"), Context())
    return caught.value.reference


async def test_no_command_shows_the_machine(rota_env: BotEnv, tmp_path: Path) -> None:
    """Every command as the one it is for, questions confirmed, every view of /dbhealth, and its failures."""
    env = rota_env
    env.db.health.figures.slow_operations["contents.kept_contents"] = 9
    reference = await fail(env)
    await env.admin.slash(env.channel, "backup create")
    report = {"title": "A title", "description": "A description"}
    await found_texas(env)
    await legislate(env)
    for _ in range(3):
        await env.player.slash(env.channel, "triage report", **report)
    seen = 0
    for command in commands_of(env.bot.tree):
        name = command.qualified_name
        if name in {"sprint import", "nation flag"}:
            continue  # wants a file
        who = (
            env.staff("bo")
            if name.startswith(("cover request", "cover withdraw", "oncall handoff"))
            else env.admin
        )
        form = await form_of(env, command, who)
        result = await who.slash(env.channel, name, **form | (report if name == "triage report" else {}))
        said = words_of(result)
        assert said or result.modal, name
        check(said, tmp_path)
        if result.response is not None and "Cancel" in labels(result.response):
            await who.click(result.response, label=labels(result.response)[0])
            check(card_words(result.response), tmp_path)
        seen += 1
    assert seen >= 40
    for view in ("errors", "queue", "slow", "indexes", "drill"):
        said = words_of(await env.admin.slash(env.channel, "dbhealth", view=view))
        check(said, tmp_path, tables=view not in SQL, code=view not in SQL)
    check(words_of(await env.admin.slash(env.channel, "dbhealth", reference=reference)), tmp_path)
    asked = env.world.owner.user.dm_channel.history()[-1]
    assert "Restore the database?" in card_words(asked)
    check(card_words(asked), tmp_path)
    health = words_of(await env.admin.slash(env.channel, "dbhealth"))
    assert "reading kept contents: 9" in health
    assert "meddle: query failed" in health


def test_everything_works_only_where_nothing_is_wrong() -> None:
    """With something wrong the bar is no longer green and the sentence says so."""
    fine = embed_of(overview_card(overview()))
    assert fine.colour == discord.Colour(rendering.GREEN)
    assert fine.description == "Mode **normal**. Everything works."
    wrong = Incident(name="lag", began=1.0, told=1.0, value=3.0)
    for incidents, words in (((wrong,), "one thing is wrong"), ((wrong, wrong), "2 things are wrong")):
        card = embed_of(overview_card(overview(incidents=incidents)))
        assert card.colour == discord.Colour(rendering.AMBER)
        assert words in (card.description or "")
        assert "Everything works" not in (card.description or "")
    gone = overview(mode=Mode.DEGRADED, cause="/srv/bot/b.db is gone since 2026-11-30T06:39Z")
    lost = embed_of(overview_card(gone))
    assert "b.db is gone since <t:1796020740:F>" in (lost.description or "")
    assert "/srv" not in (lost.description or "")
