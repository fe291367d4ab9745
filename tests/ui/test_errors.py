"""Every failure becomes one plain reply: what happened, whether to try again, and a code of the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest
from discord import app_commands
from loguru import logger
from pydantic import ValidationError

from modelus_bot.database.core import errors as database_errors
from modelus_bot.database.core.begun import change_begun
from modelus_bot.database.core.errors import ConstraintViolated, DatabaseError, DatabaseUnavailable, DiskFull
from modelus_bot.domain.refusals import NotAllowed, Refusal
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.ui import answering
from modelus_bot.ui.answering import NoAnswer
from modelus_bot.ui.errors import NOT_CHANGED, reply_for
from tests.conftest import BotEnv

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

SECRET = "near SELECT: no such table /data/modelus.db"
JARGON = re.compile(
    r"sqlite|select|traceback|exception|constraint|errno|none\b|null\b|/data|\.py\b|0x|pydantic|_id\b",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"[0-9A-F]{8}")


def tree_of(root: type[Any]) -> Iterator[type[Any]]:
    """Walk over a class and all that are made from it in this project."""
    yield root
    for child in root.__subclasses__():
        if child.__module__.startswith("modelus_bot."):
            yield from tree_of(child)


DATABASE = sorted(set(tree_of(DatabaseError)), key=lambda item: item.__name__)
REFUSALS = sorted(set(tree_of(Refusal)), key=lambda item: item.__name__)


def invalid() -> ValidationError:
    """Return what pydantic raises about a field out of range."""
    with pytest.raises(ValidationError) as caught:
        AddToRoster(member_id=1, name="x", discipline="po", position=501)
    return caught.value


@pytest.mark.parametrize("cause", DATABASE, ids=lambda item: item.__name__)
def test_every_failure_of_the_database_has_its_sentence(cause: type[DatabaseError]) -> None:
    """The class's own sentence and the code of the log; nothing technical."""
    error = cause(SECRET)
    reply = reply_for(error)
    assert reply.reference == error.reference
    if not issubclass(cause, (ConstraintViolated, database_errors.AlreadyRunning)):
        assert reply.sentence == error.user_message
        assert not JARGON.search(reply.sentence)
    assert reply.sentence.endswith(".")
    footer = reply.card().footer
    assert footer == f"Reference {error.reference}"


def test_an_open_breaker_says_what_opened_it() -> None:
    """Somebody who meets the open breaker reads why it opened."""
    full = DiskFull("x")
    assert reply_for(DatabaseUnavailable("open", cause=full)).sentence == full.user_message


@pytest.mark.parametrize("cause", REFUSALS, ids=lambda item: item.__name__)
def test_every_refusal_is_its_own_sentence_without_a_code(cause: type[Refusal]) -> None:
    """Rules explain themselves; there is nothing to look up in the log."""
    reply = reply_for(cause("Ask a manager.", rule="r"))
    assert (reply.sentence, reply.reference) == ("Ask a manager.", None)
    assert (reply.title == "Not allowed") == issubclass(cause, NotAllowed)


def test_a_value_out_of_range_names_field_value_and_range() -> None:
    """A pydantic error reads like any other rule."""
    reply = reply_for(invalid())
    assert "position" in reply.sentence
    assert "501" in reply.sentence
    assert "500" in reply.sentence
    assert not JARGON.search(reply.sentence)


def wrapped(error: Exception) -> app_commands.CommandInvokeError:
    """Return an error as the command tree hands it on."""

    @app_commands.command(name="x", description="x")
    async def command(interaction: discord.Interaction) -> None:
        """Do nothing."""

    return app_commands.CommandInvokeError(command, error)


def test_what_a_command_raised_is_looked_at_not_the_wrapping() -> None:
    """The tree wraps what commands raise."""
    assert reply_for(wrapped(Refusal("No."))).sentence == "No."


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (app_commands.CommandOnCooldown(app_commands.Cooldown(1, 60), 12.3), "12 seconds"),
        (app_commands.MissingPermissions(["manage_guild"]), "may not use"),
        (app_commands.NoPrivateMessage(), "may not use"),
        (app_commands.CheckFailure(), "may not use"),
        (app_commands.CommandNotFound("x", []), "restart Discord"),
        (aiohttp.ClientConnectionError(SECRET), "may have been saved"),
        (TimeoutError(), "not certain"),
        (KeyError(SECRET), "not certain"),
        (RuntimeError(SECRET), "not certain"),
    ],
    ids=lambda item: type(item).__name__,
)
def test_anything_else_is_said_in_general_words(error: Exception, words: str) -> None:
    """The text of an unexpected exception is never shown."""
    reply = reply_for(error)
    assert words in reply.sentence
    assert SECRET not in reply.sentence
    assert not JARGON.search(reply.sentence)


