"""Steps that tests of commands share: reading answers, confirming questions, comparing the whole file."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import simcord

    from tests.conftest import BotEnv

NOT_COMPARED = {"yoyo_lock", "_yoyo_log", "_yoyo_migration", "_yoyo_version"}


def words_of(result: simcord.InteractionResult) -> str:
    """Return everything an answer says, first message first."""
    messages = [result.response, *result.followups]
    return "\n".join(_words(message) for message in messages if message is not None)


def card_words(message: Any) -> str:
    """Return everything one message says."""
    return _words(message)


def labels(message: Any) -> list[str]:
    """Return the labels of a message's buttons that can be pressed."""
    rows_of_buttons = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return [
        button["label"]
        for row in rows_of_buttons
        for button in row["components"]
        if "label" in button and not button.get("disabled")
    ]


def offered(message: Any) -> dict[str, str]:
    """Return what a message's menus offer, values by label without the number in brackets."""
    return {option["label"].partition(" (")[0]: option["value"] for option in _options(message)}


def chosen(message: Any) -> list[str]:
    """Return the values that a message's menus show as chosen."""
    return [option["value"] for option in _options(message) if option.get("default")]


def _options(message: Any) -> list[dict[str, Any]]:
    rows_of_parts = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return [
        option for row in rows_of_parts for part in row["components"] for option in part.get("options") or ()
    ]


def dump(env: BotEnv) -> dict[str, str]:
    """Return a digest of every table's rows, to tell that nothing was written."""
    with closing(sqlite3.connect(f"file:{env.settings.database.path}?mode=ro", uri=True)) as connection:
        names = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        return {
            name: hashlib.sha256(
                repr(sorted(connection.execute(f"SELECT * FROM {name}"), key=repr)).encode()
            ).hexdigest()
            for name in names
            if name not in NOT_COMPARED
        }


def rows(env: BotEnv, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Return rows of the bot's own file, read through a connection of its own."""
    with closing(sqlite3.connect(f"file:{env.settings.database.path}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, parameters).fetchall()


async def lift_discords_hint(env: BotEnv, *people: simcord.MemberActor) -> None:
    """Let Discord show people every command, so that only the bot's own rules are left."""
    guild = next(item for item in env.bot.guilds if item.id == env.guild.id)
    for scope in (None, guild):
        for command in await env.bot.tree.fetch_commands(guild=scope):
            env.guild.set_command_permissions(command.id, dict.fromkeys(people, True))


async def confirmed(
    env: BotEnv, author: simcord.MemberActor, command: str, label: str, /, **options: Any
) -> str:
    """Run a command that asks first, press the button called ``label``, and return what it says then."""
    asked = await author.slash(env.channel, command, **options)
    assert asked.response is not None, words_of(asked)
    assert label in labels(asked.response), words_of(asked)
    await author.click(asked.response, label=label)
    return _words(asked.response)


def _words(message: Any) -> str:
    parts = [message.content]
    for card in message.embeds:
        parts += [card.title or "", card.description or ""]
        parts += [f"{field.name}: {field.value}" for field in card.fields]
        parts.append(card.footer.text or "")
    return "\n".join(part for part in parts if part)
