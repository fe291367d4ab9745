"""Why the database is not well, in words for administrators."""

import pytest

from modelus_bot.database.core.errors import (
    DatabaseBusy,
    DatabaseError,
    DatabaseUnavailable,
    DiskFull,
    FileMoved,
    SchemaMismatch,
)
from modelus_bot.database.health.causes import cause_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DatabaseBusy(), "Another program holds the lock on its file."),
        (DatabaseUnavailable(cause=DatabaseBusy()), "Another program holds the lock on its file."),
        (
            DatabaseUnavailable(cause=DatabaseUnavailable(cause=DiskFull())),
            "The disk is full. Free some space.",
        ),
        (FileMoved(), "Its file cannot be reached."),
        (SchemaMismatch(), SchemaMismatch().user_message),
    ],
)
def test_administrators_read_what_to_do(error: DatabaseError, words: str) -> None:
    """The failure behind a refusal is named with what helps; nobody is told to try again in a moment."""
    said = cause_words(error) or ""
    assert said.startswith(words)
    assert isinstance(error, SchemaMismatch) or "try again" not in said


def test_nothing_is_said_of_a_sound_database() -> None:
    """Without a failure there is no reason."""
    assert cause_words(None) is None
