"""The views of /dbhealth that come in pages: errors, queue, slow, indexes, drill."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from modelus_bot.database import DatabaseError, DatabaseManager
from modelus_bot.database.administration import (
    IndexUse,
    QueryPlan,
    StatementAdvisor,
    StatementExamination,
    StatementSeen,
)
from modelus_bot.subjects.health.cards.overview import latency_words
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.needs_admin import require_admin
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of
from modelus_bot.ui.people import moment
from modelus_bot.ui.spoken import failure_words, operation_words, places_removed, spoken

__all__ = ["LIST"]

LIST = "dbhealth"
STATEMENTS = 5
"""Statements on one page: each takes several lines."""
TIMEOUT = 2.0
"""Seconds that SQLite may take to explain its plans."""

T = TypeVar("T")
Drawn = tuple[Card, bool]


@pages_of(LIST)
async def _draw(listing: PagedList) -> Drawn:
    """Draw a page of the view that the listing's argument names."""
    await require_admin(listing.bot, listing.viewer)
    return await _VIEWS[listing.argument](listing)


async def _errors(listing: PagedList) -> Drawn:
    seen = listing.bot.db.overview()
    page, more = _page(tuple(reversed(seen.recent_failures)), listing.page, PAGE)
    lines = [
        f"`{item.reference}` {moment(item.at, 'R')} **{operation_words(item.operation)}**:"
        f" {failure_words(item.error_type)} {_quoted(places_removed(item.detail), 90)}"
        for item in page
    ]
    text = (
        f"Since {moment(seen.since, 'R')}: {seen.failures} failed, {seen.refused} refused by a rule;"
        f" {seen.failed_lately} of {seen.operations_lately} failed in the last five minutes.\n"
        + ("Look one up with `/dbhealth reference:`.\n" if lines else "")
    )
    make = cards.warning if lines else cards.success
    return make("Errors", text + cards.lines(lines, empty="Nothing has failed.", limit=3500)), more


async def _queue(listing: PagedList) -> Drawn:
    seen = listing.bot.db.overview()
    limit = f" of {seen.queue_limit}" if seen.queue_limit else ""
    card = cards.info(
        "Queue",
        f"{seen.queue_depth}{limit} changes wait, and {seen.reader_depth} queries."
        f" One COMMIT carries {seen.mean_group:.1f} changes.",
    )
    card = card.with_field("Changes, to the answer", latency_words(seen.writes), inline=True)
    card = card.with_field("Queries wait", latency_words(seen.reader_waits), inline=True)
    card = card.with_field("Long queries wait", latency_words(seen.long_waits), inline=True)
    late = seen.too_late_writes + seen.too_late_reads + seen.too_late_reports
    card = card.with_field(
        "Since the start",
        f"{seen.retries} tried again\n{late} given up as too late\n{seen.reopened} reopened",
        inline=True,
    )
    card = card.with_field("The bot's own delay", latency_words(seen.loop_delay), inline=True)
    kept = "none can be kept" if seen.deferred is None else f"{seen.deferred} wait"
    card = card.with_field("Kept for later", kept, inline=True)
    return card, False


async def _slow(listing: PagedList) -> Drawn:
    db = listing.bot.db
    found = await _examined(db)
    pairs = found.statements if found is not None else _remembered(db)
    page, more = _page(pairs, listing.page, STATEMENTS)
    first = listing.page * STATEMENTS
    lines = [_statement(first + place, seen, plan) for place, (seen, plan) in enumerate(page, 1)]
    statistics = db.health.figures.statements
    head = f"{len(pairs)} different statements since {moment(statistics.since, 'R')}, the costliest first."
    if found is None:
        head += "\nThe database cannot be asked for its plans at the moment; those shown are the last ones."
    text = cards.lines(lines, empty="No statement was run yet.", limit=3400)
    card = cards.info("Statements", f"{head}\n\n{text}")
    if found is not None and listing.page == 0:
        said = _advisor(db).advice(found, now=int(time.time()))
        if said:
            advice = cards.lines([f"- {item}" for item in said[:5]], empty="", limit=950)
            card = card.with_field("Advice", advice)
    return card, more


