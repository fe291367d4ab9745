"""Questions that wait for their answer: known to this process, kept in the database, and how each stands."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from loguru import logger

from modelus_bot.database import Context, DatabaseError, change_begun
from modelus_bot.domain.questions import AskQuestion, Question, kept_question, request_of

if TYPE_CHECKING:
    import discord

    from modelus_bot.bot import ModelUsBot
    from modelus_bot.ui.cards import Card

__all__ = ["OpenQuestion", "OpenQuestions"]

REMEMBERED = 500
"""Questions that are known without asking the database."""

Standing = Literal["open", "cancelling", "closed", "done"]


@dataclass(slots=True)
class OpenQuestion:
    """A question that this process knows, and how it stands."""

    question: Question
    standing: Standing = "open"
    working: bool = False
    said: Card | None = None
    """The card that says how it ended."""
    shown: tuple[discord.PartialMessage, ...] = ()
    """Where it is told of besides."""
    asked_here: bool = False
    """Whether this process asked it."""

    def take(self, *, yes: bool) -> bool:
        """Let one press work at a time, and say whether it is this one; what was done is only shown again."""
        if self.working:
            return False
        self.working = True
        if not yes and self.standing == "open":
            self.standing = "cancelling"
        return True

    def show(self, *messages: discord.PartialMessage) -> None:
        """Note where it is told of besides."""
        self.shown += messages

    def settle(self, standing: Standing, said: Card) -> None:
        """Note how it ended and the card that says so; whoever presses again reads the same."""
        self.standing, self.said = standing, said

    def release(self) -> None:
        """Let the next press in; a press that could not even be acknowledged has changed nothing."""
        self.working = False
        if self.standing == "cancelling":
            self.standing = "open"


class OpenQuestions:
    """The questions that this process has asked or was answered lately; the rest is in the database."""

    def __init__(self) -> None:
        """Know none."""
        self._known: OrderedDict[int, OpenQuestion] = OrderedDict()

    async def keep(self, bot: ModelUsBot, question: AskQuestion, context: Context) -> OpenQuestion:
        """Keep a question and return it; while the database is away this process alone knows it."""
        before = change_begun.get()
        try:
            kept = await bot.db.write(question, context.numbered(request_of(question.id)))
        except DatabaseError as error:
            logger.bind(question=question.id, detail=error.detail).info("question_not_kept")
            kept = question.question(context.actor or 0, context.reason, context.at)
        change_begun.set(before)
        return self._remember(OpenQuestion(kept, asked_here=True))

    async def find(self, bot: ModelUsBot, question_id: int) -> OpenQuestion | None:
        """Return a question; None for one that nobody knows any more. Raises ``DatabaseError``."""
        known = self._known.get(question_id)
        if known is not None:
            return known
        question, done = await bot.db.read(kept_question, question_id)
        if question is None:
            return None
        late = time.time() > question.at + question.patience
        standing: Standing = "done" if done else "closed" if late else "open"
        return self._remember(OpenQuestion(question, standing))

    def known(self, question_id: int) -> OpenQuestion | None:
        """Return a question that this process remembers."""
        return self._known.get(question_id)

    def close(self, question_id: int) -> bool:
        """Close a question that nobody has answered; False if somebody has."""
        known = self._known.get(question_id)
        if known is None or known.working or known.standing != "open":
            return False
        known.standing = "closed"
        return True

    def _remember(self, question: OpenQuestion) -> OpenQuestion:
        known = self._known.setdefault(question.question.id, question)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return known
