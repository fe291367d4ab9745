"""What was asked for, what was decided about each task, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "GivenUp",
    "Result",
    "Rewriting",
    "RunReport",
    "RunRequest",
    "TaskDecision",
    "TaskOutcome",
    "Trigger",
]


class Trigger(StrEnum):
    """What set maintenance off."""

    CLOCK = "clock"
    NEED = "need"
    NEAR_LIMIT = "near_limit"
    PERSON = "person"


class Rewriting(StrEnum):
    """Whether the file may be rewritten: when it is worth it, because somebody agreed, or not at all."""

    AUTO = "auto"
    CONFIRMED = "confirmed"
    NO = "no"


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One run of maintenance. ``early`` prunes what could stay for longer if there were space."""

    why: Trigger
    rewriting: Rewriting = Rewriting.AUTO

    @property
    def early(self) -> bool:
        """Whether what could stay for longer goes now."""
        return self.why is Trigger.NEAR_LIMIT


class GivenUp(Exception):
    """A task was begun and undone again; the text says why, for people."""


class TaskOutcome(StrEnum):
    """How a task ended. ``REFUSED``: it was wanted, and something speaks against it."""

    DONE = "done"
    NOT_DUE = "not_due"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TaskDecision:
    """Whether a task is done now; ``because`` is a sentence for people. A task not due may be refused."""

    due: bool
    because: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one task, in a sentence."""

    task: str
    outcome: TaskOutcome
    words: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """What came of one run, task by task, and how many seconds it took."""

    order: RunRequest
    results: tuple[Result, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return all(result.outcome is not TaskOutcome.FAILED for result in self.results)

    @property
    def lines(self) -> tuple[str, ...]:
        """One line for each task that has something to say."""
        return tuple(f"{result.task}: {result.words}" for result in self.results)

    def of(self, task: str) -> Result:
        """Return the result of a task; raises ``KeyError`` when it was not part of the run."""
        for result in self.results:
            if result.task == task:
                return result
        raise KeyError(task)