async def _indexes(listing: PagedList) -> Drawn:
    found = await _examined(listing.bot.db)
    if found is None:
        return cards.warning(
            "Indexes",
            "The database cannot be asked for its plans at the moment. Please look again when it is back.",
        ), False
    ordered = sorted(
        found.indexes, key=lambda index: (not index.unused, index.used_by, index.table, index.name)
    )
    page, more = _page(ordered, listing.page, PAGE)
    unused = sum(item.unused for item in ordered)
    text = (
        f"{unused} of {len(ordered)} indexes were used by none of the {len(found.statements)} statements"
        f" seen since {moment(found.since, 'f')}."
    )
    if found.unexplained or found.forgotten:
        text += f" {found.unexplained + found.forgotten} statements are not looked at."
    lines = [_index(item) for item in page]
    return cards.info("Indexes", f"{text}\n\n{cards.lines(lines, empty='There are none.')}"), more


async def _drill(listing: PagedList) -> Drawn:
    protection = listing.bot.db.protection
    if protection is None:
        return cards.warning(
            "Restore drills", "The database is not protected here: nothing is rehearsed."
        ), False
    results = await asyncio.to_thread(protection.drill.results)
    page, more = _page(results, listing.page, PAGE)
    lines = [
        f"{'✅' if item.ok else '❌'} {moment(item.at, 'R')} {cards.clip(spoken(item.source), 80)}:"
        f" {item.rows} rows, {item.seconds:.1f} s"
        + ("" if item.ok else f"\n> {cards.clip(spoken('; '.join(item.problems)), 300)}")
        for item in page
    ]
    empty = "Nothing was rehearsed yet. `/backup drill` does it now."
    make = cards.success if results and results[0].ok else cards.warning
    return make("Restore drills", cards.lines(lines, empty=empty)), more


_VIEWS: dict[str, Callable[[PagedList], Awaitable[Drawn]]] = {
    "errors": _errors,
    "queue": _queue,
    "slow": _slow,
    "indexes": _indexes,
    "drill": _drill,
}


async def _examined(db: DatabaseManager) -> StatementExamination | None:
    try:
        async with asyncio.timeout(TIMEOUT):
            return await _advisor(db).examine()
    except (DatabaseError, TimeoutError):
        return None


def _advisor(db: DatabaseManager) -> StatementAdvisor:
    return StatementAdvisor(db, db.health.figures.statements, slow=db.settings.slow_operation)


def _remembered(db: DatabaseManager) -> tuple[tuple[StatementSeen, QueryPlan | None], ...]:
    statistics = db.health.figures.statements
    return tuple((item, statistics.plan(item.text)) for item in statistics.seen())


def _statement(number: int, seen: StatementSeen, plan: QueryPlan | None) -> str:
    figures = [
        "1 run" if seen.count == 1 else f"{seen.count} runs",
        f"{seen.total:.2f} s in all",
        f"{seen.mean * 1000:.2f} ms each",
        f"p99 {seen.p99 * 1000:.1f} ms",
        f"{seen.rows / seen.count:.1f} rows a run",
    ]
    if seen.errors:
        figures.append(f"{seen.errors} failed")
    lines = [f"**{number}.** {_quoted(seen.text, 260)}", ", ".join(figures)]
    if plan is not None:
        by = [f"by {', '.join(sorted(plan.indexes))}"] if plan.indexes else []
        if said := [*(f"⚠️ {remark}" for remark in plan.remarks), *by]:
            lines.append(cards.clip("; ".join(said), 200))
    return "\n".join(lines) + "\n"


def _index(item: IndexUse) -> str:
    if item.used_by:
        use = f"{item.used_by} {'statement' if item.used_by == 1 else 'statements'}"
    else:
        use = item.purpose or "⚠️ not used"
    return f"`{item.name}` on {item.table} ({cards.clip(item.columns, 80)}): {use}"


def _page(items: Sequence[T], number: int, size: int) -> tuple[Sequence[T], bool]:
    """Return the items of a page, and whether another one follows."""
    return items[number * size : (number + 1) * size], len(items) > (number + 1) * size


def _quoted(text: str, limit: int) -> str:
    shown = cards.clip(text.replace("`", "'").replace("\n", " "), limit)
    return f"`{shown}`" if shown else ""
