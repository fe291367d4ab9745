"""What goes on answering while the database is gone, and what the rest says."""

from __future__ import annotations

import pytest

from tests.commands.acting import labels, offered, words_of
from tests.conftest import BotEnv


@pytest.fixture
async def gone(rota_env: BotEnv) -> BotEnv:
    """Return the bot with its database closed under it."""
    await rota_env.db.close()
    return rota_env


async def test_commands_that_need_no_database_answer(gone: BotEnv) -> None:
    """/ping, /help and /about answer as ever; /help lists everything and says why."""
    assert "ms to Discord" in words_of(await gone.player.slash(gone.channel, "ping"))
    assert "Model US Bot" in words_of(await gone.player.slash(gone.channel, "about"))
    asked = await gone.player.slash(gone.channel, "help")
    assert "every command is listed" in words_of(asked)
    await gone.player.select(asked.response, [offered(asked.response)["History"]])
    assert "`/audit verify`" in words_of(asked)
    assert "every command is listed" in words_of(asked)
    assert "**/cover take**" in words_of(await gone.player.slash(gone.channel, "help", topic="cover take"))


async def test_health_answers_those_whom_discord_knows(gone: BotEnv) -> None:
    """/dbhealth shows administrators the numbers without a database."""
    assert "Database" in words_of(await gone.admin.slash(gone.channel, "dbhealth"))


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("roster show", {}),
        ("sprint current", {}),
        ("sprint list", {}),
        ("oncall now", {}),
        ("oncall mine", {}),
        ("cover list", {}),
        ("cover take", {"request": "1"}),
        ("roster remove", {"discipline": "account", "member": "Bo Account"}),
    ],
)
async def test_the_rest_says_so_privately(gone: BotEnv, command: str, options: dict[str, str]) -> None:
    """Every other command answers with a sentence and a reference that only its author sees."""
    answer = await gone.staff("avery").slash(gone.channel, command, **options)
    words = words_of(answer)
    assert "Not done" in words
    assert "Reference " in words
    assert all(message.ephemeral for message in answer.followups) or answer.ephemeral


async def test_suggestions_are_empty(gone: BotEnv) -> None:
    """Autocomplete suggests nothing instead of failing; days and topics need no database."""
    avery = gone.staff("avery")
    for command, option in (
        ("roster show", "discipline"),
        ("sprint edit", "sprint"),
        ("roster remove", "member"),
        ("cover take", "request"),
        ("cover request", "sprint"),
        ("member deactivate", "member"),
    ):
        assert await avery.autocomplete(gone.channel, command, option, "") == [], command
    assert await avery.autocomplete(gone.channel, "oncall on", "day", "")


async def test_a_question_stays_open_when_the_answer_cannot_be_saved(rota_env: BotEnv) -> None:
    """Confirming while the database is gone says so; the question can be answered again later."""
    env = rota_env
    asked = await env.manager.slash(env.channel, "roster remove", discipline="account", member="Bo Account")
    await env.db.close()
    pressed = await env.manager.click(asked.response, label="Remove")
    assert "Not done" in words_of(pressed)
    assert labels(asked.response) == ["Remove", "Cancel"]
