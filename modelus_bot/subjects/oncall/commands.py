"""/oncall: who is on duty now, on a day, next; setting somebody by hand; the note for the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.domain.permissions import Viewer, standing_of
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects.assignments.writes.notices import HolderChange
from modelus_bot.subjects.covers.buttons.asking import asking_view
from modelus_bot.subjects.disciplines.cards import role_line
from modelus_bot.subjects.disciplines.choices import PicksDisciplines
from modelus_bot.subjects.disciplines.writes import SetDisciplineRole
from modelus_bot.subjects.duty_calendar.cards.answer import CalendarAnswers, Whose
from modelus_bot.subjects.oncall.model import Duty, OnCall
from modelus_bot.subjects.oncall.queries import duties, oncall_now, oncall_on
from modelus_bot.subjects.oncall.writes import HandoffNote, SetHolder
from modelus_bot.subjects.people.choices import NamesPeople
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.sprints.cards import duty_line, holder_line, label_of
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import not_a_bot
from modelus_bot.ui.commands.needs import FOR_STAFF
from modelus_bot.ui.commands.previews import preview_if_possible
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.people import moment, name_of, quoted
from modelus_bot.ui.rota_chart import Theme

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["OnCallCommands", "duty_card"]


@app_commands.default_permissions(**FOR_STAFF)
class OnCallCommands(
    PicksDisciplines, NamesPeople, commands.GroupCog, name="oncall", description="Who is on duty"
):
    """The commands about duty."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        super().__init__(bot)
        self._calendars = CalendarAnswers(bot)

    @app_commands.command(name="now", description="Who is on duty now, and who is next")
    @app_commands.describe(discipline="Only this discipline")
    async def now_(self, interaction: discord.Interaction, discipline: str | None = None) -> None:
        """Show holders now and next."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        key = (await self.require_discipline(discipline)).key if discipline is not None else None
        found = await self.bot.db.read(oncall_now, self.now(), self.calendar, key)
        await answering.answer(interaction, duty_card("On duty now", found), view=asking_view())

    @app_commands.command(name="on", description="Who is on duty on a day")
    @app_commands.describe(day="The day")
    async def on(self, interaction: discord.Interaction, day: str) -> None:
        """Show holders on a day."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        wanted = self.day(day)
        found = await self.bot.db.read(oncall_on, wanted, self.calendar)
        await answering.answer(interaction, duty_card(f"On duty on {wanted:%A}, {wanted}", found, now=False))

    @app_commands.command(name="mine", description="Your turns, now and to come")
    async def mine(self, interaction: discord.Interaction) -> None:
        """List the member's own turns."""
        await answering.defer(interaction, private=True)
        found = await self._duties(interaction)
        lines = [duty_line(duty) for duty in found]
        empty = "You have no turns planned. A project manager can put you on a roster with `/roster add`."
        card = cards.info("Your turns", cards.lines(lines, empty=empty))
        await answering.answer(interaction, card, view=asking_view() if found else None)

    @app_commands.command(
        name="calendar", description="The next weeks as a picture, and as a file for your calendar program"
    )
    @app_commands.describe(
        whose="Everybody's turns, or yours; the team's for staff if left out",
        weeks="How many weeks ahead; eight if left out",
        colours="For a dark or a light screen; dark if left out",
    )
    async def calendar_(
        self,
        interaction: discord.Interaction,
        whose: Whose | None = None,
        weeks: app_commands.Range[int, 1, 26] = 8,
        colours: Theme = "dark",
    ) -> None:
        """Show the calendar."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await self._calendars.show(interaction, self.viewer(interaction), whose, weeks, colours)

    @app_commands.command(name="handoff", description="Leave a note for whoever takes over from you")
    @app_commands.describe(note="What they should know")
    async def handoff(self, interaction: discord.Interaction, note: app_commands.Range[str, 1, 500]) -> None:
        """Queue the note for the next hand-over."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        if self.changes_wait and not any(duty.is_current for duty in await self._duties(interaction)):
            raise NotAllowed(
                "Only somebody on duty can leave a note. `/oncall now` shows who is.",
                rule="oncall.not_holder",
            )
        saved = await self.bot.db.write(HandoffNote(text=note), self.bot.context(interaction))
        names = await self.names()
        times = saved.times or (saved.at,) * len(saved.recipients)
        to = [
            f"{name_of(item, names)}, {moment(at)}" for item, at in zip(saved.recipients, times, strict=True)
        ]
        who = "; ".join(to) or f"nobody is planned yet, {moment(saved.at)}"
        text = f"For {plain(', '.join(saved.disciplines))}: {who}.\n\n{quoted(note)}"
        await answering.answer(interaction, cards.success("Your note is saved", text))

    @app_commands.command(name="set", description="Put somebody on duty by hand, until the next sprint")
    @app_commands.describe(discipline="Which duty", user="Who", reason="Why")
    async def put(
        self,
        interaction: discord.Interaction,
        discipline: str,
        user: discord.Member,
        reason: app_commands.Range[str, 1, 300],
    ) -> None:
        """Pass the duty on."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        chosen = await self.require_discipline(discipline)
        write = SetHolder(
            discipline=chosen.key, member_id=not_a_bot(user).id, name=user.display_name, reason=reason
        )
        names = await self.names(user)
        context = self.bot.context(interaction, reason)
        await preview_if_possible(self.bot, write, context)
        if (await self.bot.db.read(standing_of, Viewer(user.id))).part:
            saved = await self.bot.db.write(write, context)
            await answering.answer(interaction, await _passed_card(self.bot, saved, names))
            return
        text = (
            f"{plain(user.display_name)} is neither staff nor on a roster. On duty as {plain(chosen.label)},"
            " they are named to everybody who asks, and get its role and notices."
        )
        card = cards.question("Put a player on duty?", text)
        await ask(self.bot, interaction, context, Ask("duty", card, "Put on duty", write, danger=True))

    @app_commands.command(name="role", description="Let a Discord role follow whoever is on duty")
    @app_commands.describe(discipline="Which duty", role="The role; none follows if left out")
    async def role(
        self, interaction: discord.Interaction, discipline: str, role: discord.Role | None = None
    ) -> None:
        """Set the role; the hand-over passes it on within half a minute."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        chosen = await self.require_discipline(discipline)
        if role is not None:
            _check_role(interaction, role)
        write = SetDisciplineRole(discipline=chosen.key, role_id=role.id if role is not None else None)
        saved = await self.bot.db.write(write, self.bot.context(interaction))
        text = f"No role follows whoever is on duty as {plain(saved.label)}."
        if role is not None:
            text = f"{role.mention} follows whoever is on duty as {plain(saved.label)}, within a minute."
        await answering.answer(interaction, cards.success("Role saved", text))

    async def _duties(self, interaction: discord.Interaction) -> tuple[Duty, ...]:
        return await self.bot.db.read(duties, interaction.user.id, self.now(), self.calendar)

    @now_.autocomplete("discipline")
    @put.autocomplete("discipline")
    @role.autocomplete("discipline")
    async def _disciplines(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_disciplines(interaction, typed)

    @on.autocomplete("day")
    async def _days(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.suggest_days(interaction, typed)


@confirmed("duty", SetHolder)
async def _put_on_duty(press: Confirmed) -> Card:
    """Put a player on duty."""
    names = {press.change.member_id: press.change.name} | await press.bot.db.read(everybody)
    return await _passed_card(press.bot, await press.bot.db.write(press.change, press.context), names)


async def _passed_card(bot: ModelUsBot, change: HolderChange, names: dict[int, str]) -> Card:
    passed = f"{name_of(change.before, names)} → **{name_of(change.after, names)}**"
    text = f"{plain(change.label)}: {passed}\nBoth are told." + await role_line(bot, change.discipline)
    return cards.success("On duty changed", text)


def _check_role(interaction: discord.Interaction, role: discord.Role) -> None:
    """Raise for a role that the bot cannot pass on, or that the member could not give themselves."""
    guild, member = role.guild, interaction.user
    if role.is_default() or role.managed:
        raise InvalidInput(
            f"{plain(role.name)} cannot be given to members. Choose another role.", rule="role.managed"
        )
    if not guild.me.guild_permissions.manage_roles or role >= guild.me.top_role:
        raise InvalidInput(
            f"The bot may not give {plain(role.name)}. In the server's settings let the bot manage roles,"
            f" and move its own role above {plain(role.name)}; then try again.",
            rule="role.out_of_reach",
        )
    may = (
        isinstance(member, discord.Member)
        and member.guild_permissions.manage_roles
        and role < member.top_role
    )
    if not may and member.id != guild.owner_id:
        raise NotAllowed(
            f"You may not give {plain(role.name)} yourself, so the bot does not do it for you."
            " Ask somebody with a higher role.",
            rule="role.above",
        )


def duty_card(title: str, found: OnCall, *, now: bool = True) -> Card:
    """Return who holds what and who is next; ``now`` says what to do about nobody."""
    if found.sprint is None:
        return cards.warning(title, "No sprint has begun. `/sprint list` shows what is planned.")
    people = [holder_line(holder, now=now) for holder in found.holders]
    holders = cards.lines(people, empty="No disciplines yet.", limit=3500)
    card = cards.info(title, f"**{label_of(found.sprint)}**\n{holders}")
    if found.days_left < 0:
        card = card.with_footer("This sprint is over and no other has begun; its holders stay on duty.")
    elif found.next_sprint is not None:
        others = [holder_line(holder, now=False) for holder in found.next_holders]
        following = cards.lines(others, empty="", limit=950)
        when = f"Next: {label_of(found.next_sprint)}"
        card = card.with_field(when, f"{moment(found.handoff_at or 0, 'R')}\n{following}")
    return card
