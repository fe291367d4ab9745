"""Reads the files: from a folder to texts, from texts to a typed source, or to a sentence about the place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)

from modelus_bot.config.units import MEGABYTE
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.rotation_import.model.source import (
    RotationSource,
    SourceOverride,
    SourcePerson,
    SourceSprint,
    SourceState,
)
from modelus_bot.subjects.rotation_import.rules.days import Taken, day_taken, remarks_on
from modelus_bot.text.exact_ids import exact_id

__all__ = ["FILES", "PEOPLE", "parse", "read_folder"]

FILES = ("sprints.json", "disciplines.json", "currentState.json", "overrides.json")
PEOPLE = "people.json"
LARGEST = 5 * MEGABYTE
"""Bytes a file may have; the files of a rota of many years have a few hundred thousand."""

T = TypeVar("T")


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_instant(value: Any) -> int | None:
    """Read an ISO 8601 time or a number of (milli)seconds as UTC seconds; None if it is neither."""
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value.strip())
            seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if value > 100_000_000_000 else float(value)
        else:
            return None
        return int(seconds) if 946_684_800 <= seconds < 7_258_118_400 else None
    except (ValueError, OverflowError):
        return None


def _as_day(value: Any, info: ValidationInfo) -> Taken:
    return day_taken(value, ZoneInfo((info.context or {}).get("zone", Calendar().zone)))


SlackId = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(min_length=1, max_length=64, pattern=r"^[\w.@-]+$"),
]
FreeText = Annotated[str, Field(max_length=500)]
Index = Annotated[StrictInt, Field(ge=0, le=1_000_000)]
Instant = Annotated[int | None, BeforeValidator(_as_instant)]
Day = Annotated[Taken, BeforeValidator(_as_day)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Sprint(_Entry):
    name: Annotated[str, Field(alias="sprintName", min_length=1, max_length=500)]
    start: Day = Field(alias="startDate")
    end: Day = Field(alias="endDate")
    index: Index | None = Field(None, alias="sprintIndex")


class _Person(_Entry):
    slack_id: SlackId = Field(alias="slackId")
    name: FreeText | None = None
    active: StrictBool | None = None


class _Override(_Entry):
    index: Index = Field(alias="sprintIndex")
    role: Annotated[str, Field(min_length=1, max_length=64)]
    replacement: SlackId | None = Field(None, alias="newSlackId")
    replacement_name: FreeText | None = Field(None, alias="newName")
    requested_by: FreeText | None = Field(None, alias="requestedBy")
    approved: StrictBool | None = None
    approved_by: FreeText | None = Field(None, alias="approvedBy")
    asked_at: Instant = Field(None, alias="timestamp")
    approved_at: Instant = Field(None, alias="approvalTimestamp")


_SPRINTS = TypeAdapter(Annotated[list[_Sprint], Field(max_length=2000)])
_DISCIPLINES = TypeAdapter(
    Annotated[dict[str, Annotated[list[_Person], Field(max_length=400)]], Field(max_length=50)]
)
_STATE = TypeAdapter(Annotated[dict[str, Any], Field(max_length=100)])
_HOLDER = TypeAdapter(SlackId | None)
_INDEX = TypeAdapter(Index | None)
_OVERRIDES = TypeAdapter(Annotated[list[_Override], Field(max_length=10_000)])
_PEOPLE = TypeAdapter(
    Annotated[
        dict[str, Annotated[int, Field(ge=PLACEHOLDER_LIMIT, lt=2**63), BeforeValidator(exact_id)]],
        Field(max_length=10_000),
    ]
)


def read_folder(folder: Path, people: Path | None = None, *, zone: str = Calendar().zone) -> RotationSource:
    """Read the four files of ``folder``, and ``people`` or the folder's people.json where it exists.

    Days written as instants are days of ``zone``. Raises ``ImportProblem`` naming the file and the place.
    """
    if not folder.is_dir():
        raise ImportProblem(f"{folder} is not a folder.")
    texts = {name: text for name in FILES if (text := _read(folder / name)) is not None}
    named = _read(people if people is not None else folder / PEOPLE)
    if named is None and people is not None:
        raise ImportProblem(f"{people} does not exist.")
    return parse(texts if named is None else texts | {PEOPLE: named}, zone)


def parse(texts: Mapping[str, str], zone: str = Calendar().zone) -> RotationSource:
    """Turn the files' texts, by file name, into a source; raises ``ImportProblem``.

    Days written as instants are days of ``zone``.
    """
    if not {"sprints.json", "disciplines.json"} & texts.keys():
        raise ImportProblem(
            "Neither sprints.json nor disciplines.json is there."
            " Give the folder in which the Triage Rotation Bot keeps its JSON files."
        )
    remarks: list[str] = []
    found = {name: _json(name, text) for name, text in texts.items()}
    people = _people(found.get(PEOPLE, {}))
    return RotationSource(
        sprints=_sprints(found.get("sprints.json", []), zone, remarks),
        disciplines=_disciplines(found.get("disciplines.json", {})),
        state=_state(found.get("currentState.json"), found.get("disciplines.json", {}), remarks),
        overrides=_overrides(found.get("overrides.json", []), remarks),
        people=people,
        missing=tuple(name for name in FILES if name not in texts),
        remarks=tuple(remarks),
    )


def _read(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ImportProblem(f"{path.name} is larger than {LARGEST // MEGABYTE} MB; this is no rota.")
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ImportProblem(f"{path} cannot be read: {in_words(error)}.") from error
    except UnicodeDecodeError as error:
        raise ImportProblem(f"{path.name} is not UTF-8 text (byte {error.start}).") from error


def _json(name: str, text: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ImportProblem(f"{name}: the key {_shown(twice)} occurs twice in one object.")
        return result

    def refuse(constant: str) -> NoReturn:
        raise ImportProblem(f"{name}: {constant} is not JSON.")

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise ImportProblem(
            f"{name}, line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ImportProblem(f"{name}: this is not JSON that can be read ({error}).") from error


def _checked(
    adapter: TypeAdapter[T], value: Any, name: str, *place: str, context: dict[str, Any] | None = None
) -> T:
    try:
        return adapter.validate_python(value, context=context)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = [name, *place, *(_part(part) for part in problem["loc"])]
        message = problem["msg"].removeprefix("Value error, ")
        more = "" if (others := error.error_count() - 1) == 0 else f" ({others} more problems)"
        raise ImportProblem(
            f"{', '.join(where)}: {_shown(problem['input'])}: {message[:1].lower()}{message[1:]}.{more}"
        ) from None


def _part(part: int | str) -> str:
    return f"entry {part + 1}" if isinstance(part, int) else _shown(part).strip('"')


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _people(value: Any) -> dict[str, int]:
    people: dict[str, int] = _checked(_PEOPLE, value, PEOPLE)
    owners: dict[int, str] = {}
    for slack_id, account in people.items():
        if (other := owners.setdefault(account, slack_id)) != slack_id:
            raise ImportProblem(
                f"{PEOPLE}: {_shown(other)} and {_shown(slack_id)} are given the same Discord account"
                f" {account}. Correct one of them."
            )
    return people


def _sprints(value: Any, zone: str, remarks: list[str]) -> tuple[SourceSprint, ...]:
    found = _checked(_SPRINTS, value, "sprints.json", context={"zone": zone})
    remarks += remarks_on((day for item in found for day in (item.start, item.end)), "sprints.json", zone)
    return tuple(SourceSprint(item.name, item.start.day, item.end.day, item.index) for item in found)


def _disciplines(value: Any) -> dict[str, tuple[SourcePerson, ...]]:
    return {
        key: tuple(
            SourcePerson(person.slack_id, person.name, person.active is not False) for person in people
        )
        for key, people in _checked(_DISCIPLINES, value, "disciplines.json").items()
    }


def _state(value: Any, disciplines: Any, remarks: list[str]) -> SourceState | None:
    if value is None:
        return None
    name = "currentState.json"
    fields: dict[str, Any] = _checked(_STATE, value, name)
    index = _checked(_INDEX, fields.get("sprintIndex"), name, "sprintIndex")
    strange = sorted(key for key in fields if key not in disciplines and key != "sprintIndex")
    if strange:
        shown = ", ".join(map(_shown, strange[:5]))
        remarks.append(f"{name}: {shown} {'is' if len(strange) == 1 else 'are'} no discipline; left out.")
    holders = {
        key: _checked(_HOLDER, holder, name, _part(key))
        for key, holder in fields.items()
        if key in disciplines
    }
    return SourceState(index, {key: holder for key, holder in holders.items() if holder is not None})


def _overrides(value: Any, remarks: list[str]) -> tuple[SourceOverride, ...]:
    entries = _checked(_OVERRIDES, value, "overrides.json")
    remarks += [
        f"overrides.json, entry {number}: {key} {_shown(item[key])} is no time that can be read;"
        " it counts as not given."
        for number, item in enumerate(value, 1)
        for key in ("timestamp", "approvalTimestamp")
        if item.get(key) is not None and _as_instant(item[key]) is None
    ]
    return tuple(
        SourceOverride(
            entry.index, entry.role, entry.replacement, entry.replacement_name, entry.requested_by or None,
            bool(entry.approved), entry.approved_by or None, entry.asked_at, entry.approved_at,
        )
        for entry in entries
    )  # fmt: skip
