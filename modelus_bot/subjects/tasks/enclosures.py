"""What a notice about a task is sent with: its buttons as it stands; a late one that is done is not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database import DatabaseError
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.notices.enclosures import Enclosure
from modelus_bot.subjects.notices.model import Notice
from modelus_bot.subjects.tasks.buttons.steps import task_view
from modelus_bot.subjects.tasks.model import StaffTask
from modelus_bot.subjects.tasks.queries.lists import task

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["TaskEnclosure", "enclosure_of"]


class TaskEnclosure(Enclosure):
    """The task's buttons for its owner; word of a late task that is closed meanwhile is outdated."""

    def __init__(self, found: StaffTask, notice: Notice) -> None:
        """Add what belongs to a task as it stands."""
        self.view = task_view(found) if found.user_id == notice.user_id else None
        self.outdated = notice.type == "task_delayed" and not found.is_open


async def enclosure_of(bot: ModelUsBot, notice: Notice) -> Enclosure:
    """Return what goes with a notice; without the database, or for who may not see it, nothing does."""
    if notice.ref_id is None:
        return Enclosure()
    try:
        found = await bot.db.read(task, Viewer(notice.user_id), notice.ref_id)
    except (DatabaseError, Refusal) as error:
        logger.bind(notice=notice.id, error=str(error)).info("notice_without_buttons")
        return Enclosure()
    return TaskEnclosure(found, notice)
