"""Takes invitations back that nobody answered within fourteen days."""

from __future__ import annotations

from dataclasses import replace

from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.blocs.queries import due_invitations
from modelus_bot.subjects.blocs.writes.inviting import ExpireInvitation

__all__ = ["InvitationExpiry"]


class InvitationExpiry(Job):
    """Looks every ten minutes; each invitation is taken back once."""

    name = "invitation_expiry"
    interval = 600.0

    async def run(self) -> None:
        """Take back what is over."""
        at = self.context().at
        closed = 0
        for bloc_id, nation_id, since in await self.bot.db.read(due_invitations, at):
            write = ExpireInvitation(bloc_id=bloc_id, invited_id=nation_id, since=since)
            context = replace(self.context(f"{bloc_id}:{nation_id}:{since}"), at=at)
            closed += await self.bot.db.write(write, context)
        if closed:
            logger.bind(closed=closed).info("invitations_expired")