def test_whoever_asked_for_no_change_yet_reads_that_nothing_was_changed() -> None:
    """Only after a change was asked for may it have been saved."""

    def within() -> None:
        change_begun.set(False)
        for error in (aiohttp.ClientConnectionError(SECRET), RuntimeError(SECRET), NoAnswer("no")):
            assert "Nothing was changed" in reply_for(error).sentence
            assert "saved" not in reply_for(error).sentence
        change_begun.set(True)
        assert "may have been saved" in reply_for(aiohttp.ClientConnectionError(SECRET)).sentence

    copy_context().run(within)


def test_two_faults_have_two_codes() -> None:
    """A code stands for one failure."""
    codes = {reply_for(RuntimeError("x")).reference for _ in range(20)}
    assert len(codes) == 20
    assert all(code is not None and REFERENCE.fullmatch(code) for code in codes)


async def failing_command(env: BotEnv, *, public: bool) -> list[BaseException]:
    """Add /fail, which defers and raises what is put in the list that is returned."""
    errors: list[BaseException] = []

    @app_commands.command(name="fail", description="Fails")
    async def fail(interaction: discord.Interaction[ModelUsBot]) -> None:
        """Raise."""
        await answering.defer(interaction, private=not public)
        raise errors[0]

    env.bot.tree.add_command(fail)
    await env.bot.tree.sync(guild=None)
    return errors


@pytest.mark.parametrize("public", [False, True], ids=["private", "public"])
async def test_whatever_a_command_raises_is_answered_privately(bot_env: BotEnv, public: bool) -> None:
    """Each class, raised by a real command, leaves one private card and no “thinking” for the others."""
    env = bot_env
    errors = await failing_command(env, public=public)
    for cause in (*DATABASE, *REFUSALS, KeyError):
        errors[:] = [cause("Try later.")]
        result = await env.player.slash(env.channel, "fail")
        messages = [item for item in (result.response, *result.followups) if item is not None]
        shown = [message for message in messages if message.embeds]
        assert len(shown) == 1, cause
        assert shown[0].ephemeral, cause
        assert shown[0].embeds[0].description == (
            NOT_CHANGED if cause is KeyError else reply_for(errors[0]).sentence
        ), cause
    assert [item for item in env.channel.history(viewer=env.leader) if item.embeds] == []


async def test_the_code_that_is_shown_is_in_the_log_with_the_cause(bot_env: BotEnv) -> None:
    """An operator finds by the code what the member was not told, stack included."""
    errors = await failing_command(bot_env, public=False)
    records: list[Any] = []
    sink = logger.add(lambda message: records.append(message.record), level="DEBUG")
    try:
        errors[:] = [KeyError(SECRET)]
        fault = await bot_env.player.slash(bot_env.channel, "fail")
        errors[:] = [DiskFull(SECRET)]
        full = await bot_env.player.slash(bot_env.channel, "fail")
    finally:
        logger.remove(sink)
    for result, message in ((fault, "command_fault"), (full, "command_failed")):
        assert result.response is not None
        code = (result.response.embeds[0].footer.text or "").removeprefix("Reference ")
        found = [record for record in records if record["extra"].get("reference") == code]
        assert [item["message"] for item in found] == [message]
        assert found[0]["extra"]["command"] == "fail"
        assert found[0]["extra"]["actor"] == bot_env.player.id
    stacks = [record["exception"] for record in records if record["message"] == "command_fault"]
    assert stacks[0] is not None
    assert [record["extra"]["detail"] for record in records if record["message"] == "command_failed"] == [
        SECRET
    ]


async def test_an_answer_that_discord_does_not_take_is_not_a_second_failure(bot_env: BotEnv) -> None:
    """When even the reply fails, the log says so and the bot goes on."""
    errors = await failing_command(bot_env, public=False)
    errors[:] = [Refusal("No.")]
    bot_env.simulation.inject_error("PATCH", "/webhooks/*", status=400, code=50035, message="No", times=1)
    result = await bot_env.player.slash(bot_env.channel, "fail")
    assert result.response is None or not result.response.embeds
    again = await bot_env.player.slash(bot_env.channel, "fail")
    assert again.response is not None
    assert again.response.embeds[0].description == "No."
