"""What the backup commands show. Pure but for the archive's span."""

from __future__ import annotations

import math
from collections.abc import Sequence

from modelus_bot.config.units import megabytes
from modelus_bot.database import DatabaseError, Protection
from modelus_bot.database.administration import (
    Archive,
    BackupManifest,
    CheckReport,
    DrillResult,
    Restored,
    RestorePlan,
    TableDifference,
)
from modelus_bot.domain.table_words import rows_of
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment
from modelus_bot.ui.spoken import spoken

__all__ = [
    "created_card",
    "drill_card",
    "listed_card",
    "plan_card",
    "restored_card",
    "span_of",
    "unavailable_words",
    "verified_card",
]

Span = tuple[float, float] | None


async def span_of(archive: Archive) -> Span:
    """Return the moments between which everything can be restored, None when nothing is archived."""
    if not archive.available:
        return None
    try:
        return await archive.moments()
    except DatabaseError:
        return None


def unavailable_words(earliest: float | None, latest: float | None) -> str:
    """Return why a moment cannot be gone back to, and which can (UTC seconds, None for nothing)."""
    if earliest is None or latest is None:
        return "The archive holds nothing yet. Name a backup instead; `/backup list` shows them."
    return (
        f"The archive holds every second from {moment(math.ceil(earliest), 'F')} to"
        f" {moment(int(latest), 'F')}, and nothing before. Name a moment in it, or a backup from"
        " `/backup list`."
    )


def created_card(made: BackupManifest) -> Card:
    """Return the card of a copy that was just made."""
    size, rows = megabytes(made.bytes), sum(made.rows.values())
    text = f"`{made.name}`\n{size}, {rows} rows, made in {made.seconds:.1f} s."
    return cards.success("Backup made and verified", text)


def listed_card(protection: Protection, span: Span) -> Card:
    """Return the list of copies, newest first, and what the archive reaches back to."""
    listing = protection.backups.listing()
    lines = [
        f"`{manifest.name}` {moment(int(manifest.created_at), 'R')}, {megabytes(manifest.bytes)},"
        f" {'verified' if manifest.counts else '**not verified**'}"
        for manifest in listing.manifests
    ]
    lines += [f"`{item.name}` **is not used**: {item.why}" for item in listing.unlisted]
    none = "None yet. Make one with /backup create." if listing.empty else "None that can be used."
    card = cards.info("Backups", cards.lines(lines, empty=none, limit=3000))
    if listing.trouble:
        words = "Which backups there are cannot be said: the bot may not look into their folder."
        card = card.with_field("Folder", words)
    if span is not None:
        reach = f"Any second from {moment(int(span[0]), 'f')} to {moment(int(span[1]), 'f')}."
    else:
        reach = spoken(protection.archive.status().words)
    card = card.with_field("Archive", cards.clip(reach, 1000))
    newest = next(iter(protection.drill.results()), None)
    if newest is not None:
        outcome = "whole" if newest.ok else "**NOT whole**"
        source = cards.clip(spoken(newest.source), 100)
        said = f"{moment(newest.at, 'R')}: {source}, {outcome}, {newest.seconds:.1f} s"
        card = card.with_field("Last drill", said)
    return card


def verified_card(name: str, report: CheckReport) -> Card:
    """Return what checking a copy again found."""
    if report.ok:
        rows = sum(report.rows.values())
        return cards.success(
            "The backup is whole", f"`{name}`: {rows} rows, audit trail up to {report.audit_id}."
        )
    problems = cards.lines([f"- {spoken(problem)}" for problem in report.problems], empty="")
    return cards.failure("The backup is not whole", f"`{name}` no longer counts as a backup.\n{problems}")


def plan_card(plan: RestorePlan) -> Card:
    """Return what restoring would change, table by table."""
    head = f"From {spoken(plan.source)}: the state of {moment(int(plan.moment), 'F')}, checked and whole.\n"
    if plan.tables is None:
        return cards.question(
            "Preview", head + "The present database cannot be read, so nothing can be compared."
        )
    if not plan.tables:
        return cards.info("Preview", head + "It has the same rows as the present database.")
    lines = [_difference(table) for table in plan.tables]
    return cards.question("Preview", head + cards.lines(lines, empty="", limit=3500))


def _difference(table: TableDifference) -> str:
    """Return what would happen to the rows of a table, without saying what would not."""
    counted = (
        (table.only_now, "would be gone"),
        (table.only_then, "would come back"),
        (table.changed, "would change"),
    )
    parts = ", ".join(f"{count} {what}" for count, what in counted if count)
    return f"**{rows_of(table.table)}**: {parts}"


def restored_card(done: Restored) -> Card:
    """Return what a restore did and how it is undone."""
    text = f"From {spoken(done.plan.source)}, in {done.seconds:.1f} s."
    if done.undo:
        text += f"\nTo undo it: `/backup restore` with the backup `{done.undo}`."
    elif done.quarantined:
        text += "\nThe files that were there before were set aside on the bot's machine."
    return cards.success("The database was restored", text)


def drill_card(results: Sequence[DrillResult]) -> Card:
    """Return what a rehearsal found."""
    if not results:
        return cards.warning(
            "Nothing to rehearse",
            "There is neither a verified backup nor an archive. Make one with /backup create.",
        )
    lines = [
        f"{'✅' if result.ok else '❌'} {cards.clip(spoken(result.source), 100)}: {result.rows} rows,"
        f" {result.seconds:.1f} s"
        + ("" if result.ok else f" — {cards.clip(spoken('; '.join(result.problems)), 500)}")
        for result in results
    ]
    make = cards.success if all(result.ok for result in results) else cards.failure
    return make("Restore drill", "\n".join(lines))
