"""/member: roles, and who is active."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.assignments.cards import move_lines
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.members.commands.personal import ask_to_erase, export
from modelus_bot.subjects.members.model import MemberChange
from modelus_bot.subjects.members.writes.members import (
    DeactivateMember,
    LinkMember,
    ReactivateMember,
    SetRole,
)
from modelus_bot.subjects.people.choices import NamesPeople
from modelus_bot.subjects.people.queries import everybody, member, member_card, members
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import not_a_bot
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.picks import Named, meant

__all__ = ["MemberCommands"]

Role = Literal["developer", "designer", "tester", "project_manager", "admin", "none"]


class MemberCommands(NamesPeople, commands.GroupCog, name="member", description="People and their roles"):
    """The commands about members."""

    @app_commands.command(name="show", description="What the bot knows of somebody; you if left out")
    @app_commands.describe(user="Who")
    async def show(self, interaction: discord.Interaction, user: discord.Member | None = None) -> None:
        """Show a member's role, rosters and covers."""
        await answering.defer(interaction, private=True)
        wanted = user or interaction.user
        try:
            found = await self.bot.db.read(member_card, self.viewer(interaction), wanted.id)
        except NotFound:
            if wanted.id != interaction.user.id:
                raise
            await answering.answer(interaction, _unknown_card(wanted.display_name))
            return
        labels = {discipline.key: discipline.label for discipline in await self.bot.db.read(disciplines)}
        rosters = ", ".join(plain(labels.get(discipline, discipline)) for discipline in found.disciplines)
        text = (
            f"**Role:** {found.member.role or 'none'}\n"
            f"**Active:** {'yes' if found.member.is_active else 'no'}\n"
            f"**Rosters:** {rosters or 'none'}\n"
            f"**Covers given / taken:** {found.covers_given} / {found.covers_taken}"
        )
        await answering.answer(interaction, cards.info(plain(found.member.username), text))

    @app_commands.command(name="role", description="Give somebody a staff role, or take it away")
    @app_commands.describe(user="Who", role="The role; “none” takes it away")
    async def role(self, interaction: discord.Interaction, user: discord.Member, role: Role) -> None:
        """Set the role."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = SetRole(
            discord_id=not_a_bot(user).id, username=user.display_name, role=None if role == "none" else role
        )
        context = self.bot.context(interaction)
        if not await self._gives_up_own(interaction, write):
            await answering.answer(interaction, _role_card(await self.bot.db.write(write, context)))
            return
        text = (
            "You would no longer be administrator of the bot by your role. Unless Discord lets you manage"
            " this server, only another administrator could give it back."
        )
        card = cards.question("Give up your own administrator role?", text)
        await ask(self.bot, interaction, context, Ask("role", card, "Give it up", write, danger=True))

    @app_commands.command(
        name="deactivate", description="Take somebody out of everything; their turns pass on"
    )
    @app_commands.describe(member="Who", reason="Why")
    async def deactivate(
        self, interaction: discord.Interaction, member: str, reason: app_commands.Range[str, 1, 300]
    ) -> None:
        """Show whose turns move, confirm, deactivate."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = DeactivateMember(discord_id=await self._id(member), reason=reason)
        names = await self.names(interaction.user)
        context = self.bot.context(interaction, reason)
        change = await self.bot.db.preview(write, context)
        same = write.model_copy(update={"expected": change.digest})
        card = cards.question(f"Deactivate {plain(change.after.username)}?", _change(change, names))
        await ask(self.bot, interaction, context, Ask("member", card, "Deactivate", same, danger=True))

    @app_commands.command(name="reactivate", description="Bring somebody back, on the rosters they stood on")
    @app_commands.describe(member="Who")
    async def reactivate(self, interaction: discord.Interaction, member: str) -> None:
        """Show whose turns move, confirm, reactivate."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = ReactivateMember(discord_id=await self._id(member))
        names = await self.names(interaction.user)
        context = self.bot.context(interaction)
        change = await self.bot.db.preview(write, context)
        if change.before == change.after:
            title = f"{plain(change.after.username)} is active already"
            await answering.answer(interaction, cards.info(title, "Nothing was changed."))
            return
        same = write.model_copy(update={"expected": change.digest})
        card = cards.question(f"Reactivate {plain(change.after.username)}?", _change(change, names))
        await ask(self.bot, interaction, context, Ask("member", card, "Reactivate", same))

    @app_commands.command(name="link", description="Give an imported person their Discord account")
    @app_commands.describe(person="The imported person", user="Their account")
    async def link(self, interaction: discord.Interaction, person: str, user: discord.Member) -> None:
        """Link the account."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = LinkMember(
            placeholder_id=await self._id(person), discord_id=not_a_bot(user).id, username=user.display_name
        )
        context = self.bot.context(interaction)
        change = await self.bot.db.preview(write, context)
        question = f"{_linked(change)}\nEverything they hold comes along. This cannot be undone."
        card = cards.question("Link this account?", question)
        await ask(self.bot, interaction, context, Ask("link", card, "Link", write, danger=True))

    @app_commands.command(name="export", description="Everything the bot keeps of you, as a file")
    @app_commands.describe(user="Somebody else; for administrators")
    async def export(self, interaction: discord.Interaction, user: discord.Member | None = None) -> None:
        """Send the file by direct message."""
        await answering.defer(interaction, private=True)
        await export(self.bot, interaction, self.viewer(interaction), user or interaction.user)

    @app_commands.command(name="erase", description="Blank your name, inbox and what else is yours")
    @app_commands.describe(user="Somebody else; for administrators")
    async def erase(self, interaction: discord.Interaction, user: discord.Member | None = None) -> None:
        """Show what goes and what stays, confirm, erase."""
        await answering.defer(interaction, private=True)
        await ask_to_erase(self.bot, interaction, user or interaction.user)

    @deactivate.autocomplete("member")
    async def _active(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, active=True)

    @reactivate.autocomplete("member")
    async def _inactive(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, active=False)

    @link.autocomplete("person")
    async def _imported(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, active=None)

    async def _suggest(self, interaction: discord.Interaction, typed: str, *, active: bool | None) -> Choices:
        """Suggest members by name; None: those without a Discord account."""
        known = await suggested(interaction, members, active_only=False)
        fitting = [
            item
            for item in known or ()
            if (item.is_placeholder if active is None else item.is_active is active)
        ]
        return picks("member", ((bare(item.username), item.discord_id) for item in fitting), typed)

    async def _gives_up_own(self, interaction: discord.Interaction, write: SetRole) -> bool:
        """Say whether an administrator is about to take the role from themselves."""
        if write.discord_id != interaction.user.id or write.role == "admin":
            return False
        known = await self.bot.db.read(member, write.discord_id)
        return known is not None and known.role == "admin"

    async def _id(self, value: str) -> int:
        """Return the member who was picked, or whose name was typed."""
        everybody = await self.bot.db.read(members, active_only=False)
        known = [Named(item.discord_id, item.username) for item in everybody]
        return meant("member", value, known, "a member whom the bot knows", "member.unknown")


