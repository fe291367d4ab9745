"""/member: roles, and who is active."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.cogs.group import Choices, CommandGroup, choices, no_suggestions
from modelus_bot.database.errors import DatabaseError
from modelus_bot.domain.errors import InvalidInput, Refusal
from modelus_bot.domain.members import (
    DeactivateMember,
    LinkMember,
    MemberChange,
    ReactivateMember,
    SetRole,
    member_card,
    members,
)
from modelus_bot.ui import embeds
from modelus_bot.ui.confirm import ask
from modelus_bot.ui.people import move_lines

__all__ = ["MemberGroup"]

Role = Literal["developer", "designer", "tester", "project_manager", "admin", "none"]


class MemberGroup(CommandGroup, commands.GroupCog, name="member", description="People and their roles"):
    """The commands about members."""

    @app_commands.command(name="show", description="What the bot knows of somebody; you if left out")
    @app_commands.describe(user="Who")
    async def show(self, interaction: discord.Interaction, user: discord.Member | None = None) -> None:
        """Show a member's role, rosters and covers."""
        await interaction.response.defer(ephemeral=True)
        wanted = user or interaction.user
        found = await self.bot.db.read(member_card, self.viewer(interaction), wanted.id)
        text = (
            f"**Role:** {found.member.role or 'none'}\n"
            f"**Active:** {'yes' if found.member.is_active else 'no'}\n"
            f"**Rosters:** {', '.join(found.disciplines) or 'none'}\n"
            f"**Covers given / taken:** {found.covers_given} / {found.covers_taken}"
        )
        await interaction.followup.send(embed=embeds.info(found.member.username, text))

    @app_commands.command(name="role", description="Give somebody a staff role, or take it away")
    @app_commands.describe(user="Who", role="The role; “none” takes it away")
    async def role(self, interaction: discord.Interaction, user: discord.Member, role: Role) -> None:
        """Set the role."""
        await interaction.response.defer(ephemeral=True)
        write = SetRole(discord_id=user.id, username=user.display_name, role=None if role == "none" else role)
        change = await self.bot.db.write(write, self.bot.context(interaction))
        before = change.before.role if change.before is not None else None
        text = f"{change.after.username}: {before or 'none'} → **{change.after.role or 'none'}**"
        await interaction.followup.send(embed=embeds.success("Role saved", text))

    @app_commands.command(
        name="deactivate", description="Take somebody out of everything; their turns pass on"
    )
    @app_commands.describe(member="Who", reason="Why")
    async def deactivate(
        self, interaction: discord.Interaction, member: str, reason: app_commands.Range[str, 1, 300]
    ) -> None:
        """Show whose turns move, confirm, deactivate."""
        await interaction.response.defer(ephemeral=True)
        write = DeactivateMember(discord_id=await self._id(member), reason=reason)
        change = await self.bot.db.preview(write, self.bot.context(interaction, reason))

        async def yes(pressed: discord.Interaction) -> discord.Embed:
            confirmed = write.model_copy(update={"expected": change.digest})
            saved = await self.bot.db.write(confirmed, self.bot.context(pressed, reason))
            return embeds.success(f"{saved.after.username} is deactivated", await self._moves(saved))

        card = embeds.question(f"Deactivate {change.after.username}?", await self._moves(change))
        await ask(self.bot, interaction, card, "Deactivate", yes, danger=True)

    @app_commands.command(name="reactivate", description="Bring somebody back, on the rosters they stood on")
    @app_commands.describe(member="Who")
    async def reactivate(self, interaction: discord.Interaction, member: str) -> None:
        """Show whose turns move, confirm, reactivate."""
        await interaction.response.defer(ephemeral=True)
        write = ReactivateMember(discord_id=await self._id(member))
        change = await self.bot.db.preview(write, self.bot.context(interaction))

        async def yes(pressed: discord.Interaction) -> discord.Embed:
            confirmed = write.model_copy(update={"expected": change.digest or None})
            saved = await self.bot.db.write(confirmed, self.bot.context(pressed))
            return embeds.success(f"{saved.after.username} is active", await self._moves(saved))

        card = embeds.question(f"Reactivate {change.after.username}?", await self._moves(change))
        await ask(self.bot, interaction, card, "Reactivate", yes)

    @app_commands.command(name="link", description="Give an imported person their Discord account")
    @app_commands.describe(person="The imported person", user="Their account")
    async def link(self, interaction: discord.Interaction, person: str, user: discord.Member) -> None:
        """Link the account."""
        await interaction.response.defer(ephemeral=True)
        write = LinkMember(
            placeholder_id=await self._id(person), discord_id=user.id, username=user.display_name
        )
        change = await self.bot.db.write(write, self.bot.context(interaction))
        before = change.before.username if change.before is not None else person
        text = f"{before} → **{change.after.username}**. Everything they hold came along."
        await interaction.followup.send(embed=embeds.success("Linked", text))

    @deactivate.autocomplete("member")
    async def _active(self, _: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(typed, active=True)

    @reactivate.autocomplete("member")
    async def _inactive(self, _: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(typed, active=False)

    @link.autocomplete("person")
    async def _imported(self, _: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(typed, active=None)

    async def _suggest(self, typed: str, *, active: bool | None) -> Choices:
        """Suggest members by name; None: those without a Discord account."""
        try:
            known = await self.bot.db.read(members, active_only=False)
        except (DatabaseError, Refusal) as error:
            return no_suggestions(error)
        fitting = [
            one for one in known if (one.is_placeholder if active is None else one.is_active is active)
        ]
        return choices(((one.username, str(one.discord_id)) for one in fitting), typed)

    async def _id(self, value: str) -> int:
        """Return the member that a suggestion's value or a name stands for."""
        for one in await self.bot.db.read(members, active_only=False):
            if value == str(one.discord_id) or value.casefold() == one.username.casefold():
                return one.discord_id
        raise InvalidInput(
            f"The bot does not know “{embeds.clip(value, 60)}”. Pick somebody from the list.",
            rule="member.unknown",
        )

    async def _moves(self, change: MemberChange) -> str:
        lines = move_lines(change.moves, await self.names())
        return "**Who moves**\n" + embeds.lines(lines, empty="Nobody's turn moves.", limit=3500)
