"""What a notice about a treaty is sent with: the answers that its reader can give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database import DatabaseError
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.subjects.notices.enclosures import Enclosure
from modelus_bot.subjects.notices.model import Notice
from modelus_bot.subjects.treaties.buttons import ANSWERS, view_of
from modelus_bot.subjects.treaties.queries import treaty

if TYPE_CHECKING:
    import discord

    from modelus_bot.bot import ModelUsBot

__all__ = ["TreatyEnclosure", "enclosure_of"]


class TreatyEnclosure(Enclosure):
    """The buttons with which a president answers."""

    stands_alone = True

    def __init__(self, view: discord.ui.View | None) -> None:
        """Keep what to add to the message."""
        self.view = view


async def enclosure_of(bot: ModelUsBot, notice: Notice) -> Enclosure:
    """Return what goes with a notice; a database that does not answer costs the buttons, not the notice."""
    if notice.ref_id is None:
        return Enclosure()
    try:
        found = await bot.db.read(treaty, notice.ref_id)
        office = await bot.db.read(office_held_by, notice.user_id)
    except DatabaseError as error:
        logger.bind(notice=notice.id, reference=error.reference).warning("notice_without_buttons")
        return Enclosure()
    answers = (
        found is not None
        and office is not None
        and office.office == "president"
        and office.nation_id == found.answerer
    )
    if found is None or not answers or found.status != "pending":
        return Enclosure()
    return TreatyEnclosure(view_of(found, ANSWERS))
