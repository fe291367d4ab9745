"""The types of fields that changes of nations share, with the ranges that the schema checks as well."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.subjects.nations.rules.figures import MOST_MONEY, MOST_PEOPLE, WHOLE

__all__ = ["Force", "Money", "NationName", "NationNumber", "People", "Rate"]

NationName = Annotated[str, Field(min_length=1, max_length=50)]
NationNumber = Annotated[int, Field(ge=1, lt=2**63)]
Money = Annotated[int, Field(ge=0, le=MOST_MONEY)]
"""Whole dollars."""
People = Annotated[int, Field(ge=0, le=MOST_PEOPLE)]
Rate = Annotated[int, Field(ge=0, le=WHOLE)]
"""Hundredths of a percent."""
Force = Annotated[int, Field(ge=0, le=100)]
"""Tenths."""
