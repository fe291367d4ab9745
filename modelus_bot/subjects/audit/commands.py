"""/audit: who changed what, and whether the log is whole."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.database.administration import ChainReport, gather_anchors
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.domain.subject import declared
from modelus_bot.domain.table_words import rows_of
from modelus_bot.subjects.audit.queries import NEWEST, AuditView, member_history, record_history, verify
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.suggestions import Choices, choices
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of, send_page
from modelus_bot.ui.people import moment, name_of
from modelus_bot.ui.spoken import spoken

__all__ = ["AuditCommands", "member_page", "record_page"]

PEOPLE = frozenset({"user_id", "replacement_id", "original_id", "requested_by", "decided_by", "discord_id"})
"""Values of entries that are people."""
RECORD = re.compile(r"[\w.-]{1,32}(:[\w.-]{1,20})?")


@app_commands.default_permissions(manage_guild=True)
class AuditCommands(CommandGroup, commands.GroupCog, name="audit", description="Who changed what"):
    """The commands about the audit log; the queries let only administrators see it."""

    @app_commands.command(name="record", description="The history of one record")
    @app_commands.describe(table="Which kind of record", record="Its id, such as 12 or account:123")
    async def record(
        self, interaction: discord.Interaction, table: str, record: app_commands.Range[str, 1, 64]
    ) -> None:
        """List a record's entries, newest first."""
        await answering.defer(interaction, private=True)
        if table not in declared().audited:
            audited = ", ".join(map(rows_of, declared().audited))
            raise InvalidInput(
                f"“{plain(cards.clip(table, 40))}” is not audited. Audited are: {audited}.",
                rule="audit.table",
            )
        if not RECORD.fullmatch(record):
            raise InvalidInput(
                f"“{plain(cards.clip(record, 60))}” is no record's id. Ids are numbers, names or both,"
                " such as 12, account or account:123.",
                rule="audit.record",
            )
        await send_page(self.bot, interaction, "audit_record", f"{table} {record}")

    @app_commands.command(name="member", description="What one member changed")
    @app_commands.describe(user="Who")
    async def member(self, interaction: discord.Interaction, user: discord.Member) -> None:
        """List a member's changes, newest first."""
        await answering.defer(interaction, private=True)
        await send_page(self.bot, interaction, "audit_member", str(user.id))

    @app_commands.command(name="verify", description="Is the log whole?")
    async def verify(self, interaction: discord.Interaction) -> None:
        """Walk the chain, name the first broken link, and ask backups and logs whether they agree."""
        await answering.defer(interaction, private=True)
        settings = self.bot.settings
        anchors = await asyncio.to_thread(
            gather_anchors, self.bot.db.path, backups=settings.backup.folder, log=settings.logging.file
        )
        report = await self.bot.db.read(verify, self.viewer(interaction), anchors, int(time.time()))
        await answering.answer(interaction, _verified_card(report))

    @record.autocomplete("table")
    async def _tables(self, _: discord.Interaction, typed: str) -> Choices:
        return choices(((rows_of(name), name) for name in declared().audited), typed)


@pages_of("audit_record")
async def record_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of one record's history, and whether another page follows."""
    table, _, record = listing.argument.partition(" ")
    upto = (listing.page + 1) * PAGE + 1
    found = await listing.bot.db.read(record_history, listing.viewer, table, record, upto, NEWEST)
    return await _page(listing, plain(f"{rows_of(table)}: {record}"), found)


@pages_of("audit_member")
async def member_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of one member's changes, and whether another page follows."""
    upto = (listing.page + 1) * PAGE + 1
    found = await listing.bot.db.read(member_history, listing.viewer, int(listing.argument), upto, NEWEST)
    return await _page(listing, "Changes by one member", found)


def _verified_card(report: ChainReport) -> Card:
    if report.intact:
        text = f"{report.links} entries, each linked to the one before. Head `{report.head.hex()[:16]}`."
        count = "1 note" if report.anchors == 1 else f"{report.anchors} notes"
        notes = [f"Compared with {count} of it in backups, snapshot and logs.", *report.excused]
        if report.preserved:
            notes.append(f"Earlier logs that were damaged are kept: {', '.join(report.preserved)}.")
        return cards.success("The log is whole", cards.clip(spoken("\n".join((text, *notes))), 3000))
    if report.problem is not None:
        text = f"{report.problem}. The {report.links} entries before it are whole."
    else:
        text = f"All {report.links} entries fit together, but not with what else is known."
    advice = (
        "Keep the file as it is and compare it with a backup. `modelus-bot audit renew` on the machine sets"
        " this log aside and begins a new one."
    )
    return cards.failure(
        "The log is damaged", cards.clip(spoken("\n".join((text, *report.contradictions, advice))), 3000)
    )


async def _page(listing: PagedList, title: str, found: tuple[AuditView, ...]) -> tuple[Card, bool]:
    shown = found[listing.page * PAGE : (listing.page + 1) * PAGE]
    people = await listing.bot.db.read(everybody)
    lines = [_line(item, people) for item in shown]
    card = cards.info(title, cards.lines(lines, empty="No entries."))
    return card, len(found) > (listing.page + 1) * PAGE


def _line(entry: AuditView, people: dict[int, str]) -> str:
    who = "the bot" if entry.changed_by is None else name_of(entry.changed_by, people)
    old, new = entry.old or {}, entry.new or {}
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    if entry.reason and new.get("reason") == entry.reason:
        keys.remove("reason")  # it is said once, at the end
    changed = ", ".join(
        f"{plain(key)}: {_shown(key, old, people)} → {_shown(key, new, people)}" for key in keys
    )
    reason = f" — {plain(entry.reason)}" if entry.reason else ""
    what = f"{plain(f'{rows_of(entry.table)} {entry.record_id}')} {entry.operation}"
    text = f"`{entry.id}` {moment(entry.at, 'f')} {who}: {what}"
    return cards.clip(f"{text} {changed}{reason}", 380)


def _shown(key: str, values: dict[str, Any], people: dict[int, str]) -> str:
    value = values.get(key)
    if value is None:
        return "—"
    return name_of(value, people) if key in PEOPLE and isinstance(value, int) else plain(str(value))
