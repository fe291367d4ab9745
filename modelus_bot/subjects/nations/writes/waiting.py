"""Letting a nation wait between two changes of a kind; administrators neither wait nor let it wait."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.domain.permissions import is_admin
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.model import Nation
from modelus_bot.subjects.nations.queries.waits import waits_until
from modelus_bot.subjects.nations.rules.waiting import WAITS, Waiting, ready_at
from modelus_bot.text.escaping import plain

__all__ = ["begin_wait"]

_WAIT = """
INSERT INTO cooldowns(nation_id, command, until) VALUES(?, ?, ?)
ON CONFLICT(nation_id, command) DO UPDATE SET until = excluded.until
"""
_WHAT: dict[Waiting, str] = {
    "name": "change its name or prefix",
    "tax": "change its tax rate",
    "flag": "change its flag",
}


def begin_wait(tx: Transaction, nation: Nation, command: Waiting) -> None:
    """Begin the wait that follows a change; raises ``InvalidInput`` while the last one is not over."""
    if is_admin(tx):
        return
    ready = ready_at(waits_until(tx, nation.id, command), tx.context.at, command)
    if ready is not None:
        raise InvalidInput(
            f"{plain(nation.name)} can {_WHAT[command]} again <t:{ready}:R> (<t:{ready}:f>).",
            rule=f"wait.{command}",
        )
    tx.execute(_WAIT, (nation.id, command, tx.context.at + WAITS[command]))
