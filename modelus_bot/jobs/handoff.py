"""Passes duty on: holders follow the calendar, then Discord's roles and the channel's topic follow them."""

from __future__ import annotations

from collections.abc import Iterable

import aiohttp
import discord
from loguru import logger

from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.disciplines import Discipline, disciplines
from modelus_bot.domain.oncall import Handoff, oncall_now
from modelus_bot.domain.sprints import HolderView
from modelus_bot.jobs.loop import Job
from modelus_bot.ui.embeds import clip

__all__ = ["HandoffJob"]

TOPIC_LIMIT = 1024


class HandoffJob(Job):
    """Looks every 30 seconds, so that duty passes within a minute of the hand-over and after any change."""

    name = "handoff"
    interval = 30.0
    _shown: tuple[HolderView, ...] | None = None

    async def run(self) -> None:
        """Bring the database up to date, then show it in Discord where it changed."""
        context = self.context()
        report = await self.bot.db.write(Handoff(), context)
        if report.changes:
            logger.bind(changes=len(report.changes), new_sprint=report.new_sprint).info("duty_passed_on")
        if not self.bot.is_ready():
            return
        calendar = Calendar(context.zone, context.handoff_minute)
        now = await self.bot.db.read(oncall_now, context.at, calendar)
        if now.holders == self._shown:
            return
        known = await self.bot.db.read(disciplines)
        await self._show(now.holders, known)
        self._shown = now.holders

    async def _show(self, holders: tuple[HolderView, ...], known: tuple[Discipline, ...]) -> None:
        """Set the roles and the topic; what Discord refuses is logged and left."""
        server = self.bot.settings.server
        guild = self.bot.get_guild(server.guild_id) if server.guild_id else None
        if guild is None:
            return
        roles = {one.key: one.role_id for one in known}
        try:
            before = {one.discipline: one.user_id for one in self._shown or ()}
            for holder in holders:
                role = guild.get_role(roles.get(holder.discipline) or 0)
                if role is not None:
                    await _pass_role(guild, role, before.get(holder.discipline), holder.user_id)
            channel = guild.get_channel(server.duty_channel_id or 0)
            if isinstance(channel, discord.TextChannel):
                await _set_topic(channel, holders)
        except (discord.HTTPException, aiohttp.ClientError) as error:
            logger.bind(error=str(error)).warning("duty_not_shown")


async def _pass_role(guild: discord.Guild, role: discord.Role, before: int | None, after: int | None) -> None:
    """Take the role from whoever is known to have it and give it to the holder."""
    for user_id in ({before} | {member.id for member in role.members}) - {None, after}:
        await (await guild.fetch_member(user_id or 0)).remove_roles(role, reason="off duty")
    if after is not None:
        await (await guild.fetch_member(after)).add_roles(role, reason="on duty")


async def _set_topic(channel: discord.TextChannel, holders: Iterable[HolderView]) -> None:
    people = " • ".join(f"{holder.label}: {holder.username or 'nobody'}" for holder in holders)
    topic = clip(f"On duty: {people}", TOPIC_LIMIT)
    if channel.topic != topic:
        await channel.edit(topic=topic)
