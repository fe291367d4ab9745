"""The types of fields that changes of loans share, with the ranges that the schema checks as well."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

__all__ = ["Amount", "Code", "Principal", "Rate", "Term"]

Code = Annotated[str, Field(min_length=6, max_length=12)]
Principal = Annotated[int, Field(ge=10**8, le=10**12)]
"""Whole dollars."""
Amount = Annotated[int, Field(ge=1, le=900_000_000_000_000)]
Rate = Annotated[int, Field(ge=0, le=5000)]
"""Hundredths of a percent a year."""
Term = Annotated[int, Field(ge=1, le=360)]
"""Months, each of which is a turn."""
