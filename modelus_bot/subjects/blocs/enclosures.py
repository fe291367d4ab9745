"""What a notice about a bloc is sent with: the answers to an invitation that its reader can give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database import DatabaseError
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.blocs.buttons import view_of
from modelus_bot.subjects.blocs.queries import bloc_sheet
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.subjects.notices.enclosures import Enclosure
from modelus_bot.subjects.notices.model import Notice

if TYPE_CHECKING:
    import discord

    from modelus_bot.bot import ModelUsBot

__all__ = ["BlocEnclosure", "enclosure_of"]


class BlocEnclosure(Enclosure):
    """The buttons with which a president answers."""

    stands_alone = True

    def __init__(self, view: discord.ui.View) -> None:
        """Keep what to add to the message."""
        self.view = view


async def enclosure_of(bot: ModelUsBot, notice: Notice) -> Enclosure:
    """Return what goes with a notice; a database that does not answer costs the buttons, not the notice."""
    if notice.ref_id is None:
        return Enclosure()
    try:
        office = await bot.db.read(office_held_by, notice.user_id)
        sheet = await bot.db.read(bloc_sheet, notice.ref_id)
    except (DatabaseError, NotFound) as error:
        logger.bind(notice=notice.id, error=str(error)).warning("notice_without_buttons")
        return Enclosure()
    if office is None or office.office != "president":
        return Enclosure()
    known = sheet.of(office.nation_id)
    return BlocEnclosure(view_of(known)) if known is not None and known.rank == "invited" else Enclosure()
