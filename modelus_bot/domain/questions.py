"""Questions before a change: what would be done is kept as the answer to a request of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from modelus_bot.database import ReadTransaction, Transaction, Write, query
from modelus_bot.domain.fields import Snowflake

__all__ = [
    "TIMEOUT",
    "AskQuestion",
    "CloseQuestion",
    "NoteMessages",
    "Place",
    "Question",
    "kept_messages",
    "kept_question",
    "request_of",
]

TIMEOUT = 120
"""Seconds that a question waits for its answer, unless it says otherwise."""

Place = tuple[Snowflake, Snowflake]
"""A message by its channel and its own number."""

_OUTCOME = "SELECT outcome FROM requests WHERE request_id = ? AND command = 'AskQuestion'"
_MESSAGES = "SELECT outcome FROM requests WHERE request_id = ? AND command = 'NoteMessages'"
_DONE = "SELECT count(*) FROM requests WHERE request_id = ?"


@dataclass(frozen=True, slots=True)
class Question:
    """Who was asked at ``at`` (UTC seconds) whether what is to be done, within ``patience`` seconds.

    ``id`` is the interaction's that asked, under which the change will be made. ``change`` is JSON, to be
    read by the operation of the name ``operation``; both are empty for what is no single operation.
    """

    id: int
    asked: int
    kind: str
    operation: str
    change: str
    reason: str | None
    at: int
    patience: int = TIMEOUT


class AskQuestion(Write[Question]):
    """Keep a question until it is answered; its answer is the question itself."""

    id: Snowflake
    kind: Annotated[str, Field(min_length=1, max_length=32)]
    operation: Annotated[str, Field(max_length=64)]
    change: str
    patience: Annotated[int, Field(ge=1, le=86_400)] = TIMEOUT

    def apply(self, tx: Transaction) -> Question:
        """Return the question, which is stored as the answer to this request."""
        context = tx.context
        return self.question(context.actor or 0, context.reason, context.at)

    def question(self, asked: int, reason: str | None, at: int) -> Question:
        """Return the question as it is put to somebody."""
        return Question(self.id, asked, self.kind, self.operation, self.change, reason, at, self.patience)


class NoteMessages(Write[tuple[Place, ...]]):
    """Keep where a question is told of, so that all of it says in the end what became of it."""

    messages: tuple[Place, ...]

    def apply(self, tx: Transaction) -> tuple[Place, ...]:
        """Return the places, which are stored as the answer to this request."""
        return self.messages


class CloseQuestion(Write[None]):
    """Note that a question was decided, under its own number, where that is no change of its own."""

    def apply(self, tx: Transaction) -> None:
        """Do nothing: that this request was answered says it."""


def request_of(question_id: int, part: str = "question") -> str:
    """Return the request id under which a question, or its ``messages``, is kept."""
    return f"{question_id}:{part}"


@query
def kept_question(tx: ReadTransaction, question_id: int) -> tuple[Question | None, bool]:
    """Return a question, None if it is not known any more, and whether it was confirmed already."""
    outcome = tx.fetch_value(_OUTCOME, (request_of(question_id),))
    done = bool(tx.fetch_value(_DONE, (str(question_id),)))
    return (AskQuestion.result_adapter().validate_json(outcome) if outcome is not None else None), done


@query
def kept_messages(tx: ReadTransaction, question_id: int) -> tuple[Place, ...]:
    """Return where a question is told of, as far as that was kept."""
    outcome = tx.fetch_value(_MESSAGES, (request_of(question_id, "messages"),))
    return NoteMessages.result_adapter().validate_json(outcome) if outcome is not None else ()
