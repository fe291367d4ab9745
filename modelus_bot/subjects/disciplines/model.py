"""What a discipline, a kind of duty, is, and which ones there are from the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from modelus_bot.domain.fields import DisciplineKey

__all__ = ["DEFAULT_DISCIPLINES", "Discipline", "DisciplineSpec"]


@dataclass(frozen=True, slots=True)
class Discipline:
    """A duty: its key, the name people read, its Discord role, and how its rotation is made."""

    key: str
    label: str
    role_id: int | None
    scheduler: str
    is_active: bool


class DisciplineSpec(BaseModel):
    """A discipline that should exist."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: DisciplineKey
    label: Annotated[str, Field(min_length=1, max_length=60)]
    scheduler: Literal["carry", "modulo"] = "carry"


DEFAULT_DISCIPLINES = (
    DisciplineSpec(key="account", label="Account"),
    DisciplineSpec(key="producer", label="Producer"),
    DisciplineSpec(key="po", label="Product owner"),
    DisciplineSpec(key="ui_eng", label="UI engineer"),
    DisciplineSpec(key="be_eng", label="Backend engineer"),
)
