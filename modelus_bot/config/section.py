"""What every section of the settings has in common, and the mark of settings that apply at once."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic.fields import FieldInfo

from modelus_bot.text.exact_ids import exact_id

__all__ = [
    "LIVE",
    "TIME_OF_DAY",
    "DiscordId",
    "Duration",
    "Seconds",
    "Section",
    "TimeOfDay",
    "Weekday",
    "applies_live",
    "minute_of",
    "weekday_number",
]

TIME_OF_DAY = r"^([01]\d|2[0-3]):[0-5]\d$"

Seconds = Annotated[float, Field(gt=0, le=3600)]
Duration = Annotated[float, Field(ge=1, le=31 * 86_400)]
DiscordId = Annotated[int, BeforeValidator(exact_id)]
TimeOfDay = Annotated[str, Field(pattern=TIME_OF_DAY)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

LIVE: dict[str, Any] = {"applies": "at once"}
"""Marks a setting whose edit reaches the running parts; without the mark it waits for the next start."""


def minute_of(time: str) -> int:
    """Return the minutes after midnight of a ``TimeOfDay``."""
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


def weekday_number(day: Weekday) -> int:
    """Return a day as ``date.weekday()`` counts it: Monday is 0."""
    return get_args(Weekday).index(day)


class Section(BaseModel):
    """A section of ``config.toml``: unknown keys are refused, and yes-or-no is no number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _not_yes_or_no(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("is not a yes-or-no setting")  # noqa: TRY004 - pydantic reports a ValueError
        return value

    def edited(self, new: Self) -> Self:
        """Return this section with the values of ``new`` for the settings that apply at once."""
        live = [name for name, field in type(self).model_fields.items() if applies_live(field)]
        return self.model_copy(update={name: getattr(new, name) for name in live})


def applies_live(field: FieldInfo) -> bool:
    """Say whether an edit of the setting reaches the running parts."""
    return field.json_schema_extra == LIVE
