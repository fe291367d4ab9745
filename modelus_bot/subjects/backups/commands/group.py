"""/backup: verified copies, what going back would change, going back, and rehearsing it."""

from __future__ import annotations

import time
from zoneinfo import ZoneInfo

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.database import Protection
from modelus_bot.database.administration import MomentUnavailable, RestorePlan
from modelus_bot.domain.moments import parse_moment, suggest_moments
from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.backups.cards import (
    created_card,
    drill_card,
    listed_card,
    plan_card,
    span_of,
    unavailable_words,
    verified_card,
)
from modelus_bot.subjects.backups.commands.approval import ask_for_approval
from modelus_bot.subjects.backups.commands.order import protection_of, restorer_of
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.needs_admin import require_admin
from modelus_bot.ui.commands.suggestions import Choices, choices
from modelus_bot.ui.progress import ProgressNote

__all__ = ["BackupCommands"]

BACKUP = "A backup, from the list"
AT = "A moment in the server's time: 2026-03-31 14:30, 14:30, or 20 minutes ago"


@app_commands.default_permissions(manage_guild=True)
class BackupCommands(CommandGroup, commands.GroupCog, name="backup", description="Copies of the database"):
    """The commands about backups, for administrators."""

    @app_commands.command(name="create", description="Make a verified copy now")
    async def create(self, interaction: discord.Interaction) -> None:
        """Copy the database while it is used, and check the copy."""
        protection = await self._begin(interaction)
        note = ProgressNote(interaction, "Making a backup")
        made = await protection.backups.create("manual", on_progress=note.on_pages)
        await note.finish(created_card(made))

    @app_commands.command(
        name="list", description="Which backups there are, and what the archive reaches back to"
    )
    async def list(self, interaction: discord.Interaction) -> None:
        """List copies, newest first."""
        protection = await self._begin(interaction)
        span = await span_of(protection.archive)
        await answering.answer(interaction, listed_card(protection, span))

    @app_commands.command(name="verify", description="Check a backup again, completely")
    @app_commands.describe(backup=BACKUP)
    async def verify(self, interaction: discord.Interaction, backup: str) -> None:
        """Check a copy again and say what was found."""
        protection = await self._begin(interaction)
        name = _known(protection, backup)
        note = ProgressNote(interaction, f"Checking {name}")
        report = await protection.backups.verify(name, on_progress=note.on_report)
        await note.finish(verified_card(name, report))

    @app_commands.command(name="preview", description="What going back would change; nothing is changed")
    @app_commands.describe(backup=BACKUP, at=AT)
    async def preview(
        self, interaction: discord.Interaction, backup: str | None = None, at: str | None = None
    ) -> None:
        """Build the state in a scratch file and compare it, table by table."""
        protection = await self._begin(interaction)
        plan, note = await self._planned(interaction, protection, backup, at)
        await note.finish(plan_card(plan))

    @app_commands.command(name="restore", description="Go back to a backup or a moment; asks first")
    @app_commands.describe(backup=BACKUP, at=AT, reason="Why; everybody who decides reads it")
    async def restore(
        self,
        interaction: discord.Interaction,
        reason: app_commands.Range[str, 1, 300],
        backup: str | None = None,
        at: str | None = None,
    ) -> None:
        """Show what would change, and let a second administrator decide where there is one."""
        protection = await self._begin(interaction)
        if not reason.strip():
            raise InvalidInput("The reason is missing. Write why, so that others can decide.", rule="reason")
        plan, note = await self._planned(interaction, protection, backup, at)
        await note.finish(plan_card(plan))
        await ask_for_approval(self.bot, interaction, plan, reason)

    @app_commands.command(name="drill", description="Rehearse a restore now")
    async def drill(self, interaction: discord.Interaction) -> None:
        """Restore the newest copy and a random moment into scratch files and check them."""
        protection = await self._begin(interaction)
        note = ProgressNote(interaction, "Rehearsing a restore")
        results = await protection.drill.run(note.on_step)
        await note.finish(drill_card(results))

    async def _begin(self, interaction: discord.Interaction) -> Protection:
        await answering.defer(interaction, private=True)
        await require_admin(self.bot, self.viewer(interaction))
        return protection_of(self.bot.db.protection)

    async def _planned(
        self, interaction: discord.Interaction, protection: Protection, backup: str | None, at: str | None
    ) -> tuple[RestorePlan, ProgressNote]:
        if (backup is None) == (at is None):
            raise InvalidInput("Name either a backup or a moment (at).", rule="backup.which")
        note = ProgressNote(interaction, "Putting the state together and comparing it")
        restores = restorer_of(protection)
        if backup is not None:
            return await restores.from_backup(_known(protection, backup), note.on_report), note
        moment = parse_moment(at or "", time.time(), self._zone())
        try:
            return await restores.from_archive(moment, note.on_report), note
        except MomentUnavailable as error:
            raise NotFound(unavailable_words(error.earliest, error.latest), rule="backup.moment") from error

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.bot.settings.server.timezone)

    @verify.autocomplete("backup")
    @preview.autocomplete("backup")
    @restore.autocomplete("backup")
    async def _backups(self, interaction: discord.Interaction, typed: str) -> Choices:
        protection = self.bot.db.protection
        if protection is None or not self.viewer(interaction).discord_admin:
            return []
        return choices(((name, name) for name in protection.backups.listing().names), typed)

    @preview.autocomplete("at")
    @restore.autocomplete("at")
    async def _moments(self, _: discord.Interaction, typed: str) -> Choices:
        return [
            app_commands.Choice(name=label, value=value)
            for label, value in suggest_moments(typed, time.time(), self._zone())
        ]


def _known(protection: Protection, name: str) -> str:
    names = protection.backups.listing().names
    if name.strip() in names:
        return name.strip()
    raise InvalidInput(
        f"“{plain(cards.clip(name, 60))}” is not a backup. Pick one from the list; /backup list shows them.",
        rule="backup.unknown",
    )
