"""One thing that was looked at: how it is, and what to do if it is not well."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rich.text import Text

from modelus_bot.cli.terminal import console
from modelus_bot.database import DatabaseError
from modelus_bot.runtime.os_errors import in_words

__all__ = ["Finding", "Grade", "Look", "findings_of", "show"]


class Grade(StrEnum):
    """How a finding is meant."""

    FINE = "fine"
    NOTE = "note"
    BAD = "bad"


_MARKS = {Grade.FINE: ("✓", "green"), Grade.NOTE: ("!", "yellow"), Grade.BAD: ("✗", "red")}


@dataclass(frozen=True, slots=True)
class Finding:
    """``about`` is what was looked at, in one word that stays as it is."""

    grade: Grade
    text: str
    about: str = ""


Look = Callable[[], Awaitable[Sequence[Finding]]]


async def findings_of(about: str, look: Look) -> tuple[Finding, ...]:
    """Look at one thing; that it cannot be looked at is a finding like any other."""
    try:
        found = await look()
    except DatabaseError as error:
        found = [Finding(Grade.BAD, f"The {about} could not be looked at: {error.detail or error}.")]
    except Exception as error:  # noqa: BLE001 - nothing may hide what there is to say of the rest
        found = [Finding(Grade.BAD, f"The {about} could not be looked at: {in_words(error)}.")]
    return tuple(replace(item, about=about) for item in found)


def show(finding: Finding) -> None:
    """Print it with its mark."""
    mark, colour = _MARKS[finding.grade]
    console().print(Text.assemble((mark, colour), " ", finding.text))
