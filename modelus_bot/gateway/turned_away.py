"""Discord turned the bot away for good: what has to be mended before starting again can help."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["WAS_RESET", "Ending", "TurnedAway"]


class Ending(StrEnum):
    """What somebody has to mend before starting again can help."""

    TOKEN = "token"  # noqa: S105 - the name of a reason
    INTENTS = "intents"
    NOT_INVITED = "not_invited"
    WRONG_SERVER = "wrong_server"
    SHARDING = "sharding"
    VERSION = "version"


class TurnedAway(Exception):
    """Discord does not let the bot in, and waiting changes nothing; the text is for the operator."""

    def __init__(self, ending: Ending, sentence: str | None = None) -> None:
        """Say why; without a sentence of its own, the ending's usual one."""
        super().__init__(sentence or SENTENCES[ending])
        self.ending = ending


WAS_RESET = (
    "Discord does not accept the token any more: it was reset while the bot ran."
    " Copy the new one from the developer portal into DISCORD_TOKEN, then start the bot again."
)
SENTENCES = {
    Ending.TOKEN: (
        "Discord did not accept the token. Copy it again from the developer portal into DISCORD_TOKEN,"
        " then start the bot again."
    ),
    Ending.INTENTS: (
        "Discord refused what the bot asks to be told of (its intents). This bot needs no privileged intent:"
        " update it, and look in the developer portal whether the application is disabled or limited."
    ),
    Ending.NOT_INVITED: "The bot is in no server yet. Invite it, then start it again.",
    Ending.WRONG_SERVER: "The bot is not in the server that server.guild_id names.",
    Ending.SHARDING: (
        "Discord wants this bot to be split into shards, as it does with bots in very many servers. This bot"
        " serves one server: remove it from the others, then start it again."
    ),
    Ending.VERSION: (
        "Discord does not speak this version of its gateway any more. Update the bot and discord.py,"
        " then start it again."
    ),
}
