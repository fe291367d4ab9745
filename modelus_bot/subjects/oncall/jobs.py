"""Passes duty on: holders follow the calendar, then Discord's roles and the channel's topic follow them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import aiohttp
import discord
from loguru import logger

from modelus_bot.domain.calendar import Calendar
from modelus_bot.jobs.loop import Job
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.oncall.queries import oncall_now
from modelus_bot.subjects.oncall.writes import Handoff
from modelus_bot.subjects.rosters.queries import roster
from modelus_bot.subjects.sprints.model import HolderView
from modelus_bot.text.escaping import plain
from modelus_bot.ui.cards import clip

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["HandoffJob"]

TOPIC_LIMIT = 1024
TIMEOUT = 20.0
"""Seconds to wait for Discord in one run; it lets a channel's topic change twice in ten minutes only."""

FAILURES = (discord.HTTPException, aiohttp.ClientError, TimeoutError)


class HandoffJob(Job):
    """Looks every 30 seconds, so that duty passes within a minute of the hand-over and after any change."""

    name = "handoff"
    interval = 30.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Start without knowing what Discord shows."""
        super().__init__(bot)
        self._passed: dict[str, tuple[int, int | None]] = {}
        """Each discipline's role and who has it, as far as this job set it."""
        self._topic: str | None = None

    async def run(self) -> None:
        """Bring the database up to date, then show it in Discord where it changed."""
        context = self.context()
        report = await self.bot.db.write(Handoff(), context)
        if report.changes:
            logger.bind(changes=len(report.changes), new_sprint=report.new_sprint).info("duty_passed_on")
        server = self.bot.settings.server
        guild = self.bot.home
        if guild is None or not self.bot.is_ready():
            return
        calendar = Calendar(context.zone, context.handoff_minute)
        now = await self.bot.db.read(oncall_now, context.at, calendar)
        await self._pass_roles(guild, now.holders)
        channel = guild.get_channel(server.duty_channel_id or 0)
        if isinstance(channel, discord.TextChannel) and now.sprint is not None:
            await self._set_topic(channel, now.holders)

    async def _pass_roles(self, guild: discord.Guild, holders: Iterable[HolderView]) -> None:
        """Let each discipline's role follow its holder; what Discord refuses is tried at the next run."""
        known = {discipline.key: discipline.role_id for discipline in await self.bot.db.read(disciplines)}
        for holder in holders:
            key = holder.discipline
            if not await self._take_old(guild, key, known.get(key)):
                continue
            role = guild.get_role(known.get(key) or 0)
            if role is None or self._passed.get(key) == (role.id, holder.user_id):
                continue
            if await _pass_role(guild, role, await self._candidates(key, role), holder.user_id):
                self._passed[key] = (role.id, holder.user_id)

    async def _take_old(self, guild: discord.Guild, discipline: str, role_id: int | None) -> bool:
        """Take a role that no longer follows the discipline from who has it; False if Discord refused."""
        old_id, holder = self._passed.get(discipline, (role_id, None))
        if old_id == role_id:
            return True
        role = guild.get_role(old_id or 0)
        if role is not None and holder is not None and not await _pass_role(guild, role, {holder}, None):
            return False
        del self._passed[discipline]
        return True

    async def _candidates(self, discipline: str, role: discord.Role) -> set[int]:
        """Return who may have the role: the last holder, or after a start everybody on the roster."""
        cached = {member.id for member in role.members}
        if discipline in self._passed:
            _, before = self._passed[discipline]
            return cached | ({before} if before is not None else set())
        return cached | {item.user_id for item in await self.bot.db.read(roster, discipline)}

    async def _set_topic(self, channel: discord.TextChannel, holders: Iterable[HolderView]) -> None:
        people = " • ".join(
            f"{plain(holder.label)}: {plain(holder.username) if holder.username else 'nobody'}"
            for holder in holders
        )
        topic = clip(f"On duty: {people}", TOPIC_LIMIT)
        if topic in {channel.topic, self._topic}:
            return
        try:
            async with asyncio.timeout(TIMEOUT):
                await channel.edit(topic=topic)
        except FAILURES as error:
            logger.bind(error=in_words(error)).warning("topic_not_set")
        else:
            self._topic = topic


async def _pass_role(
    guild: discord.Guild, role: discord.Role, candidates: set[int], holder: int | None
) -> bool:
    """Take the role from everybody else and give it to the holder; False if Discord refused something."""
    done = True
    for user_id in sorted(candidates | ({holder} if holder is not None else set())):
        try:
            async with asyncio.timeout(TIMEOUT):
                member = await guild.fetch_member(user_id)
                has_it = role in member.roles
                if user_id == holder and not has_it:
                    await member.add_roles(role, reason="on duty")
                elif user_id != holder and has_it:
                    await member.remove_roles(role, reason="off duty")
        except discord.NotFound:
            logger.bind(user=user_id, role=role.id).info("not_on_this_server")
        except FAILURES as error:
            done = False
            logger.bind(user=user_id, role=role.id, error=in_words(error)).warning("role_not_passed")
    return done
