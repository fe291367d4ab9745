"""Changes that were saved for later: why one was refused, and the messages to those who asked for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from modelus_bot.database import ConstraintViolated, DatabaseError, Priority, Transaction, Write
from modelus_bot.database.administration import JournalOutcome, Settled
from modelus_bot.domain.fields import Snowflake
from modelus_bot.domain.refusals import Refusal
from modelus_bot.domain.sentences import sentence_for, validation_sentence
from modelus_bot.subjects.notices.writes.outbox import notify_each
from modelus_bot.subjects.people.writes import ensure_known

__all__ = ["TellAuthors", "ToldAuthor", "explain", "telling"]

_GENERAL = (
    "Something went wrong on our side. Nothing was changed; if it happens again, tell an administrator."
)


class ToldAuthor(BaseModel):
    """What one author is told; ``reason`` only when the change was not applied."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[int, Field(ge=1)]
    change: Annotated[str, Field(min_length=1, max_length=100)]
    author: Snowflake
    request_id: Annotated[str, Field(min_length=1, max_length=64)]
    applied: bool
    reason: Annotated[str, Field(max_length=1500)] | None = None


class TellAuthors(Write[int]):
    """Queue a message to the author of each change; repeating it queues nothing again."""

    items: Annotated[tuple[ToldAuthor, ...], Field(min_length=1, max_length=200)]

    priority = Priority.LOW

    @classmethod
    def of(cls, found: Sequence[Settled]) -> Self:
        """Return the messages about changes that people asked for."""
        return cls(items=tuple(_told(item, item.actor) for item in found if item.actor is not None))

    def apply(self, tx: Transaction) -> int:
        """Queue the messages and return how many there are."""
        for author in sorted({item.author for item in self.items}):
            ensure_known(tx, author)
        notices = ((item.author, *_words(item), f"journal:{item.request_id}") for item in self.items)
        notify_each(tx, "system", notices)
        return len(self.items)


def telling(found: Sequence[Settled]) -> Write[int]:
    """Return the write that queues messages to the authors of changes, all of them people's."""
    return TellAuthors.of(found)


def explain(error: BaseException) -> str:
    """Return the sentence in which an author reads why a saved change was refused."""
    if isinstance(error, Refusal):
        return str(error)
    if isinstance(error, ConstraintViolated):
        return sentence_for(error)
    if isinstance(error, DatabaseError):
        return error.user_message
    if isinstance(error, ValidationError):
        return validation_sentence(error)
    return _GENERAL


def _told(found: Settled, author: int) -> ToldAuthor:
    applied = found.outcome in {JournalOutcome.APPLIED, JournalOutcome.REPEATED}
    reason = None if applied else (found.reason or "")[:1500]
    return ToldAuthor(
        number=found.number,
        change=found.change[:100],
        author=author,
        request_id=found.request_id,
        applied=applied,
        reason=reason,
    )


def _words(item: ToldAuthor) -> tuple[str, str]:
    what = f"Number {item.number} ({item.change}), which was saved for later,"
    if item.applied:
        return "Your saved change was applied", f"{what} was applied now that the database is back."
    return "Your saved change was not applied", f"{what} could not be applied. {item.reason or ''}".rstrip()
