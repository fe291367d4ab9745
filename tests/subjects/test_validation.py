"""Fields that do not fit: the sentence names the field, the value and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from modelus_bot.database.core.operation import Write
from modelus_bot.domain.sentences import validation_sentence
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.covers.writes.steps import RequestCover
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.subjects.notices.writes.sending import MarkDelivered
from modelus_bot.subjects.oncall.writes import HandoffNote
from modelus_bot.subjects.rosters.writes.edits import AddToRoster, SetAway
from modelus_bot.subjects.sprints.writes import AddSprint, EditSprint
from tests.subjects.operations import operations

AGAIN = "Nothing was changed. Correct it and try again."
DAY = date(2026, 1, 5)


def sentence(build: Callable[[], object]) -> str:
    """Return the sentence for what cannot be built."""
    with pytest.raises(ValidationError) as caught:
        build()
    found = validation_sentence(caught.value)
    assert found.endswith(AGAIN)
    return found.removesuffix(AGAIN).strip()


def given(model: type[Write[Any]], **fields: object) -> Callable[[], object]:
    """Return what builds an operation from unchecked fields."""
    return lambda: model.model_validate(fields)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (
            given(AddToRoster, member_id=1, name="A", discipline="po", position=900),
            "The position “900” does not fit: it must be a whole number, 1 to 500.",
        ),
        (
            given(AddToRoster, member_id=1, name="A", discipline="po", position="first"),
            "The position “first” does not fit: it must be a whole number, 1 to 500.",
        ),
        (
            given(AddToRoster, member_id=0, name="A", discipline="po"),
            "The member “0” does not fit: it must be a whole number, 1 to 9223372036854775807.",
        ),
        (
            given(AddToRoster, member_id=2**63, name="A", discipline="po"),
            (
                "The member “9223372036854775808” does not fit:"
                " it must be a whole number, 1 to 9223372036854775807."
            ),
        ),
        (
            given(AddSprint, name="x" * 61, start=DAY, end=DAY),
            "The name has 61 characters, but it must be 1 to 60 characters long.",
        ),
        (given(AddSprint, name="  ", start=DAY, end=DAY), "The name is missing."),
        (given(AddSprint, start=DAY, end=DAY), "The name is missing."),
        (
            given(AddSprint, name="x", start="2026-02-30", end=DAY),
            "The first day “2026-02-30” does not fit: it must be a day that exists, written like 2026-01-31.",
        ),
        (
            given(SetAway, member_id=1, away_to="soon"),
            "The last day away “soon” does not fit: it must be a day that exists, written like 2026-01-31.",
        ),
        (
            given(SetRole, discord_id=1, username="A", role="king"),
            (
                "The role “king” does not fit: it must be one of developer, designer, tester,"
                " project_manager, admin."
            ),
        ),
        (
            given(EditSprint, sprint_id=1, reason="r" * 301),
            "The reason has 301 characters, but it must be 1 to 300 characters long.",
        ),
        (
            given(RequestCover, sprint_id=1, discipline="po", reason="r" * 301),
            "The reason has 301 characters, but it must be at most 300 characters long.",
        ),
        (given(RequestCover, sprint_id=None, discipline="po"), "The sprint is missing."),
        (
            given(RequestCover, sprint_id="x" * 100, discipline="po"),
            f"The sprint “{'x' * 60}…” does not fit: it must be a whole number.",
        ),
        (
            given(HandoffNote, text="t" * 501),
            "The text has 501 characters, but it must be 1 to 500 characters long.",
        ),
        (given(HandoffNote, text="t", colour="red"), "“colour” is not something that can be given here."),
        (
            given(AddToRoster, member_id=1, name=5, discipline="po"),
            "The name “5” does not fit: it must be 1 to 100 characters long.",
        ),
        (
            given(MarkDelivered, ids=()),
            "The list of notices “()” does not fit: it must have 1 to 200 entries.",
        ),
        (
            given(EnsureDisciplines, disciplines=({"key": "po", "label": "x" * 61},)),
            "The label has 61 characters, but it must be at most 60 characters long.",
        ),
    ],
)
def test_one_field(build: Callable[[], object], expected: str) -> None:
    """In the words of the command, with the whole range."""
    assert sentence(build) == expected


def test_several_fields_are_named_at_once_up_to_three() -> None:
    """So that they can be corrected together."""
    found = sentence(given(AddToRoster, member_id=0, name="", discipline="x" * 33, position=0))
    assert found.count("The ") == 3
    assert "The position" not in found


def test_other_models_are_answered_from_what_pydantic_says() -> None:
    """A model that is no operation has no known ranges; the broken bound is still named."""

    class Odd(BaseModel):
        odd: int

    assert sentence(lambda: Odd.model_validate({"odd": "x"})) == (
        "The value “x” does not fit: it must be a whole number."
    )
    assert sentence(lambda: Odd.model_validate("x")) == "What was given does not have the expected form."


BY_THE_BOT = (".pruning", ".questions", ".saved_changes", "clock.writes", "maintenance.writes")
"""Modules of operations that nobody but the bot itself fills in."""


def test_every_field_of_every_operation_has_words() -> None:
    """No name of a field of what people fill in ever reaches them; the bot fills in the rest by itself."""
    fields = {
        name
        for operation in operations()
        if not operation.__module__.endswith(BY_THE_BOT)
        for name in operation.model_fields
    }
    assert fields - set(DECLARED.fields) == set()
