"""/database: check it completely, and keep its file in shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands
from loguru import logger

from modelus_bot.database import Context, CorruptionDetected, Protection
from modelus_bot.database.administration import Rewriting, RunRequest, Trigger, command_entry
from modelus_bot.domain.pruning import prunings_under
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.domain.subject import declared
from modelus_bot.subjects.maintenance.cards import checked_card, clock_card, maintained_card, rewriting_card
from modelus_bot.subjects.maintenance.writes import BeginMaintenance, EndMaintenance, last_maintenance
from modelus_bot.ui import answering
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.needs_admin import require_admin
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.progress import ProgressNote

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["DatabaseCommands"]


@app_commands.default_permissions(manage_guild=True)
class DatabaseCommands(CommandGroup, commands.GroupCog, name="database", description="The database's file"):
    """The commands about the database's file, for administrators."""

    @app_commands.command(name="check", description="Check the database completely; nothing is changed")
    async def check(self, interaction: discord.Interaction) -> None:
        """Compare every page, then look at structure, references, rules and the audit trail."""
        await answering.defer(interaction, private=True)
        await require_admin(self.bot, self.viewer(interaction))
        protection = _required(self.bot.db.protection)
        await self.bot.db.read(last_maintenance)  # refuses while the database is away
        note = ProgressNote(interaction, "Checking the database")
        note.on_step("comparing every page with what was saved")
        sums = await protection.context.checksums.check()

        def on_progress(state: dict[str, Any]) -> None:
            note.on_step(f"looking at {str(state.get('step', 'it')).removeprefix('looking at ')}")

        report = await protection.context.check(self.bot.db.path, on_progress=on_progress)
        if report.damaged or sums.unexplained:
            protection.suspect(CorruptionDetected("a check that was asked for found damage"))
        await note.finish(checked_card(report, sums))

    @app_commands.command(
        name="maintain", description="Remove what is no longer needed and keep the database quick"
    )
    @app_commands.describe(vacuum="Also rewrite the file without its empty space; asks first")
    async def maintain(self, interaction: discord.Interaction, vacuum: bool = False) -> None:
        """Prune and renew statistics at once; rewriting the file, which changes wait for, is confirmed."""
        await answering.defer(interaction, private=True)
        await require_admin(self.bot, self.viewer(interaction))
        context = self.bot.context(interaction, "maintenance")
        if not vacuum:
            note = ProgressNote(interaction, "Maintenance")
            await note.finish(await _maintain(self.bot, context, Rewriting.NO, note))
            return
        card = rewriting_card(await self.bot.db.maintenance.facts())
        await ask(self.bot, interaction, context, Ask("maintenance", card, "Rewrite the file"))

    @app_commands.command(name="clock", description="Say whether the machine's clock is believed")
    @app_commands.describe(trust="Believe it as it is: duty, notices and clean-ups follow it at once")
    async def clock(self, interaction: discord.Interaction, trust: bool = False) -> None:
        """Show what is doubted and what waits for it; an administrator may say that the clock is right."""
        await answering.defer(interaction, private=True)
        await require_admin(self.bot, self.viewer(interaction))
        clock, doubt = self.bot.db.clock, self.bot.db.clock.doubt
        if trust and doubt is not None:
            clock.trust()
            await self._note_trust(self.bot.context(interaction), doubt.seconds)
            logger.bind(actor=interaction.user.id, seconds=round(doubt.seconds)).warning("clock_trusted")
        card = clock_card(
            doubt,
            wall=clock(),
            trusted=trust,
            steady_minutes=self.bot.settings.clock.steady_minutes,
            apart=clock.apart,
        )
        await answering.answer(interaction, card)

    async def _note_trust(self, context: Context, seconds: float) -> None:
        """Put into the audit trail who said so; while the database is away it waits in its file."""
        if self.bot.db.fallback is not None:
            await self.bot.db.fallback.note(
                command_entry(
                    "database",
                    "clock",
                    at=context.at,
                    actor=context.actor,
                    reason="the clock is right as it is",
                    request_id=context.request_id,
                    new={"seconds": round(seconds)},
                )
            )


@confirmed("maintenance")
async def _rewritten(press: Confirmed) -> Card:
    """Do maintenance with the rewriting that was asked about."""
    return await _maintain(press.bot, press.context, Rewriting.CONFIRMED)


async def _maintain(
    bot: ModelUsBot, context: Context, rewriting: Rewriting, note: ProgressNote | None = None
) -> Card:
    """Do it on behalf of somebody; raises ``NotAllowed``, and ``InvalidInput`` while it is being done."""
    db = bot.db
    run_key = f"person:{context.request_id}"
    once = replace(context, request_id=None)
    if db.maintenance.step:
        raise InvalidInput(
            f"Maintenance is being done already ({db.maintenance.step}). Try again in a few minutes.",
            rule="maintenance.running",
        )
    if not await db.write(BeginMaintenance(run_key=run_key, rewriting=rewriting.value), once):
        raise InvalidInput("This was done already. Run the command again.", rule="maintenance.repeated")
    tell = note.on_step if note is not None else _silently
    prunings = prunings_under(declared().prunings, bot.settings.maintenance)
    report = await db.maintenance.run(
        RunRequest(Trigger.PERSON, rewriting),
        context,
        prunings,
        tell=tell,
    )
    await db.write(EndMaintenance(run_key=run_key, ok=report.ok, lines=report.lines), once)
    return maintained_card(report)


def _required(protection: Protection | None) -> Protection:
    if protection is None:
        raise InvalidInput(
            "This bot runs without what checks need. Use “modelus-bot database check” on its machine.",
            rule="database.unprotected",
        )
    return protection


def _silently(_: str) -> None:
    """Show no progress: the question's card stays until it is done."""
