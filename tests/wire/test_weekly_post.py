"""The weekly post over the wire: killed between Discord and the file, it is there once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.wire.interactions import words
from tests.wire.process import BotProcess, until
from tests.wire.world import World

RUNS = "SELECT status, attempts FROM job_runs WHERE job = 'weekly_post' ORDER BY run_key"
SUNDAY = 6


def zone_without_sunday() -> str:
    """Return a zone in which today is no Sunday, so that yesterday and tomorrow are of one week."""
    zones = ("UTC", "Etc/GMT-14", "Etc/GMT+12")
    return next(zone for zone in zones if datetime.now(ZoneInfo(zone)).weekday() != SUNDAY)


def schedule(bot: BotProcess, zone: str, days: int) -> None:
    """Let the week be posted at midnight of a weekday, which was ``days`` after today's."""
    day = datetime.now(UTC).astimezone(ZoneInfo(zone)) + timedelta(days=days)
    bot.settings["server"] |= {"timezone": zone, "weekly_day": f"{day:%A}".lower(), "weekly_time": "00:00"}
    bot.write_settings()


async def test_killed_between_the_post_and_the_file_it_is_there_once(tmp_path: Path) -> None:
    """Every answer to the post is lost and the bot killed; Discord has forgotten the nonce by then."""
    async with World() as discord, discord.bot(tmp_path, wait=False) as bot:
        zone = zone_without_sunday()
        bot.settings["server"]["weekly_channel_id"] = int(discord.server.duty)
        schedule(bot, zone, 1)
        await discord.connected(bot)
        await until(lambda: bot.rows(RUNS) == [("skipped", 1)], "this week to be passed over", 60)
        assert await bot.stop() == 0
        schedule(bot, zone, 0)
        discord.faults.add(rf"POST /channels/{discord.server.duty}/messages", "drop", when="after", times=99)
        bot.start()
        await discord.connected(bot)
        await until(lambda: ("running", 1) in bot.rows(RUNS), "the week to be begun", 60)
        await until(lambda: discord.in_channel(discord.server.duty), "the post to be in the channel", 30)
        bot.kill()
        discord.gateway.forget()
        discord.faults.clear()
        discord.server.nonces.clear()
        bot.start()
        await discord.connected(bot)
        await until(lambda: ("delivered", 2) in bot.rows(RUNS), "the week to be posted", 60)
        (post,) = discord.in_channel(discord.server.duty)
        assert "**Account**: no turn is planned" in words(post)
        (taken,) = bot.rows(
            "SELECT json_extract(details, '$.message') FROM job_runs"
            " WHERE job = 'weekly_post' AND status = 'delivered'"
        )
        assert str(taken[0]) == post["id"]
