"""Which cards a list or the board shows, short enough to stand in a button's id.

An epic's name is too long for one; its digest is looked up among the epics there are.
"""

from __future__ import annotations

import hashlib
from typing import cast

from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.tasks.model import BoardFilter
from modelus_bot.subjects.tasks.queries.lists import StatusChoice, TaskQuery

__all__ = ["board_argument", "board_filter", "list_argument", "list_query"]


def board_argument(wanted: BoardFilter) -> str:
    """Return a board's filter as an argument."""
    person = str(wanted.user_id) if wanted.user_id is not None else ""
    return ".".join((person, _digest(wanted.epic), wanted.discipline or ""))


def board_filter(argument: str, epics: tuple[str, ...]) -> BoardFilter:
    """Return the filter that an argument stands for; raises ``NotFound`` for an epic that is gone."""
    person, epic, discipline = argument.split(".", 2)
    return BoardFilter(int(person) if person else None, _epic(epic, epics), discipline or None)


def list_argument(wanted: TaskQuery) -> str:
    """Return what a list shows as an argument."""
    status, role, epic = wanted
    return ".".join((status, role or "", _digest(epic)))


def list_query(argument: str, epics: tuple[str, ...]) -> TaskQuery:
    """Return what an argument stands for; raises ``NotFound`` for an epic that is gone."""
    status, role, epic = argument.split(".", 2)
    return cast("StatusChoice", status), role or None, _epic(epic, epics)


def _digest(text: str | None) -> str:
    return "" if text is None else hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _epic(digest: str, epics: tuple[str, ...]) -> str | None:
    if not digest:
        return None
    found = next((epic for epic in epics if _digest(epic) == digest), None)
    if found is None:
        raise NotFound(
            "No task that you may see is of this epic any more. Run the command again.", rule="task.epic"
        )
    return found
