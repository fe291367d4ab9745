"""Messages as Discord tells of them: that somebody wrote, where and when; what they wrote is never kept.

This needs no privileged intent. discord.py would build a message, keep it and start a task for each; nobody
here asks for that, so the event is read as it comes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from discord.utils import DISCORD_EPOCH

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Hear", "MessageFeed"]

Hear = Callable[[int, int, str, int], None]
"""Takes channel, author, the author's name and the instant (UTC seconds) of a message."""

WRITTEN = (0, 19)
"""The types that people write: a message and a reply; joining, pinning and the like are none."""
_OTHERS = ("MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK")


class MessageFeed:
    """Hands each message that a person wrote in the bot's own server to ``hear``, if anybody listens."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Take the events of messages from discord.py."""
        self.hear: Hear | None = None
        self._bot = bot
        parsers: dict[str, Callable[[Any], Any]] = bot._connection.parsers  # noqa: SLF001 - nothing public is there
        parsers["MESSAGE_CREATE"] = self.created
        parsers.update(dict.fromkeys(_OTHERS, _pass_over))

    def listen(self, hear: Hear | None) -> None:
        """Hand messages to ``hear`` from now on; None: to nobody."""
        self.hear = hear

    def created(self, data: dict[str, Any]) -> None:
        """Take the event of a message as Discord sends it."""
        author = data["author"]
        if author.get("bot") or "webhook_id" in data or data.get("type", 0) not in WRITTEN:
            return
        home = self._bot.home
        if self.hear is None or home is None or data.get("guild_id") != str(home.id):
            return
        at = ((int(data["id"]) >> 22) + DISCORD_EPOCH) // 1000
        self.hear(int(data["channel_id"]), int(author["id"]), _name(data, author), at)


def _name(data: dict[str, Any], author: dict[str, Any]) -> str:
    """Return what Discord calls an author, as on their commands."""
    member = data.get("member") or {}
    return str(member.get("nick") or author.get("global_name") or author.get("username") or "")


def _pass_over(_: Any) -> None:
    """Do nothing about a message that was changed or removed."""
