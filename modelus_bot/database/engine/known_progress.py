"""How far a database is known to have come, from everything that remembers it beside the file."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database.core.state_file import DatabaseState
from modelus_bot.database.engine.epoch import is_later
from modelus_bot.database.engine.high_water import HighWater

__all__ = ["Known", "known_of"]


@dataclass(frozen=True, slots=True)
class Known:
    """The newest audit entry that is known to have been acknowledged, by number and hash in hex; 0 for none.

    ``exact`` says that nothing newer was. ``line_id`` and ``line_head`` are as in ``State``.
    """

    audit_id: int = 0
    audit_head: str = ""
    exact: bool = False
    line_id: int = 0
    line_head: str = ""

    def contradicted_by(self, links: dict[int, str]) -> bool:
        """Say whether a file has another entry where one of these was: it is of another history."""
        pairs = ((self.audit_id, self.audit_head), (self.line_id, self.line_head))
        return any(head and links.get(number, head) != head for number, head in pairs)


def known_of(state: DatabaseState, mark: HighWater | None, epoch: int) -> Known:
    """Join what the state file says with the high-water mark, for a file whose epoch is ``epoch`` now.

    After an orderly end the state says it exactly, as long as the file was not opened since; after a kill the
    mark does, unless the machine was started anew. A mark from before the file's epoch says nothing.
    """
    ended = state.clean and state.epoch == epoch
    if mark is None or is_later(epoch, mark.epoch) or (mark.audit_id <= state.audit_id and ended):
        return Known(state.audit_id, state.audit_head, ended, state.line_id, state.line_head)
    newer = mark.audit_id >= state.audit_id
    number, head = (mark.audit_id, mark.audit_head) if newer else (state.audit_id, state.audit_head)
    return Known(number, head, mark.same_boot, state.line_id, state.line_head)
