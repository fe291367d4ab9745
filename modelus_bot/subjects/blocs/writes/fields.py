"""The types of fields that changes of blocs share, with the ranges that the schema checks as well."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

__all__ = ["BlocDescription", "BlocName", "BlocNumber"]

BlocNumber = Annotated[int, Field(ge=1, lt=2**63)]
BlocName = Annotated[str, Field(min_length=1, max_length=50)]
BlocDescription = Annotated[str, Field(min_length=1, max_length=500)]
