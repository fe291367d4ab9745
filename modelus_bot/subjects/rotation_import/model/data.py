"""The rota after mending: consistent, and small enough to be the payload of one write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from modelus_bot.domain.fields import DisciplineKey, MemberName, Snowflake, SprintName

__all__ = [
    "CoverData",
    "DisciplineData",
    "Mended",
    "PersonData",
    "PlaceData",
    "RotationData",
    "SprintData",
    "StateData",
]

Index = Annotated[int, Field(ge=0, le=2_000_000)]


@dataclass(frozen=True, slots=True)
class Mended:
    """Something in the files that was put right, left out, or is worth knowing; ``kind`` groups them."""

    kind: str
    sentence: str


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PersonData(_Data):
    """A person: their Discord id, or the placeholder that stands for it until it is known."""

    slack_id: str
    id: Snowflake
    placeholder: Snowflake
    name: MemberName


class SprintData(_Data):
    """A sprint with its number."""

    index: Index
    name: SprintName
    start: date
    end: date


class PlaceData(_Data):
    """A person's place on a roster, in the file's order."""

    user_id: Snowflake
    active: bool


class DisciplineData(_Data):
    """A discipline and its roster."""

    key: DisciplineKey
    label: Annotated[str, Field(min_length=1, max_length=60)]
    roster: tuple[PlaceData, ...]

    def holder(self, index: int) -> int | None:
        """Return whose turn sprint ``index`` is: the active people in order, round and round."""
        active = [place.user_id for place in self.roster if place.active]
        return active[index % len(active)] if active else None


class StateData(_Data):
    """Who was on duty when the files were written: user ids by discipline."""

    index: Index
    holders: dict[DisciplineKey, Snowflake]


class CoverData(_Data):
    """A cover request; ``open`` ones become expired if their sprint is over. Times are UTC seconds."""

    index: Index
    discipline: DisciplineKey
    requested_by: Snowflake
    original_id: Snowflake
    replacement_id: Snowflake | None
    status: Literal["open", "approved", "revoked"]
    decided_by: Snowflake | None
    decided_at: int | None
    asked_at: int
    attempts: Annotated[int, Field(ge=1)] = 1


class RotationData(_Data):
    """Everything that is imported, and what was mended on the way."""

    people: tuple[PersonData, ...] = ()
    disciplines: tuple[DisciplineData, ...] = ()
    sprints: tuple[SprintData, ...] = ()
    state: StateData | None = None
    covers: tuple[CoverData, ...] = ()
    mended: tuple[Mended, ...] = ()
