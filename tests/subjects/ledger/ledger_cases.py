"""Books as tests need them: Texas and Dakota, Ada and Ben in office, and grants to Texas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.ledger.model import Entry, Posted, Transfer, treasury
from modelus_bot.subjects.ledger.writes.posting import post
from modelus_bot.subjects.nations.writes.editing import EditNation
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from tests.subjects.nations.nation_cases import DAKOTA, TEXAS, president
from tests.subjects.rota import ADMIN, Rota

if TYPE_CHECKING:
    from tests.conftest import BotEnv

BILLION = 10**9


def grant(rota: Rota, nation: int, amount: int) -> None:
    """Give a nation money from the world."""
    rota.do(
        EditNation(nation_id=nation, metric="treasury", mode="add", value=amount), ADMIN, reason="A grant"
    )


def granted(rota: Rota) -> None:
    """Let Texas have nine billion dollars, by transaction 1."""
    president(rota)
    grant(rota, TEXAS, 9 * BILLION)


def paid(rota: Rota, amount: int = 2 * BILLION) -> Posted:
    """Let Texas pay Dakota."""
    entry = Entry("payment", (Transfer(treasury(DAKOTA), treasury(TEXAS), amount),), "loan", "Thanks", 3)
    return rota.call(post, entry)


def figures(rota: Rota) -> list[tuple[int, int]]:
    """Return treasury and debt of each nation."""
    return [tuple(row) for row in rota.rows("SELECT treasury, debt FROM nations ORDER BY id")]


def booked(rota: Rota) -> list[tuple[int, int]]:
    """Return the same by the books."""
    return [
        tuple(row)
        for row in rota.rows(
            "SELECT coalesce(sum(amount) FILTER (WHERE account = 'treasury'), 0),"
            " coalesce(-sum(amount) FILTER (WHERE account = 'debt'), 0)"
            " FROM nations AS n LEFT JOIN ledger AS l ON l.nation_id = n.id GROUP BY n.id ORDER BY n.id"
        )
    ]


async def endow(env: BotEnv) -> None:
    """Found Texas, which the leader leads and which has nine billion dollars, and Dakota."""
    for name in ("Texas", "Dakota"):
        await env.db.write(CreateNation(name=name, gdp=24 * BILLION, population=1), Context())
    office = GiveOffice(nation_id=1, user_id=env.leader.id, username="Lee", office="president")
    await env.db.write(office, Context())
    grant_it = EditNation(nation_id=1, metric="treasury", mode="add", value=9 * BILLION)
    await env.db.write(grant_it, Context(actor=env.admin.id, discord_admin=True, reason="A grant"))
