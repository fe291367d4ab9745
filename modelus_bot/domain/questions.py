"""Questions before a change: what would be done is kept as the answer to a request of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from modelus_bot.database import ReadTransaction, Transaction, Write, query
from modelus_bot.domain.fields import Snowflake

__all__ = ["AskQuestion", "Question", "kept_question", "request_of"]

_OUTCOME = "SELECT outcome FROM requests WHERE request_id = ? AND command = 'AskQuestion'"
_DONE = "SELECT count(*) FROM requests WHERE request_id = ?"


@dataclass(frozen=True, slots=True)
class Question:
    """Who was asked at ``at`` (UTC seconds) whether what is to be done.

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


class AskQuestion(Write[Question]):
    """Keep a question until it is answered; its answer is the question itself."""

    id: Snowflake
    kind: Annotated[str, Field(min_length=1, max_length=32)]
    operation: Annotated[str, Field(max_length=64)]
    change: str

    def apply(self, tx: Transaction) -> Question:
        """Return the question, which is stored as the answer to this request."""
        context = tx.context
        return Question(
            self.id, context.actor or 0, self.kind, self.operation, self.change, context.reason, context.at
        )


def request_of(question_id: int) -> str:
    """Return the request id under which a question is kept."""
    return f"{question_id}:question"


@query
def kept_question(tx: ReadTransaction, question_id: int) -> tuple[Question | None, bool]:
    """Return a question, None if it is not known any more, and whether it was confirmed already."""
    outcome = tx.fetch_value(_OUTCOME, (request_of(question_id),))
    done = bool(tx.fetch_value(_DONE, (str(question_id),)))
    return (AskQuestion.result_adapter().validate_json(outcome) if outcome is not None else None), done
