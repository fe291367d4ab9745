"""The types of fields that changes of laws share, with the ranges that the schema checks as well."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

__all__ = [
    "BODY_LIMIT",
    "MOST_TAGS",
    "NAME_LIMIT",
    "NOTE_LIMIT",
    "LawBody",
    "LawNumber",
    "LawTitle",
    "Note",
    "TagNumbers",
    "Version",
]

NAME_LIMIT, BODY_LIMIT, NOTE_LIMIT = 100, 4000, 300
MOST_TAGS = 5

LawNumber = Annotated[int, Field(ge=1, lt=2**63)]
LawTitle = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]
LawBody = Annotated[str, Field(min_length=1, max_length=BODY_LIMIT)]
Note = Annotated[str, Field(max_length=NOTE_LIMIT)] | None
TagNumbers = Annotated[tuple[LawNumber, ...], Field(max_length=MOST_TAGS)]
Version = Annotated[int, Field(ge=1)] | None
