"""How much is known of what was committed to a -wal: five states, and what leads from one to another.

========== ========= ========== ====== ========== ======== =========
state      READ      READ_ALL   MISSED STARTED    FINISHED CHECKED
========== ========= ========== ====== ========== ======== =========
FOLLOWING  FOLLOWING COMPLETE   LOST   FOLLOWING  CLOSED   FOLLOWING
COMPLETE   FOLLOWING COMPLETE   LOST   COMPLETE   CLOSED   COMPLETE
CLOSED     FOLLOWING CLOSED     LOST   COMPLETE   CLOSED   CLOSED
LOST       LOST      INCOMPLETE LOST   LOST       LOST     FOLLOWING
INCOMPLETE LOST      INCOMPLETE LOST   INCOMPLETE LOST     COMPLETE
========== ========= ========== ====== ========== ======== =========

RESTARTED leads where READ does; CUT and UNREADABLE lead where MISSED does.

Only in CLOSED is whatever is written next a stranger's. Only in LOST and INCOMPLETE may a page that nobody
expected be right. Only where everything is read up to its end may the -wal vanish or start anew without
anything being missed.
"""

from __future__ import annotations

from enum import Enum, auto

__all__ = ["WalEvent", "WalKnowledge", "after"]


class WalEvent(Enum):
    """What happened to a -wal, or to what is known of it."""

    READ = auto()
    """Frames were read; more may be committed before anybody looks again."""

    RESTARTED = auto()
    """It begins anew or is gone, so that all it held has been copied into the main file."""

    READ_ALL = auto()
    """Nothing is committed behind what was read before it starts anew."""

    MISSED = auto()
    """Commits were overwritten before anybody had read them."""

    CUT = auto()
    """Frames that were read are not there any more, in a file that nobody has open.

    Nothing is wrong with that, since their COMMIT may have failed on the disk after they were written.
    """

    UNREADABLE = auto()
    """It could not be read when everything should have been: what is committed until it starts anew may be
    missed."""

    STARTED = auto()
    """Connections may be opened."""

    FINISHED = auto()
    """All connections were closed in order."""

    CHECKED = auto()
    """The whole main file was compared, and what was unclear is trusted from now on."""

    @property
    def misses(self) -> bool:
        """Whether commits may have been missed."""
        return self in {WalEvent.MISSED, WalEvent.CUT, WalEvent.UNREADABLE}


class WalKnowledge(Enum):
    """What is known."""

    FOLLOWING = auto()
    """Everything up to the position; commits may stand behind it already."""

    COMPLETE = auto()
    """Everything."""

    CLOSED = auto()
    """Everything, and nobody of ours writes any more."""

    LOST = auto()
    """Commits were missed, and more may be."""

    INCOMPLETE = auto()
    """Commits were missed, but none stand behind the position."""

    @property
    def missed(self) -> bool:
        """Whether commits were missed since the last check of the whole file."""
        return self in {WalKnowledge.LOST, WalKnowledge.INCOMPLETE}

    @property
    def complete(self) -> bool:
        """Whether nothing is committed behind the position before the -wal starts anew."""
        return self in {WalKnowledge.COMPLETE, WalKnowledge.CLOSED, WalKnowledge.INCOMPLETE}

    @property
    def restated(self) -> tuple[WalEvent, ...]:
        """Events that leave this state as it is, and lead from FOLLOWING to it, but for what was missed."""
        events = [WalEvent.READ]
        if self.complete:
            events.append(WalEvent.READ_ALL)
        if self is WalKnowledge.CLOSED:
            events.append(WalEvent.FINISHED)
        return tuple(events)


def after(state: WalKnowledge, event: WalEvent) -> WalKnowledge:
    """Return what is known when ``event`` has happened."""
    if event.misses:
        return WalKnowledge.LOST
    match event:
        case WalEvent.READ | WalEvent.RESTARTED:
            return WalKnowledge.LOST if state.missed else WalKnowledge.FOLLOWING
        case WalEvent.READ_ALL:
            return _complete(state)
        case WalEvent.STARTED:
            return WalKnowledge.COMPLETE if state is WalKnowledge.CLOSED else state
        case WalEvent.FINISHED:
            return WalKnowledge.LOST if state.missed else WalKnowledge.CLOSED
        case _:
            return _checked(state)


def _complete(state: WalKnowledge) -> WalKnowledge:
    if state.missed:
        return WalKnowledge.INCOMPLETE
    return WalKnowledge.CLOSED if state is WalKnowledge.CLOSED else WalKnowledge.COMPLETE


def _checked(state: WalKnowledge) -> WalKnowledge:
    if not state.missed:
        return state
    return WalKnowledge.COMPLETE if state.complete else WalKnowledge.FOLLOWING
