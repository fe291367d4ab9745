"""Questions are kept as the answer to a request of their own, and found again by their number."""

from __future__ import annotations

from pathlib import Path

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.domain.questions import (
    AskQuestion,
    CloseQuestion,
    NoteMessages,
    Question,
    kept_messages,
    kept_question,
    request_of,
)
from modelus_bot.subjects.members.writes.members import SetRole

NUMBER, MANAGER, PERSON = 1_576_873_902_309_638_483, 1_576_873_902_309_638_484, 1_576_873_902_309_638_485


async def test_a_question_is_found_by_its_number_until_it_is_forgotten(tmp_path: Path) -> None:
    """With who was asked, what is to be done and why; and it is known whether it was done."""
    path = tmp_path / "bot.db"
    change = SetRole(discord_id=PERSON, username="Pat", role="tester")
    asked = Context(actor=MANAGER, request_id=str(NUMBER), reason="Why", at=1_800_000_000, discord_admin=True)
    async with DatabaseManager(path, DatabaseSettings(path=path)) as db:
        assert await db.read(kept_question, NUMBER) == (None, False)
        write = AskQuestion(id=NUMBER, kind="k", operation="SetRole", change=change.model_dump_json())
        question = await db.write(write, asked.numbered(request_of(NUMBER)))
        assert question == Question(
            NUMBER, MANAGER, "k", "SetRole", change.model_dump_json(), "Why", asked.at
        )
    async with DatabaseManager(path, DatabaseSettings(path=path)) as db:
        assert await db.read(kept_question, NUMBER) == (question, False)
        again = SetRole.model_validate_json(question.change)
        await db.write(again, asked)
        assert await db.read(kept_question, NUMBER) == (question, True)


async def test_where_it_is_told_of_and_that_it_was_decided_are_kept(tmp_path: Path) -> None:
    """Each under a number of its own, so that neither is taken for the other, and both are there once."""
    path = tmp_path / "bot.db"
    asked = Context(actor=MANAGER, at=1_800_000_000, discord_admin=True)
    places = ((1, NUMBER), (2, PERSON))
    async with DatabaseManager(path, DatabaseSettings(path=path)) as db:
        assert await db.read(kept_messages, NUMBER) == ()
        write = AskQuestion(id=NUMBER, kind="k", operation="", change="{}", patience=600)
        question = await db.write(write, asked.numbered(request_of(NUMBER)))
        assert question.patience == 600
        await db.write(NoteMessages(messages=places), asked.numbered(request_of(NUMBER, "messages")))
        assert await db.read(kept_question, NUMBER) == (question, False)
        for _ in range(2):
            await db.write(CloseQuestion(), asked.numbered(str(NUMBER)))
    async with DatabaseManager(path, DatabaseSettings(path=path)) as db:
        assert await db.read(kept_messages, NUMBER) == places
        assert await db.read(kept_question, NUMBER) == (question, True)
