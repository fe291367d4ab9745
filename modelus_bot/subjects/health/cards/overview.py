"""What /dbhealth shows on one card: the overview, and a failure. Pure but for the protection's files."""

from __future__ import annotations

from modelus_bot.database import Mode, Overview, Protection
from modelus_bot.database.administration import SIGNALS, Failure, Percentiles, setting_suggestions
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment
from modelus_bot.ui.spoken import failure_words, operation_words, places_removed, spoken

__all__ = ["failure_card", "latency_words", "overview_card", "protection_words", "size_words"]

MODES = {Mode.NORMAL: "normal", Mode.READ_ONLY: "read only", Mode.DEGRADED: "degraded"}


def overview_card(seen: Overview) -> Card:
    """Return the card that shows an overview."""
    make = {Mode.NORMAL: cards.success, Mode.READ_ONLY: cards.warning}.get(seen.mode, cards.failure)
    if seen.mode is Mode.NORMAL and seen.incidents:
        make = cards.warning
    card = make("Database", f"Mode **{MODES[seen.mode]}**. {_state(seen)}")
    card = card.with_field("Reads", _counted(seen.read_count, seen.reads), inline=True)
    card = card.with_field("Writes", _counted(seen.write_count, seen.writes), inline=True)
    card = card.with_field(
        "Outcomes",
        f"{seen.refused} refused by a rule\n{seen.failures} failed\n{seen.retries} tried again\n"
        f"{seen.repeated} repeated requests",
        inline=True,
    )
    kept = "" if seen.deferred is None else f"\n{seen.deferred} kept for later"
    card = card.with_field(
        "Queue",
        f"{seen.queue_depth} waiting\n{seen.mean_group:.1f} writes a commit\n{seen.reopened} reopened{kept}",
        inline=True,
    )
    card = card.with_field(
        "Circuit breakers", f"writes {seen.write_breaker}\nreads {seen.read_breaker}", inline=True
    )
    card = card.with_field(
        "Sizes",
        f"file {size_words(seen.file_bytes)}\nlog {size_words(seen.wal_bytes)}"
        f"\nfree {size_words(seen.free_bytes)}",
        inline=True,
    )
    return _with_lists(card, seen).with_footer(
        f"SQLite {seen.sqlite_version}, synchronous={seen.synchronous}; since the start"
    )


def failure_card(failure: Failure) -> Card:
    """Return what is known of a failure beyond the sentence that people read."""
    code = f" ({failure.code})" if failure.code else ""
    card = cards.failure(
        f"Failure {failure.reference}",
        f"**{operation_words(failure.operation)}** {moment(failure.at, 'F')} ({moment(failure.at, 'R')})\n"
        f"{failure_words(failure.error_type)}{code}, attempt {failure.attempt}",
    )
    card = card.with_field("Detail", _code(places_removed(failure.detail) or "none"))
    statements = "\n".join(failure.sql) or "none was run"
    card = card.with_field("Statements", _code(statements))
    return card.with_footer("More is in the log under this reference.")


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
    if protection.monitor is not None and protection.monitor.checked_at is not None:
        lines.append(f"Last full check {moment(int(protection.monitor.checked_at), 'R')}")
    if protection.monitor is not None and protection.monitor.last_recovery is not None:
        lines.append(f"Last recovery: {spoken(str(protection.monitor.last_recovery))}")
    return cards.clip("\n".join(lines), 1000)


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


def _with_lists(card: Card, seen: Overview) -> Card:
    if seen.incidents:
        names = {item.name: item.called for item in SIGNALS}
        wrong = [
            f"{names.get(incident.name, incident.name)}, since {moment(int(incident.began), 'R')}"
            for incident in seen.incidents
        ]
        card = card.with_field("Wrong at present", cards.lines(wrong, empty="", limit=900))
    advice = setting_suggestions(seen)
    if advice:
        text = cards.lines([f"- {item}" for item in advice], empty="", limit=900)
        card = card.with_field("Advice", text)
    if seen.slow:
        slow = "\n".join(f"{operation_words(name)}: {count}" for name, count in seen.slow)
        card = card.with_field("Slow operations", slow)
    if seen.recent_failures:
        failures = [
            f"`{failure.reference}` {moment(failure.at, 'R')} {operation_words(failure.operation)}:"
            f" {failure_words(failure.error_type)}"
            for failure in reversed(seen.recent_failures)
        ]
        text = cards.lines(failures[:5], empty="", limit=900)
        card = card.with_field("Latest failures (/dbhealth reference: shows one)", text)
    return card


def _counted(count: int, found: Percentiles) -> str:
    return f"{count}\n{latency_words(found)}" if count else "none yet"


def _code(text: str) -> str:
    """Return text as a block that shows it as it is."""
    return f"```\n{cards.clip(text.replace('```', chr(39) * 3), 990)}\n```"
