"""/dbhealth: how the database is doing; answers without it."""

from __future__ import annotations

import discord
from discord import app_commands

from modelus_bot.cogs.group import CommandGroup
from modelus_bot.cogs.needs_admin import require_admin
from modelus_bot.database.degradation import Mode
from modelus_bot.database.health import Overview, Percentiles
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.ui import embeds
from modelus_bot.ui.people import moment

__all__ = ["DatabaseHealth"]

WORKS = {
    Mode.NORMAL: "Everything works.",
    Mode.READ_ONLY: "Reading works, changes do not.",
    Mode.DEGRADED: "The database cannot be used; commands that do not need it go on.",
}


class DatabaseHealth(CommandGroup):
    """The command about the database."""

    @app_commands.command(name="dbhealth", description="How the database is doing")
    @app_commands.default_permissions(manage_guild=True)
    async def dbhealth(self, interaction: discord.Interaction) -> None:
        """Show mode, counts, latencies and sizes."""
        await interaction.response.defer(ephemeral=True)
        await require_admin(self.bot, self.viewer(interaction))
        card = card_of(self.bot.db.overview())
        if self.bot.db.protection is not None:
            card.add_field(name="Protection", value=protection_words(self.bot.db.protection), inline=False)
        await interaction.followup.send(embed=card)


def card_of(seen: Overview) -> discord.Embed:
    """Return the card that shows an overview."""
    make = {Mode.NORMAL: embeds.success, Mode.READ_ONLY: embeds.warning}.get(seen.mode, embeds.failure)
    text = f"Mode **{seen.mode.value}**. {WORKS[seen.mode]}"
    if seen.cause is not None:
        text += f"\n{seen.cause}"
    card = make("Database", text)
    card.add_field(name="Reads", value=_latency(seen.read_count, seen.reads))
    card.add_field(name="Writes", value=_latency(seen.write_count, seen.writes))
    card.add_field(
        name="Outcomes",
        value=f"{seen.refused} refused by a rule\n{seen.failures} failed\n{seen.retries} tried again\n"
        f"{seen.repeated} repeated requests",
    )
    card.add_field(
        name="Queue",
        value=f"{seen.queue_depth} waiting\n{seen.mean_group:.1f} writes a commit\n{seen.reopened} reopened",
    )
    card.add_field(name="Circuit breakers", value=f"writes {seen.write_breaker}\nreads {seen.read_breaker}")
    card.add_field(
        name="Sizes",
        value=f"file {_size(seen.file_bytes)}\nlog {_size(seen.wal_bytes)}\nfree {_size(seen.free_bytes)}",
    )
    if seen.slow:
        slow = "\n".join(f"{name}: {count}" for name, count in seen.slow)
        card.add_field(name="Slow operations", value=slow, inline=False)
    if seen.recent_failures:
        failures = [
            f"`{one.reference}` {moment(one.at, 'R')} {one.operation}: {one.error_type}"
            for one in reversed(seen.recent_failures)
        ]
        text = embeds.lines(failures[:5], empty="", limit=1000)
        card.add_field(name="Latest failures (reference codes are in the log)", value=text, inline=False)
    card.set_footer(text=f"SQLite {seen.sqlite_version}, synchronous={seen.synchronous}; since the start")
    return card


def protection_words(protection: Protection) -> str:
    """Return how old the newest backup is, what the archive does, and how the last drill went."""
    backup = protection.backups.newest_verified()
    drill = next(iter(protection.drill.results()), None)
    lines = [
        f"Newest backup {moment(int(backup.created_at), 'R')}" if backup else "**No verified backup yet**",
        protection.archive.status().words,
    ]
    if drill is not None:
        outcome = f"whole in {drill.seconds:.1f} s" if drill.ok else "**NOT whole**"
        lines.append(f"Last drill {moment(drill.at, 'R')}: {outcome}")
    if protection.guard is not None and protection.guard.checked_at is not None:
        lines.append(f"Last full check {moment(int(protection.guard.checked_at), 'R')}")
    if protection.guard is not None and protection.guard.last_recovery is not None:
        lines.append(f"Last recovery: {protection.guard.last_recovery}")
    return embeds.clip("\n".join(lines), 1000)


def _latency(count: int, found: Percentiles) -> str:
    if found.p50 is None or found.p95 is None or found.p99 is None:
        return "none yet"
    return f"{count}\np50 {found.p50:.1f} ms\np95 {found.p95:.1f} ms\np99 {found.p99:.1f} ms"


def _size(count: int | None) -> str:
    if count is None:
        return "—"
    size = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return "—"
