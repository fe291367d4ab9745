"""Bad input to every option of /triage: a private sentence that names the rule, and nothing written."""

from __future__ import annotations

from typing import Any

from modelus_bot.ui.commands.needs import commands_of
from tests.commands.acting import dump, labels, words_of
from tests.conftest import BotEnv

WHOLE = {
    "assign": {"item": "1", "member": "Bo Account"},
    "claim": {"item": "1"},
    "duplicate": {"item": "1", "of": "2"},
    "note": {"item": "1", "text": "t"},
    "priority": {"item": "1", "level": "high", "reason": "r"},
    "rate": {"item": "1", "stars": 5},
    "reject": {"item": "1", "reason": "r"},
    "release": {"item": "1"},
    "reply": {"item": "1", "text": "t"},
    "resolve": {"item": "1", "resolution": "r"},
    "show": {"item": "1"},
    "snooze": {"item": "1", "until": "1h"},
    "task": {"item": "1", "end": "in 9 days"},
}
"""Good options of every command that takes an item."""
BAD: list[tuple[str, str, Any, str]] = [
    *((command, "item", "the first", "is not an item") for command in WHOLE),
    *((command, "item", "99", "no item number 99") for command in WHOLE),
    ("claim", "item", "9" * 40, "is not an item"),
    ("duplicate", "of", "the other", "is not an item"),
    ("duplicate", "of", "1", "cannot be a duplicate of itself"),
    ("duplicate", "of", "99", "no item number 99"),
    ("assign", "member", "Nobody of that name", "is not a member whom the bot knows"),
    ("snooze", "until", "soon", "Write how long, as 30m"),
    ("snooze", "until", "yesterday", "some time in the next 90 days"),
    ("snooze", "until", "9999w", "some time in the next 90 days"),
    ("task", "end", "someday", "is not a day"),
    ("task", "end", "yesterday", "after"),
    ("task", "title", "   ", "The title is missing"),
    ("task", "member", "Nobody of that name", "is not a member whom the bot knows"),
    ("note", "text", "   ", "The text is missing"),
    ("reply", "text", "   ", "The text is missing"),
    ("priority", "reason", "   ", "The reason is missing"),
    ("reject", "reason", "   ", "The reason is missing"),
    ("resolve", "resolution", "   ", "The resolution is missing"),
    ("report", "title", "   ", "The title is missing"),
    ("report", "description", "   ", "The description is missing"),
    ("queue", "discipline", "nope", "is not a discipline"),
    ("route", "discipline", "nope", "is not a discipline"),
]
CHOICES = {("report", "category"), ("route", "category"), ("queue", "whose"), ("priority", "level"),
           ("rate", "stars"), ("report", "on_behalf")}  # fmt: skip
"""What Discord offers a fixed list of and refuses anything else; a bot as reporter is tried below."""


async def test_a_sentence_names_the_rule(rota_env: BotEnv) -> None:
    """Each bad value in an otherwise good command, by a manager, on items that are there."""
    env = rota_env
    robot = env.guild.add_member(env.simulation.create_user("robot", bot=True))
    for _ in range(2):
        await env.player.slash(env.channel, "triage report", title="T", description="D")
    more: dict[str, dict[str, Any]] = {
        "report": {"title": "T", "description": "D"}, "route": {"category": "bug"}, "queue": {}
    }  # fmt: skip
    tries: list[tuple[str, str, Any, str]] = [
        *BAD,
        ("report", "on_behalf", robot, "is a bot; choose a person"),
    ]
    for command, option, value, sentence in tries:
        options = {**(WHOLE | more)[command], option: value}
        before = dump(env)
        answer = await env.manager.slash(env.channel, f"triage {command}", **options)
        said = words_of(answer)
        assert sentence in said, (command, option, said)
        assert "Reference" not in said, (command, option, said)
        shown = [message for message in (answer.response, *answer.followups) if message is not None]
        assert all(message.ephemeral and labels(message) == [] for message in shown), (command, option)
        assert dump(env) == before, (command, option)


async def test_no_option_is_left_out(bot_env: BotEnv) -> None:
    """A new option has to be tried, too."""
    there = {
        (command.name, option.display_name)
        for command in commands_of(bot_env.bot.tree)
        if command.qualified_name.startswith("triage ")
        for option in command.parameters
    }
    assert {(command, option) for command, option, *_ in BAD} | CHOICES == there
