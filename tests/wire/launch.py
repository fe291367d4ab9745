"""``modelus-bot ARGUMENTS``, unmodified, whose discord.py looks for Discord at WIRE_DISCORD on loopback."""

import os

import discord
import discord.gateway
import yarl

from modelus_bot.cli import main


def point_at(api: str) -> None:
    """Send every request and the gateway's socket to ``api``, which is an address without a path."""
    if yarl.URL(api).host != "127.0.0.1":  # the token goes to whatever is named here
        raise SystemExit("WIRE_DISCORD must be on loopback")
    discord.http.Route.BASE = f"{api}/api/v{discord.http.INTERNAL_API_VERSION}"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(api.replace("http", "ws", 1) + "/gateway/")
    discord.asset.Asset.BASE = f"{api}/cdn"


if __name__ == "__main__":
    point_at(os.environ["WIRE_DISCORD"])
    main()
