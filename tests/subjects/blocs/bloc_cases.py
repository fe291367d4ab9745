"""Blocs as tests need them: Texas leads the Gulf Pact, Dakota is invited or in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.blocs.writes.inviting import AnswerInvitation, InviteNation
from modelus_bot.subjects.blocs.writes.making import CreateBloc
from modelus_bot.subjects.treaties.writes.answering import AnswerTreaty
from modelus_bot.subjects.treaties.writes.proposing import ProposeTreaty
from tests.subjects.rota import ADA, CLEO, Rota
from tests.subjects.treaties.treaty_cases import DAKOTA, TEXAS, led

if TYPE_CHECKING:
    from tests.conftest import BotEnv


def founded(rota: Rota) -> None:
    """Let Texas found it: bloc 1."""
    led(rota)
    rota.do(CreateBloc(bloc_name="Gulf Pact", description="The *sea*."), ADA)


def invited(rota: Rota) -> None:
    """Invite Dakota."""
    founded(rota)
    rota.do(InviteNation(bloc_id=1, to_id=DAKOTA), ADA)


def joined(rota: Rota) -> None:
    """Let Dakota accept."""
    invited(rota)
    rota.do(AnswerInvitation(bloc_id=1, accept=True), CLEO)


async def unite(env: BotEnv) -> None:
    """Let Texas lead the Gulf Pact, to which Dakota is invited.

    Treaty 1 is an alliance that Dakota proposes to Texas, treaty 2 their trade agreement in force.
    """
    game_master = Context(actor=env.admin.id, discord_admin=True)
    await env.db.write(CreateBloc(bloc_name="Gulf Pact", nation_id=TEXAS), game_master)
    await env.db.write(InviteNation(bloc_id=1, to_id=DAKOTA), game_master)
    for kind in ("alliance", "trade"):
        offer = ProposeTreaty(to_id=TEXAS, treaty_kind=kind, nation_id=DAKOTA)
        await env.db.write(offer, game_master)
    await env.db.write(AnswerTreaty(treaty_id=2, accept=True, nation_id=TEXAS), game_master)
