"""/bloc: blocs of nations, who leads them, who is invited, and who leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.database import Write
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.blocs.buttons import LIST, ONE, view_of
from modelus_bot.subjects.blocs.cards import change_card
from modelus_bot.subjects.blocs.model import BlocChange, BlocStatus
from modelus_bot.subjects.blocs.queries import Picking, bloc_sheet, blocs_to_pick, named_blocs
from modelus_bot.subjects.blocs.writes.inviting import AnswerInvitation, InviteNation
from modelus_bot.subjects.blocs.writes.leaving import DisbandBloc, KickNation, LeaveBloc, TransferBloc
from modelus_bot.subjects.blocs.writes.making import CreateBloc, EditBloc
from modelus_bot.subjects.nations.cards.changes import only_shown
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.text.escaping import bare
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.paginator import send_page
from modelus_bot.ui.picks import Named, meant

__all__ = ["BlocCommands"]

ASKED = "bloc"
AS = "The nation that acts, for administrators; your own if left out"
DRY_RUN = "Only show what would change; nothing is saved"
Name = app_commands.Range[str, 1, 50]
About = app_commands.Range[str, 1, 500]
Why = app_commands.Range[str, 1, 300]
Asked = LeaveBloc | KickNation | TransferBloc | DisbandBloc


class BlocCommands(PicksNations, commands.GroupCog, name="bloc", description="Blocs of nations"):
    """The commands about blocs."""

    @app_commands.command(name="create", description="Found a bloc that your nation leads")
    @app_commands.describe(
        name="What it is called", description="What it stands for", as_nation=AS, dry_run=DRY_RUN
    )
    async def create(
        self,
        interaction: discord.Interaction,
        name: Name,
        description: About | None = None,
        as_nation: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save it."""
        await self._begin(interaction, private=dry_run)
        acting = await self._acting(as_nation)
        write = CreateBloc(bloc_name=name, description=description, nation_id=acting)
        await self._carry_out(interaction, write, dry_run=dry_run)

    @app_commands.command(name="invite", description="Invite a nation to a bloc that yours leads")
    @app_commands.describe(bloc="Which", nation="Whom", dry_run=DRY_RUN)
    async def invite(
        self, interaction: discord.Interaction, bloc: str, nation: str, dry_run: bool = False
    ) -> None:
        """Save the invitation and show it with its buttons."""
        await self._begin(interaction, private=dry_run)
        number = await self.bloc_id(bloc)
        write = InviteNation(bloc_id=number, to_id=await self.nation_id(nation))
        await self._carry_out(interaction, write, dry_run=dry_run, invited=write.to_id)

    @app_commands.command(name="answer", description="Accept or decline an invitation to a bloc")
    @app_commands.describe(bloc="Which", answer="What you say", as_nation=AS, dry_run=DRY_RUN)
    async def answer(
        self,
        interaction: discord.Interaction,
        bloc: str,
        answer: Literal["accept", "decline"],
        as_nation: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save the answer."""
        await self._begin(interaction, private=dry_run)
        number = await self.bloc_id(bloc)
        acting = await self._acting(as_nation)
        write = AnswerInvitation(bloc_id=number, accept=answer == "accept", nation_id=acting)
        await self._carry_out(interaction, write, dry_run=dry_run)

    @app_commands.command(name="leave", description="Leave a bloc; the last one to leave disbands it")
    @app_commands.describe(bloc="Which", as_nation=AS, dry_run=DRY_RUN)
    async def leave(
        self,
        interaction: discord.Interaction,
        bloc: str,
        as_nation: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Show what it would do to the bloc, confirm, leave."""
        await self._begin(interaction, private=True)
        number = await self.bloc_id(bloc)
        write = LeaveBloc(bloc_id=number, nation_id=await self._acting(as_nation))
        await self._ask(interaction, write, ("Leave", "Leave {}?"), dry_run=dry_run)

    @app_commands.command(name="kick", description="Take a nation out of your bloc, or its invitation back")
    @app_commands.describe(bloc="Which", nation="Whom", reason="Why; they read it", dry_run=DRY_RUN)
    async def kick(
        self,
        interaction: discord.Interaction,
        bloc: str,
        nation: str,
        reason: Why | None = None,
        dry_run: bool = False,
    ) -> None:
        """Confirm, take it out."""
        await self._begin(interaction, private=True)
        number = await self.bloc_id(bloc)
        kicked = await self.nation_id(nation, archived=True)
        write = KickNation(bloc_id=number, kicked_id=kicked, reason=reason)
        await self._ask(
            interaction, write, ("Kick", "Take a nation out of {}?"), reason=reason, dry_run=dry_run
        )

    @app_commands.command(name="transfer", description="Let another member lead your bloc")
    @app_commands.describe(bloc="Which", nation="Who leads it from now on", dry_run=DRY_RUN)
    async def transfer(
        self, interaction: discord.Interaction, bloc: str, nation: str, dry_run: bool = False
    ) -> None:
        """Confirm, pass it on."""
        await self._begin(interaction, private=True)
        number = await self.bloc_id(bloc)
        write = TransferBloc(bloc_id=number, to_id=await self.nation_id(nation))
        await self._ask(interaction, write, ("Pass it on", "Pass the lead of {} on?"), dry_run=dry_run)

    @app_commands.command(name="edit", description="Change what your bloc is called or stands for")
    @app_commands.describe(
        bloc="Which",
        name="What it is called from now on",
        description="What it stands for",
        no_description="Take the description away",
        dry_run=DRY_RUN,
    )
    async def edit(
        self,
        interaction: discord.Interaction,
        bloc: str,
        name: Name | None = None,
        description: About | None = None,
        no_description: bool = False,
        dry_run: bool = False,
    ) -> None:
        """Save it."""
        await self._begin(interaction, private=dry_run)
        if name is None and description is None and not no_description:
            raise InvalidInput("Say what to change: the option “name” or “description”.", rule="bloc.nothing")
        if description is not None and no_description:
            raise InvalidInput(
                "Give a description or take it away, not both at once.", rule="bloc.description"
            )
        number = await self.bloc_id(bloc)
        write = EditBloc(
            bloc_id=number, bloc_name=name, description=description, no_description=no_description
        )
        await self._carry_out(interaction, write, dry_run=dry_run)

    @app_commands.command(name="disband", description="Disband a bloc that yours leads")
    @app_commands.describe(bloc="Which", reason="Why; its members read it", dry_run=DRY_RUN)
    async def disband(
        self,
        interaction: discord.Interaction,
        bloc: str,
        reason: Why | None = None,
        dry_run: bool = False,
    ) -> None:
        """Confirm, disband."""
        await self._begin(interaction, private=True)
        write = DisbandBloc(bloc_id=await self.bloc_id(bloc), reason=reason)
        await self._ask(interaction, write, ("Disband", "Disband {}?"), reason=reason, dry_run=dry_run)

    @app_commands.command(name="list", description="List blocs, the newest first")
    @app_commands.describe(status="Those that are there, or that were disbanded")
    async def list_blocs(self, interaction: discord.Interaction, status: BlocStatus = "active") -> None:
        """List them, ten a page."""
        await self._begin(interaction, private=False)
        await send_page(self.bot, interaction, LIST, status)

    @app_commands.command(name="show", description="Show a bloc: who leads it, its members, who is invited")
    @app_commands.describe(bloc="Which")
    async def show(self, interaction: discord.Interaction, bloc: str) -> None:
        """Show its card."""
        await self._begin(interaction, private=False)
        await send_page(self.bot, interaction, ONE, str(await self.bloc_id(bloc)))

    async def bloc_id(self, value: str) -> int:
        """Return the number of the bloc that was picked or typed; raises ``InvalidInput``."""
        known = [Named(one.id, one.name) for one in await self.bot.db.read(named_blocs)]
        return meant("bloc", value, known, "a bloc", "bloc.unknown")

    @invite.autocomplete("bloc")
    @kick.autocomplete("bloc")
    @transfer.autocomplete("bloc")
    @edit.autocomplete("bloc")
    @disband.autocomplete("bloc")
    async def _led(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, "led")

    @leave.autocomplete("bloc")
    async def _own(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, "member")

    @answer.autocomplete("bloc")
    async def _inviting(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, "invited")

    @show.autocomplete("bloc")
    async def _every(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, "active")

    @create.autocomplete("as_nation")
    @answer.autocomplete("as_nation")
    @leave.autocomplete("as_nation")
    @invite.autocomplete("nation")
    @kick.autocomplete("nation")
    @transfer.autocomplete("nation")
    async def _nations(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed)

    async def _suggest(self, interaction: discord.Interaction, typed: str, of: Picking) -> Choices:
        found = await suggested(interaction, blocs_to_pick, self.viewer(interaction), of)
        return picks("bloc", ((bare(one.name), one.id) for one in found or ()), typed)

    async def _begin(self, interaction: discord.Interaction, *, private: bool) -> None:
        await answering.defer(interaction, private=private)
        await self.require_allowed(interaction)

    async def _acting(self, as_nation: str | None) -> int | None:
        """Return the nation that acts; None: the member's own."""
        return await self.nation_id(as_nation) if as_nation is not None else None

    async def _carry_out(
        self,
        interaction: discord.Interaction,
        write: Write[BlocChange],
        *,
        dry_run: bool,
        invited: int | None = None,
    ) -> None:
        """Save a change, or only show what it would change; whoever is ``invited`` can answer below it."""
        context = self.bot.context(interaction)
        if dry_run:
            card = change_card(await self.bot.db.preview(write, context))
            await answering.answer(interaction, only_shown(card))
            return
        change = await self.bot.db.write(write, context)
        waits = change.after.of(invited) if invited is not None else None
        view = view_of(waits) if waits is not None else None
        await answering.answer(interaction, change_card(change), view=view)

    async def _ask(
        self,
        interaction: discord.Interaction,
        write: Asked,
        words: tuple[str, str],
        *,
        dry_run: bool,
        reason: str | None = None,
    ) -> None:
        """Show what a change would do, and ask whether it shall; a bloc changed meanwhile stays as it is.

        ``words`` are the button's label and the question about the bloc.
        """
        context = self.bot.context(interaction, reason)
        sheet = await self.bot.db.read(bloc_sheet, write.bloc_id)
        seen = write.model_copy(update={"version": sheet.bloc.version})
        change = await self.bot.db.preview(seen, context)
        shown = change_card(change)
        if dry_run:
            await answering.answer(interaction, only_shown(shown))
            return
        label, title = words
        text = f"If you confirm: {change.done}"
        card = replace(cards.question(title.format(shown.title), text), footer=shown.footer)
        await ask(self.bot, interaction, context, Ask(ASKED, card, label, seen, danger=True))


@confirmed(ASKED, LeaveBloc, KickNation, TransferBloc, DisbandBloc)
async def _done(question: Confirmed) -> Card:
    """Do what was asked about."""
    return change_card(await question.bot.db.write(question.change, question.context))
