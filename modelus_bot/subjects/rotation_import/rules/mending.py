"""Makes a consistent rota of what was found, with a sentence for everything that is put right. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from modelus_bot.subjects.rotation_import.model.data import (
    DisciplineData,
    Mended,
    PlaceData,
    RotationData,
    SprintData,
    StateData,
)
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.rotation_import.model.source import RotationSource, SourcePerson, SourceSprint
from modelus_bot.subjects.rotation_import.rules.covers import CoverMender
from modelus_bot.subjects.rotation_import.rules.people import People, cleaned
from modelus_bot.text.escaping import folded

__all__ = ["mend"]

_LABELS = {
    "account": "Account",
    "producer": "Producer",
    "po": "Product owner",
    "ui_eng": "UI engineer",
    "be_eng": "Backend engineer",
}
_CONSEQUENCES = {
    "sprints.json": "no sprints, covers or duties are imported",
    "disciplines.json": "no rosters, covers or duties are imported",
    "currentState.json": "the present holders follow from the rotation",
    "overrides.json": "no covers are imported",
}


def mend(source: RotationSource) -> RotationData:
    """Return the rota to import; raises ``ImportProblem`` for what nobody can decide but its owner."""
    mended = [
        Mended("missing_file", f"{name} is not there: {_CONSEQUENCES[name]}.") for name in source.missing
    ]
    mended += [Mended("unreadable", sentence) for sentence in source.remarks]
    people = People(source.people, mended)
    keys = _keys(source.disciplines, mended)
    disciplines = tuple(
        DisciplineData(
            key=keys[name],
            label=_LABELS.get(keys[name], keys[name].replace("_", " ").capitalize()),
            roster=_roster(name, members, people, mended),
        )
        for name, members in source.disciplines.items()
    )
    sprints = _sprints(source.sprints, mended)
    state = _state(source, keys, people, mended)
    mender = CoverMender({sprint.index: sprint for sprint in sprints}, disciplines, keys, people, mended)
    covers = mender.covers(source.overrides)
    return RotationData(
        people=tuple(people),
        disciplines=disciplines,
        sprints=sprints,
        state=state,
        covers=covers,
        mended=tuple(mended),
    )


def _keys(disciplines: Mapping[str, object], mended: list[Mended]) -> dict[str, str]:
    """Give each of the file's disciplines its key here: ``uiEng`` is ``ui_eng``."""
    keys: dict[str, str] = {}
    for name in disciplines:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        key = re.sub(r"[^a-z0-9]+", "_", words).strip("_")[:32]
        if not key:
            raise ImportProblem(
                f"disciplines.json: “{cleaned(name, 40)}” cannot be used as a discipline's name."
            )
        if key in keys.values():
            raise ImportProblem(f"disciplines.json: two disciplines would be called {key}. Rename one.")
        if key not in _LABELS:
            mended.append(
                Mended("discipline", f"The discipline {key} is new; it is added to the usual five.")
            )
        keys[name] = key
    return keys


def _roster(
    discipline: str, members: tuple[SourcePerson, ...], people: People, mended: list[Mended]
) -> tuple[PlaceData, ...]:
    places: dict[int, PlaceData] = {}
    for person in members:
        user_id = people.add(person.slack_id, person.name)
        if user_id in places:
            mended.append(
                Mended(
                    "duplicate",
                    f"disciplines.json: {people.name(user_id)} is listed twice in {discipline};"
                    " the first place counts.",
                )
            )
            continue
        places[user_id] = PlaceData(user_id=user_id, active=person.active)
    idle = [people.name(place.user_id) for place in places.values() if not place.active]
    if idle:
        mended.append(
            Mended(
                "inactive", f"{discipline}: inactive and without turns, as in the file: {', '.join(idle)}."
            )
        )
    return tuple(places.values())


def _sprints(found: tuple[SourceSprint, ...], mended: list[Mended]) -> tuple[SprintData, ...]:
    numbered = _numbered(found, mended)
    sprints = []
    for index, sprint in sorted(numbered.items()):
        if sprint.end <= sprint.start:
            raise ImportProblem(
                f"sprints.json: “{cleaned(sprint.name, 60)}” ends on {sprint.end}, which is not after its"
                f" start on {sprint.start}. Correct it in the file."
            )
        name = cleaned(sprint.name, 60) or f"Sprint {index}"
        if name != sprint.name:
            mended.append(Mended("name", f"sprints.json: sprint {index} is called “{name}” here."))
        sprints.append(SprintData(index=index, name=name, start=sprint.start, end=sprint.end))
    _check_calendar(sprints, mended)
    _note_same_names(sprints, mended)
    return tuple(sprints)


def _note_same_names(sprints: list[SprintData], mended: list[Mended]) -> None:
    """Say which names several sprints share: they can be picked by their days, and not be typed."""
    often = Counter(folded(sprint.name) for sprint in sprints)
    names = {folded(sprint.name): sprint.name for sprint in sprints}
    for key, count in often.items():
        if count > 1:
            mended.append(
                Mended(
                    "name",
                    f"sprints.json: {count} sprints are called “{names[key]}”; pick them from the list by"
                    " their days, or give them names with /sprint edit.",
                )
            )


def _numbered(found: tuple[SourceSprint, ...], mended: list[Mended]) -> dict[int, SourceSprint]:
    """Number the sprints: as the file says, else by their place; copies of the same sprint count once."""
    unnumbered = sum(item.index is None for item in found)
    if unnumbered:
        mended.append(
            Mended(
                "index",
                f"sprints.json: {unnumbered} of {len(found)} sprints have no sprintIndex;"
                " their place in the file counts.",
            )
        )
    numbered: dict[int, SourceSprint] = {}
    for place, sprint in enumerate(found):
        index = place if sprint.index is None else sprint.index
        other = numbered.get(index)
        if other is not None and (other.start, other.end) != (sprint.start, sprint.end):
            raise ImportProblem(
                f"sprints.json: “{cleaned(other.name, 60)}” and “{cleaned(sprint.name, 60)}” would both be"
                f" number {index}. Give one of them another sprintIndex."
            )
        if any((item.start, item.end) == (sprint.start, sprint.end) for item in numbered.values()):
            mended.append(
                Mended(
                    "duplicate",
                    f"sprints.json: “{cleaned(sprint.name, 60)}” ({sprint.start} to {sprint.end})"
                    " is there twice; the first counts.",
                )
            )
            continue
        numbered[index] = sprint
    return numbered


def _check_calendar(sprints: list[SprintData], mended: list[Mended]) -> None:
    for before, after in pairwise(sorted(sprints, key=lambda sprint: sprint.start)):
        if after.start < before.end:
            raise ImportProblem(
                f"sprints.json: “{before.name}” ({before.start} to {before.end}) and “{after.name}”"
                f" ({after.start} to {after.end}) overlap. Correct one of them in the file."
            )
        days = (after.start - before.end).days
        if days:
            shown = "1 day" if days == 1 else f"{days} days"
            mended.append(
                Mended(
                    "gap",
                    f"sprints.json: there is a gap of {shown} between “{before.name}” and “{after.name}”;"
                    f" the holders of “{before.name}” stay on duty in it.",
                )
            )


def _state(
    source: RotationSource, keys: Mapping[str, str], people: People, mended: list[Mended]
) -> StateData | None:
    if source.state is None or not source.sprints:
        return None
    if source.state.index is None:
        mended.append(Mended("state", "currentState.json names no sprint; it is left out."))
        return None
    holders = {keys[name]: people.add(slack_id) for name, slack_id in source.state.holders.items()}
    return StateData(index=source.state.index, holders=holders)
