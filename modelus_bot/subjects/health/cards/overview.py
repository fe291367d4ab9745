"""What /dbhealth shows on one card: the overview, and a failure. Pure but for the protection's files."""

from __future__ import annotations

import discord

from modelus_bot.database import Mode, Overview, Protection
from modelus_bot.database.administration import SIGNALS, Failure, Percentiles, setting_suggestions
from modelus_bot.ui import embeds
from modelus_bot.ui.people import moment
from modelus_bot.ui.spoken import failure_words, operation_words, places_removed, spoken

__all__ = ["failure_card", "latency_words", "overview_card", "protection_words", "size_words"]

MODES = {Mode.NORMAL: "normal", Mode.READ_ONLY: "read only", Mode.DEGRADED: "degraded"}


def overview_card(seen: Overview) -> discord.Embed:
    """Return the card that shows an overview."""
    make = {Mode.NORMAL: embeds.success, Mode.READ_ONLY: embeds.warning}.get(seen.mode, embeds.failure)
    if seen.mode is Mode.NORMAL and seen.incidents:
        make = embeds.warning
    card = make("Database", f"Mode **{MODES[seen.mode]}**. {_state(seen)}")
    card.add_field(name="Reads", value=_counted(seen.read_count, seen.reads))
    card.add_field(name="Writes", value=_counted(seen.write_count, seen.writes))
    card.add_field(
        name="Outcomes",
        value=f"{seen.refused} refused by a rule\n{seen.failures} failed\n{seen.retries} tried again\n"
        f"{seen.repeated} repeated requests",
    )
    kept = "" if seen.deferred is None else f"\n{seen.deferred} kept for later"
    card.add_field(
        name="Queue",
        value=f"{seen.queue_depth} waiting\n{seen.mean_group:.1f} writes a commit"
        f"\n{seen.reopened} reopened{kept}",
    )
    card.add_field(name="Circuit breakers", value=f"writes {seen.write_breaker}\nreads {seen.read_breaker}")
    card.add_field(
        name="Sizes",
        value=f"file {size_words(seen.file_bytes)}\nlog {size_words(seen.wal_bytes)}"
        f"\nfree {size_words(seen.free_bytes)}",
    )
    _add_lists(card, seen)
    card.set_footer(text=f"SQLite {seen.sqlite_version}, synchronous={seen.synchronous}; since the start")
    return card


def failure_card(failure: Failure) -> discord.Embed:
    """Return what is known of a failure beyond the sentence that people read."""
    code = f" ({failure.code})" if failure.code else ""
    card = embeds.failure(
        f"Failure {failure.reference}",
        f"**{operation_words(failure.operation)}** {moment(failure.at, 'F')} ({moment(failure.at, 'R')})\n"
        f"{failure_words(failure.error_type)}{code}, attempt {failure.attempt}",
    )
    card.add_field(name="Detail", value=_code(places_removed(failure.detail) or "none"), inline=False)
    statements = "\n".join(failure.sql) or "none was run"
    card.add_field(name="Statements", value=_code(statements), inline=False)
    card.set_footer(text="More is in the log under this reference.")
    return card


def protection_words(protection: Protection) -> str:
    """Return how old the newest backup is, what the archive does, and how the last drill went."""
    backup = protection.backups.newest_verified()
    drill = next(iter(protection.drill.results()), None)
    lines = [
        f"Newest backup {moment(int(backup.created_at), 'R')}" if backup else "**No verified backup yet**",
        spoken(protection.archive.status().words),
    ]
    if drill is not None:
        outcome = f"whole in {drill.seconds:.1f} s" if drill.ok else "**NOT whole**"
        lines.append(f"Last drill {moment(drill.at, 'R')}: {outcome}")
    if protection.guard is not None and protection.guard.checked_at is not None:
        lines.append(f"Last full check {moment(int(protection.guard.checked_at), 'R')}")
    if protection.guard is not None and protection.guard.last_recovery is not None:
        lines.append(f"Last recovery: {spoken(str(protection.guard.last_recovery))}")
    return embeds.clip("\n".join(lines), 1000)


def latency_words(found: Percentiles) -> str:
    """Return percentiles in three lines."""
    if found.p50 is None or found.p95 is None or found.p99 is None:
        return "none lately"
    return f"p50 {found.p50:.1f} ms\np95 {found.p95:.1f} ms\np99 {found.p99:.1f} ms"


def size_words(count: int | None) -> str:
    """Return a size in bytes as people read it."""
    if count is None:
        return "—"
    size = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return "—"


def _state(seen: Overview) -> str:
    """Say why the mode is what it is; that everything works is said only where nothing is wrong."""
    if seen.cause:
        return spoken(seen.cause)
    if not seen.incidents:
        return "Everything works."
    count = "one thing is" if len(seen.incidents) == 1 else f"{len(seen.incidents)} things are"
    return f"Commands work, but {count} wrong, see below."


def _add_lists(card: discord.Embed, seen: Overview) -> None:
    if seen.incidents:
        names = {one.name: one.called for one in SIGNALS}
        wrong = [
            f"{names.get(one.name, one.name)}, since {moment(int(one.began), 'R')}" for one in seen.incidents
        ]
        card.add_field(name="Wrong at present", value=embeds.lines(wrong, empty="", limit=900), inline=False)
    advice = setting_suggestions(seen)
    if advice:
        text = embeds.lines([f"- {one}" for one in advice], empty="", limit=900)
        card.add_field(name="Advice", value=text, inline=False)
    if seen.slow:
        slow = "\n".join(f"{operation_words(name)}: {count}" for name, count in seen.slow)
        card.add_field(name="Slow operations", value=slow, inline=False)
    if seen.recent_failures:
        failures = [
            f"`{one.reference}` {moment(one.at, 'R')} {operation_words(one.operation)}:"
            f" {failure_words(one.error_type)}"
            for one in reversed(seen.recent_failures)
        ]
        text = embeds.lines(failures[:5], empty="", limit=900)
        card.add_field(name="Latest failures (/dbhealth reference: shows one)", value=text, inline=False)


def _counted(count: int, found: Percentiles) -> str:
    return f"{count}\n{latency_words(found)}" if count else "none yet"


def _code(text: str) -> str:
    """Return text as a block that shows it as it is."""
    return f"```\n{embeds.clip(text.replace('```', chr(39) * 3), 990)}\n```"
