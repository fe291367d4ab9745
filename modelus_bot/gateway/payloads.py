"""Events that discord.py cannot read: told in the log with their trace, and the bot goes on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from loguru import logger

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["survive_unreadable"]

NEEDED = {"READY", "RESUMED"}
"""Without these there is no session: what fails there is a failed connection."""


def survive_unreadable(bot: ModelUsBot) -> None:
    """Let an event that cannot be read end neither the connection nor the process."""
    parsers: dict[str, Callable[[Any], Any]] = bot._connection.parsers  # noqa: SLF001 - nothing public is there
    for name, parse in [*parsers.items()]:
        if name not in NEEDED and not isinstance(parse, functools.partial):
            parsers[name] = functools.partial(_guarded, name, parse)


def _guarded(name: str, parse: Callable[[Any], Any], data: Any) -> None:
    try:
        parse(data)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one event is not the next one's concern
        number = data.get("id") if isinstance(data, dict) else None
        logger.bind(gateway_event=name, id=number).opt(exception=error).error("payload_not_read")
