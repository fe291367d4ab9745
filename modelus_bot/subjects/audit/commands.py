"""/audit: who changed what, and whether the log is whole."""

from __future__ import annotations

import asyncio
import re
import time

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.database.administration import gather_anchors
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.domain.subject import declared
from modelus_bot.domain.table_words import rows_of
from modelus_bot.subjects.audit.cards import entries_card, verified_card
from modelus_bot.subjects.audit.model import AuditView, Recorded
from modelus_bot.subjects.audit.queries import (
    NEWEST,
    member_history,
    named,
    nation_entries,
    record_history,
    recorded,
    verify,
)
from modelus_bot.subjects.audit.rules.values import Reference, references_in
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card, clip
from modelus_bot.ui.commands.suggestions import Choices, choices, suggested
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of, send_page
from modelus_bot.ui.progress import ProgressNote

__all__ = ["AuditCommands", "member_page", "nation_page", "record_page"]

RECORD = re.compile(r"[\w.-]{1,32}(:[\w.-]{1,20})?")


@app_commands.default_permissions(manage_guild=True)
class AuditCommands(PicksNations, commands.GroupCog, name="audit", description="Who changed what"):
    """The commands about the audit log; the queries let only administrators see it."""

    @app_commands.command(name="nation", description="Everything that was changed of one nation")
    @app_commands.describe(nation="Which, by any of its names")
    async def nation(self, interaction: discord.Interaction, nation: str) -> None:
        """List what was changed of it, its offices, cities, laws and wars, newest first."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        number = await self.nation_id(nation, archived=True)
        await send_page(self.bot, interaction, "audit_nation", str(number))

    @app_commands.command(name="record", description="The history of one record")
    @app_commands.describe(table="Which kind of record", record="Its id, such as 12 or account:123")
    async def record(
        self, interaction: discord.Interaction, table: str, record: app_commands.Range[str, 1, 64]
    ) -> None:
        """List a record's entries, newest first."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
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
        note, loop = ProgressNote(interaction, "Walking the log"), asyncio.get_running_loop()

        def walked(done: int, of: int) -> None:
            loop.call_soon_threadsafe(note.on_pages, {"done": done, "total": of})

        report = await self.bot.db.read(verify, self.viewer(interaction), anchors, int(time.time()), walked)
        await note.finish(verified_card(report))

    @nation.autocomplete("nation")
    async def _nations(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed, archived=True)

    @record.autocomplete("record")
    async def _records(self, interaction: discord.Interaction, typed: str) -> Choices:
        table = getattr(interaction.namespace, "table", None)
        if table not in declared().audited:
            return []
        found = await suggested(interaction, recorded, table, typed.strip()[:64])
        return [app_commands.Choice(name=_label(one), value=one.record_id) for one in found or ()]

    @record.autocomplete("table")
    async def _tables(self, _: discord.Interaction, typed: str) -> Choices:
        return choices(((rows_of(name), name) for name in declared().audited), typed)


@pages_of("audit_nation")
async def nation_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of what was changed of a nation, and whether another page follows."""
    number = int(listing.argument)
    found = await listing.bot.db.read(nation_entries, listing.viewer, number, _upto(listing), NEWEST)
    nation: Reference = ("nations", number)
    known = await listing.bot.db.read(named, listing.viewer, (nation,))
    return await _page(listing, f"Changes of {plain(known.get(nation, f'nation {number}'))}", found)


@pages_of("audit_record")
async def record_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of one record's history, and whether another page follows."""
    table, _, record = listing.argument.partition(" ")
    found = await listing.bot.db.read(record_history, listing.viewer, table, record, _upto(listing), NEWEST)
    return await _page(listing, plain(f"{rows_of(table)}: {record}"), found)


@pages_of("audit_member")
async def member_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of one member's changes, and whether another page follows."""
    person = int(listing.argument)
    found = await listing.bot.db.read(member_history, listing.viewer, person, _upto(listing), NEWEST)
    return await _page(listing, "Changes by one member", found)


def _upto(listing: PagedList) -> int:
    return (listing.page + 1) * PAGE + 1


async def _page(listing: PagedList, title: str, found: tuple[AuditView, ...]) -> tuple[Card, bool]:
    shown = found[listing.page * PAGE : (listing.page + 1) * PAGE]
    wanted = references_in(shown) | {("users", entry.changed_by) for entry in shown if entry.changed_by}
    names = await listing.bot.db.read(named, listing.viewer, tuple(sorted(wanted)))
    return entries_card(title, shown, names), len(found) > (listing.page + 1) * PAGE


def _label(one: Recorded) -> str:
    """Return how a record is suggested: its id, and what it is called."""
    return one.record_id if one.name is None else clip(f"{one.record_id} • {bare(one.name)}", 100)
