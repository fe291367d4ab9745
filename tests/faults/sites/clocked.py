"""The whole bot, online at a Discord on loopback: ``python -m tests.faults.sites.clocked FOLDER PORT``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import discord
import yarl
from discord.gateway import DiscordWebSocket

from modelus_bot.app import run_online
from modelus_bot.config import Settings
from tests.discord_end import TOKEN

__all__ = ["settings_in"]


def settings_in(folder: Path) -> Settings:
    """Return settings with everything of the bot below one folder."""
    return Settings.model_validate(
        {
            "database": {"path": folder / "data" / "modelus.db"},
            "backup": {"folder": folder / "backups", "attempts": 1},
            "archive": {"mode": "off", "folder": folder / "archive"},
            "integrity": {"quarantine": folder / "quarantine"},
            "metrics": {"serve": "off"},
            "logging": {"file": folder / "bot.jsonl"},
        }
    )


def main() -> None:
    """Run until it is asked to stop."""
    folder, port = Path(sys.argv[1]), sys.argv[2]
    discord.http.Route.BASE = f"http://127.0.0.1:{port}/api"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{port}/gateway")
    asyncio.run(run_online(settings_in(folder), TOKEN))


if __name__ == "__main__":
    main()