def _unknown_card(name: str) -> Card:
    """Return what somebody reads of themselves before anything is stored about them."""
    return cards.info(
        plain(name),
        "Nothing is stored about you yet: you have no staff role, are on no roster and have no covers."
        " An administrator gives roles with `/member role`, a project manager puts people on a roster with"
        " `/roster add`. `/help` shows what you can do already.",
    )


def _role_card(change: MemberChange) -> Card:
    before = change.before.role if change.before is not None else None
    text = f"{plain(change.after.username)}: {before or 'none'} → **{change.after.role or 'none'}**"
    return cards.success("Role saved", text + _tasks(change))


@confirmed("role", SetRole)
async def _role_given_up(press: Confirmed) -> Card:
    """Take the role from an administrator who gave it up."""
    return _role_card(await press.bot.db.write(press.change, press.context))


@confirmed("member", DeactivateMember, ReactivateMember)
async def _active_changed(press: Confirmed) -> Card:
    """Take somebody out or bring them back."""
    user = press.interaction.user
    names = {user.id: user.display_name} | await press.bot.db.read(everybody)
    saved = await press.bot.db.write(press.change, press.context)
    stands = "active" if saved.after.is_active else "deactivated"
    return cards.success(f"{plain(saved.after.username)} is {stands}", _change(saved, names))


@confirmed("link", LinkMember)
async def _account_linked(press: Confirmed) -> Card:
    """Give an imported person their account."""
    saved = await press.bot.db.write(press.change, press.context)
    return cards.success("Linked", f"{_linked(saved)}. Everything they hold came along.")


def _linked(change: MemberChange) -> str:
    before = change.before.username if change.before is not None else "somebody imported"
    return f"{plain(before)} → **{plain(change.after.username)}**"


def _change(change: MemberChange, names: dict[int, str]) -> str:
    before, after = (
        "active" if item is not None and item.is_active else "not active"
        for item in (change.before, change.after)
    )
    moves = cards.lines(move_lines(change.moves, names), empty="Nobody's turn moves.", limit=3500)
    return f"{before} → **{after}**{_tasks(change)}\n\n**Who moves**\n{moves}"


def _tasks(change: MemberChange) -> str:
    """Say that others can take somebody's open tasks now; empty without any."""
    if not change.tasks:
        return ""
    what = "open task is" if change.tasks == 1 else "open tasks are"
    return f"\n{change.tasks} {what} nobody's now, for others of the role to take."
