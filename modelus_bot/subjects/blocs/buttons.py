"""The buttons of invitations, and the pages of blocs.

A button's id says which invitation it answers and when that began, so it goes on working after a restart and
answers no later one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.blocs.cards import bloc_card, blocs_card, change_card
from modelus_bot.subjects.blocs.model import BlocMember, BlocSheet, BlocStatus
from modelus_bot.subjects.blocs.queries import bloc_sheet, blocs
from modelus_bot.subjects.blocs.writes.inviting import AnswerInvitation
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.errors import reply_for
from modelus_bot.ui.paginator import PAGE, ListChoice, PagedList, menus_of, pages_of
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["LIST", "ONE", "BlocButton", "view_of"]

LIST, ONE = "bloc_list", "bloc"
"""The names of the lists in the ids of their buttons."""
_STYLES: dict[str, tuple[str, discord.ButtonStyle]] = {
    "accept": ("Accept", discord.ButtonStyle.success),
    "decline": ("Decline", discord.ButtonStyle.danger),
}
_OVER = {
    "bloc.answered",
    "bloc.disbanded",
    "bloc.expired",
    "bloc.not_invited",
    "bloc.stale",
}
"""Rules that refuse a press because the message shows what is not so any more."""
_STATUS: dict[str, BlocStatus] = {"active": "active", "disbanded": "disbanded"}


class BlocButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"bloc:(?P<step>accept|decline):(?P<id>\d{1,18}):(?P<nation>\d{1,18}):(?P<since>\d{1,12})",
):
    """One answer to one invitation; the rules are in ``writes``."""

    def __init__(self, step: str, bloc_id: int, nation_id: int, since: int) -> None:
        """Make the button for an answer to the invitation of a nation that began at ``since``."""
        label, style = _STYLES[step]
        custom_id = f"bloc:{step}:{bloc_id}:{nation_id}:{since}"
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=custom_id))
        self.step, self.bloc_id, self.nation_id, self.since = step, bloc_id, nation_id, since

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(match["step"], int(match["id"]), int(match["nation"]), int(match["since"]))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer, and show what came of it in place of the invitation."""
        await answering.defer(interaction)
        bot: ModelUsBot = interaction.client
        write = AnswerInvitation(
            bloc_id=self.bloc_id, accept=self.step == "accept", since=self.since, invited_id=self.nation_id
        )
        try:
            change = await bot.db.write(write, bot.context(interaction))
        except Refusal as refusal:
            if refusal.rule not in _OVER:
                raise
            sheet = await bot.db.read(bloc_sheet, self.bloc_id)
            await answering.answer(interaction, bloc_card(sheet), view=None)
            await answering.tell(interaction, reply_for(refusal).card())
            return
        await answering.answer(interaction, change_card(change), view=None)


def view_of(invited: BlocMember) -> discord.ui.View:
    """Return the buttons that answer an invitation.

    Presses go by the buttons' ids, also after a restart, so nothing is kept of the view itself.
    """
    view = discord.ui.View(timeout=None)
    for step in _STYLES:
        view.add_item(BlocButton(step, invited.bloc_id, invited.nation_id, invited.at))
    view.stop()
    return view


@pages_of(LIST)
async def list_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of blocs; a menu opens one of them."""
    status = _STATUS.get(listing.argument)
    if status is None:
        return cards.warning("This list is gone", "Please use `/bloc list` again."), False
    found = await listing.bot.db.read(blocs, status, PAGE + 1, listing.page * PAGE)
    shown = found[:PAGE]
    if shown:
        choices = [ListChoice(str(one.bloc.id), one.bloc.name, _about(one)) for one in shown]
        listing.put_below([*menus_of(ONE, choices, None, "Look at one of them")])
    return blocs_card(shown, status), len(found) > PAGE


@pages_of(ONE)
async def bloc_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a bloc."""
    number = int(listing.argument) if re.fullmatch(r"\d{1,18}", listing.argument) else 0
    return bloc_card(await listing.bot.db.read(bloc_sheet, number)), False


def _about(sheet: BlocSheet) -> str:
    count = len(sheet.members)
    return "disbanded" if not count else "1 member" if count == 1 else f"{count} members"
