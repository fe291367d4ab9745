"""Nations that are no longer played, or not for a while; nothing of them is lost."""

from __future__ import annotations

from dataclasses import replace

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.domain.subject import declared
from modelus_bot.subjects.nations.model import NationChange
from modelus_bot.subjects.nations.queries.offices import offices_of
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.rules.words import OFFICES
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.founding import free_name
from modelus_bot.subjects.nations.writes.saving import save, stale
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.text.escaping import plain

__all__ = ["ArchiveNation", "EndLeaves", "RestoreNation", "SendOnLeave"]

_BACK = "SELECT id FROM nations WHERE status = 'leave' AND leave_until <= ? ORDER BY id"


class ArchiveNation(Write[NationChange]):
    """Take a nation out of lists and rankings; refused while somebody holds an office of it.

    What it had agreed with others ends with it.
    """

    nation_id: NationNumber
    version: int | None = None

    def apply(self, tx: Transaction) -> NationChange:
        """Mark it; its name is free for another nation from then on."""
        require_admin(tx)
        before = require_nation(tx, self.nation_id, archived=True)
        stale(before, self.version)
        if before.status == "archived":
            raise InvalidInput(f"{plain(before.name)} is archived already.", rule="nation.unchanged")
        held = offices_of(tx, before.id)
        if held:
            names = everybody(tx)
            holders = " and ".join(
                f"{plain(names[office.user_id])} as {OFFICES[office.office]}" for office in held
            )
            raise InvalidInput(
                f"{plain(before.name)} is led by {holders}. End that with `/nation-admin unlink` first.",
                rule="nation.office_held",
            )
        ended = tuple(
            sentence for ends in declared().retiring.get("nations", ()) for sentence in ends(tx, before.id)
        )
        return replace(save(tx, before, status="archived", leave_until=None), ended=ended)


class RestoreNation(Write[NationChange]):
    """Bring a nation back that was archived, or is on leave."""

    nation_id: NationNumber

    def apply(self, tx: Transaction) -> NationChange:
        """Mark it active; refused while another nation has its name."""
        require_admin(tx)
        before = require_nation(tx, self.nation_id, archived=True)
        if before.status == "active":
            raise InvalidInput(f"{plain(before.name)} is active already.", rule="nation.unchanged")
        if before.status == "archived":
            free_name(tx, before.name, but=before)
        return save(tx, before, status="active", leave_until=None)


class SendOnLeave(Write[NationChange]):
    """Leave a nation out of rankings for a while, until ``comes_back`` (UTC seconds) or until restored."""

    nation_id: NationNumber
    comes_back: int | None = None

    def apply(self, tx: Transaction) -> NationChange:
        """Mark it."""
        require_admin(tx)
        before = require_nation(tx, self.nation_id)
        if self.comes_back is not None and self.comes_back <= tx.context.at:
            raise InvalidInput("A leave ends on a day that is still to come.", rule="leave.past")
        change = save(tx, before, status="leave", leave_until=self.comes_back)
        if change.after == before:
            raise InvalidInput(f"{plain(before.name)} is on leave already.", rule="nation.unchanged")
        return change


class EndLeaves(Write[tuple[int, ...]]):
    """Bring back the nations whose leave is over, and return their numbers."""

    def apply(self, tx: Transaction) -> tuple[int, ...]:
        """Mark each active."""
        numbers = tuple(row[0] for row in tx.fetch_all(_BACK, (tx.context.at,)))
        for number in numbers:
            save(tx, require_nation(tx, number), status="active", leave_until=None)
        return numbers
