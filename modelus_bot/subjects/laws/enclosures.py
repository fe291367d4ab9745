"""What a notice about a law is sent with: a button that opens it; to who may not read it, none is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.laws.buttons.opening import LawButton
from modelus_bot.subjects.laws.model import LawName
from modelus_bot.subjects.laws.queries.records import named_law
from modelus_bot.subjects.notices.enclosures import Enclosure
from modelus_bot.subjects.notices.model import Notice

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["LawEnclosure", "enclosure_of"]


class LawEnclosure(Enclosure):
    """The button of a law; outdated where its reader cannot read the law any more."""

    def __init__(self, name: LawName | None) -> None:
        """Take the law as the reader may see it."""
        self.outdated = name is None
        if name is not None:
            self.view = discord.ui.View(timeout=None)
            self.view.add_item(LawButton(name.law_id, name.citation).item)
            self.view.stop()


async def enclosure_of(bot: ModelUsBot, notice: Notice) -> Enclosure:
    """Return what goes with a notice.

    Raises ``DatabaseError`` where nobody can say whether it may be read: the notice waits until then.
    """
    if notice.ref_id is None:
        return Enclosure()
    try:
        name = await bot.db.read(named_law, Viewer(notice.user_id), notice.ref_id)
    except NotFound:
        return LawEnclosure(None)
    return LawEnclosure(name)
