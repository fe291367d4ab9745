"""What /database answers with."""

from __future__ import annotations

from modelus_bot.clock.apart import TOLD_FROM
from modelus_bot.clock.belief import Doubt
from modelus_bot.clock.words import apart_words, doubt_words
from modelus_bot.config.units import megabytes
from modelus_bot.database.administration import (
    CheckReport,
    ChecksumReport,
    FileFacts,
    RunReport,
    TaskOutcome,
)
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.spoken import spoken

__all__ = ["checked_card", "clock_card", "maintained_card", "rewriting_card"]

SIGNS = {TaskOutcome.DONE: "✅", TaskOutcome.NOT_DUE: "▫️", TaskOutcome.REFUSED: "⚠️", TaskOutcome.FAILED: "❌"}
SHOWN = 10


def checked_card(report: CheckReport, sums: ChecksumReport) -> Card:
    """Return what a check found; damage is already being looked at by then."""
    rows = sum(report.rows.values())
    problems = [*(f"page {page} was altered" for page in sums.unexplained), *report.problems]
    found = cards.lines([f"• {spoken(problem)}" for problem in problems[:SHOWN]], empty="")
    if len(problems) > SHOWN:
        found += f"\n… and {len(problems) - SHOWN} more"
    if report.damaged or sums.unexplained:
        text = f"{found}\n\nThe bot looks closer now and restores the newest good state if this is confirmed."
        return cards.failure("The database is damaged", cards.clip(text, 4000))
    if not report.complete:
        return cards.warning("Not everything could be checked", cards.clip(found, 4000))
    if not report.ok:
        text = f"The structure is whole, but rules are broken:\n{found}"
        return cards.warning("Rules are broken", cards.clip(text, 4000))
    return cards.success(
        "The database is whole",
        f"{rows} rows in {len(report.rows)} tables: structure, references and rules are as they should be.\n"
        f"The audit trail is complete up to entry {report.audit_id}.\n"
        f"{sums.pages} pages hold what was saved ({megabytes(report.bytes)}, {report.seconds:.1f} s).",
    )


def clock_card(
    doubt: Doubt | None, *, wall: float, trusted: bool, steady_minutes: float, apart: float | None
) -> Card:
    """Return whether the machine's clock is believed; ``doubt`` spoke against it until ``trusted``.

    ``apart`` is by how many seconds it is ahead of Discord's, None while that is not known.
    """
    shown = f"It is <t:{int(wall)}:F>."
    if doubt is None and apart is not None and abs(apart) >= TOLD_FROM:
        return cards.warning("The clock is believed, and wrong", apart_words(apart))
    if doubt is None:
        return cards.success("The clock is believed", f"{shown} Nothing waits for it.")
    if trusted:
        text = f"{shown} Duty, notices and clean-ups follow it from now on."
        return cards.success("The clock is believed as it is", text)
    words = doubt_words(doubt, wall=wall, steady_minutes=steady_minutes)
    return cards.warning("The clock is not believed", words)


def maintained_card(report: RunReport) -> Card:
    """Return what was done, task by task."""
    text = cards.lines(
        [f"{SIGNS[result.outcome]} **{result.task}**: {spoken(result.words)}" for result in report.results],
        empty="",
    )
    make = cards.success if report.ok else cards.warning
    title = "Maintenance done" if report.ok else "Maintenance was not complete"
    return make(title, f"{text}\n\nTook {report.seconds:.1f} s.")


def rewriting_card(facts: FileFacts) -> Card:
    """Return the question before the file is rewritten."""
    free = "unknown" if facts.disk_free is None else megabytes(facts.disk_free)
    seconds = max(1, round(facts.rewriting_seconds))
    return cards.question(
        "Rewrite the file?",
        f"{megabytes(facts.free_bytes)} of {megabytes(facts.bytes)} are empty ({facts.free_share:.0%});"
        f" {free} are free on the disk.\n"
        f"Changes wait for about {seconds} s meanwhile; reading goes on. Interrupting it loses nothing.",
    )
