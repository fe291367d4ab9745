"""The types of fields, with the ranges that the schema checks as well."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from modelus_bot.text.exact_ids import exact_id

__all__ = [
    "PLACEHOLDER_LIMIT",
    "CoverStatus",
    "DisciplineKey",
    "MemberName",
    "OptionalReason",
    "Reason",
    "RosterPosition",
    "Snowflake",
    "SprintName",
    "StaffRole",
]

PLACEHOLDER_LIMIT = 2**40
"""Ids below are placeholders of people imported without a Discord account; Discord starts far above."""

Snowflake = Annotated[int, Field(ge=1, lt=2**63), BeforeValidator(exact_id)]
"""A Discord id, or the placeholder of somebody imported without one."""

DisciplineKey = Annotated[str, Field(min_length=1, max_length=32)]
MemberName = Annotated[str, Field(min_length=1, max_length=100)]
SprintName = Annotated[str, Field(min_length=1, max_length=60)]
Reason = Annotated[str, Field(min_length=1, max_length=300)]
OptionalReason = Annotated[str, Field(max_length=300)] | None
RosterPosition = Annotated[int, Field(ge=1, le=500)]

StaffRole = Literal["developer", "designer", "tester", "project_manager", "admin"]
CoverStatus = Literal["open", "taken", "approved", "declined", "withdrawn", "expired", "revoked"]
