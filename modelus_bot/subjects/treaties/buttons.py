"""The buttons of a proposed treaty, and the pages of treaties.

A button's id says which answer to which treaty it is, and which version of it was shown, so it goes on
working after a restart and answers nothing that has changed since.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import discord

from modelus_bot.database import Write
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.nations.queries.records import nation
from modelus_bot.subjects.treaties.cards.treaty_card import change_card, treaties_card, treaty_card
from modelus_bot.subjects.treaties.model import Treaty, TreatyChange, TreatyStatus
from modelus_bot.subjects.treaties.queries import treaties, treaty
from modelus_bot.subjects.treaties.rules import KINDS, STATES
from modelus_bot.subjects.treaties.writes.answering import AnswerTreaty, WithdrawTreaty
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.errors import reply_for
from modelus_bot.ui.paginator import PAGE, ListChoice, PagedList, menus_of, pages_of
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ANSWERS", "LIST", "TreatyButton", "answers_of", "list_argument", "view_of"]

LIST, ONE = "treaty_list", "treaty"
"""The names of the lists in the ids of their buttons."""
Step = Literal["accept", "decline", "withdraw"]
STEPS: tuple[Step, ...] = get_args(Step)
ANSWERS: tuple[Step, ...] = ("accept", "decline")
_STYLES: dict[str, tuple[str, discord.ButtonStyle]] = {
    "accept": ("Accept", discord.ButtonStyle.success),
    "decline": ("Decline", discord.ButtonStyle.danger),
    "withdraw": ("Withdraw", discord.ButtonStyle.secondary),
}
_OVER = {"treaty.decided", "treaty.expired", "treaty.stale"}
"""Rules that refuse a press because the message shows what is not so any more."""
_STATUS: dict[str, TreatyStatus] = {status: status for status in STATES}


class TreatyButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"treaty:(?P<step>accept|decline|withdraw):(?P<id>\d{1,18}):(?P<version>\d{1,9})",
):
    """One answer to one proposal; the rules are in ``writes``."""

    def __init__(self, step: str, treaty_id: int, version: int) -> None:
        """Make the button for a step of treaty number ``treaty_id`` as it was in ``version``."""
        label, style = _STYLES[step]
        custom_id = f"treaty:{step}:{treaty_id}:{version}"
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=custom_id))
        self.step, self.treaty_id, self.version = step, treaty_id, version

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(match["step"], int(match["id"]), int(match["version"]))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the step, and show what came of it in place of the proposal."""
        await answering.defer(interaction)
        bot: ModelUsBot = interaction.client
        try:
            change = await bot.db.write(self._write(), bot.context(interaction))
        except Refusal as refusal:
            if refusal.rule not in _OVER:
                raise
            await _show_as_it_is(interaction, self.treaty_id, refusal)
            return
        await answering.answer(interaction, change_card(change, int(time.time())), view=view_of(change.after))

    def _write(self) -> Write[TreatyChange]:
        if self.step == "withdraw":
            return WithdrawTreaty(treaty_id=self.treaty_id, version=self.version)
        return AnswerTreaty(treaty_id=self.treaty_id, accept=self.step == "accept", version=self.version)


def answers_of(found: Treaty) -> list[TreatyButton]:
    """Return the buttons that make sense as a treaty stands."""
    return [TreatyButton(step, found.id, found.version) for step in STEPS if found.status == "pending"]


def view_of(found: Treaty, steps: Iterable[Step] = STEPS) -> discord.ui.View | None:
    """Return them in a view; None without any.

    Presses go by the buttons' ids, also after a restart, so nothing is kept of the view itself.
    """
    if found.status != "pending":
        return None
    view = discord.ui.View(timeout=None)
    for step in steps:
        view.add_item(TreatyButton(step, found.id, found.version))
    view.stop()
    return view


async def _show_as_it_is(interaction: discord.Interaction[Any], treaty_id: int, why: Refusal) -> None:
    """Redraw a message that shows what is over, and say why nothing was done."""
    bot: ModelUsBot = interaction.client
    found = await bot.db.read(treaty, treaty_id)
    if found is not None:
        await answering.answer(interaction, treaty_card(found, int(time.time())), view=view_of(found))
    await answering.tell(interaction, reply_for(why).card())


def list_argument(status: str, nation_id: int | None) -> str:
    """Return the argument that names a list."""
    return f"{status}:{nation_id or ''}"


@pages_of(LIST)
async def list_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of treaties; a menu opens one of them."""
    name, _, number = listing.argument.partition(":")
    status = _STATUS.get(name)
    if status is None or re.fullmatch(r"\d{0,18}", number) is None:
        return cards.warning("This list is gone", "Please use `/treaty list` again."), False
    db = listing.bot.db
    of = int(number) if number else None
    found = await db.read(treaties, status, of, PAGE + 1, listing.page * PAGE)
    shown = found[:PAGE]
    if shown:
        choices = [
            ListChoice(str(one.id), f"{one.name_a} and {one.name_b}", KINDS[one.kind]) for one in shown
        ]
        listing.put_below([*menus_of(ONE, choices, None, "Look at one of them")])
    whose = await db.read(nation, of) if of is not None else None
    name_of = whose.name if whose is not None else None
    return treaties_card(shown, status, name_of, int(time.time())), len(found) > PAGE


@pages_of(ONE)
async def treaty_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a treaty, with the buttons to answer it."""
    number = int(listing.argument) if re.fullmatch(r"\d{1,18}", listing.argument) else 0
    found = await listing.bot.db.read(treaty, number)
    if found is None:
        return cards.warning("This treaty is gone", "Please use `/treaty list` again."), False
    listing.put_below(answers_of(found))
    return treaty_card(found, int(time.time())), False
