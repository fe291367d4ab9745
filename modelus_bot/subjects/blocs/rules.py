"""How long an invitation waits, in how many blocs a nation is, their names, how a map tints them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelus_bot.domain.map_tints import MapGroup, MapGroups
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.blocs.model import BlocMember, NationBloc
from modelus_bot.text.escaping import NAMELESS, bare

__all__ = ["LASTS", "MOST_BLOCS", "MOST_IN_BLOC", "blocs_on_map", "checked_name", "next_leader"]

LASTS = 14 * 86_400
"""Seconds for which an invitation can be answered."""
MOST_BLOCS = 2
"""In how many blocs a nation is at most."""
MOST_IN_BLOC = 100
"""How many belong to a bloc or are invited to it, so that its card can name them."""


def checked_name(typed: str) -> str:
    """Return a bloc's name without spaces around it; raises ``InvalidInput`` where nothing can be seen."""
    name = " ".join(typed.split())
    if bare(name) == NAMELESS or not any(letter.isalnum() for letter in name):
        raise InvalidInput("A bloc's name needs letters that can be seen.", rule="bloc.name")
    return name


def next_leader(members: Sequence[BlocMember]) -> BlocMember | None:
    """Return who leads after a leader who left: the member of longest standing; None if there is none."""
    return min(members, key=lambda one: (one.at, one.nation_id), default=None)


def blocs_on_map(nations: Sequence[NationBloc]) -> MapGroups:
    """Return which nations a map tints alike: the largest blocs first; a nation in two is in both."""
    members: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for one in nations:
        for bloc, name in ((one.bloc_id, one.bloc), (one.other_id, one.other)):
            if bloc is not None and name is not None:
                members.setdefault(bloc, []).append(one.nation_id)
                names[bloc] = name
    order = sorted(members, key=lambda bloc: (-len(members[bloc]), bloc))
    marks: dict[int, str] = {}
    for bloc in order:
        marks[bloc] = next(mark for mark in _marks(names[bloc]) if mark not in marks.values())
    groups = tuple(MapGroup(marks[bloc], names[bloc], tuple(members[bloc])) for bloc in order)
    return MapGroups("bloc", "in no bloc", groups)


def _marks(name: str) -> Iterator[str]:
    """Yield marks for a bloc, the best first: its initials, its first letters, one letter and a number."""
    words = [letters for word in name.split() if (letters := "".join(filter(str.isalnum, word)))]
    yield "".join(word[0] for word in words)[:3].upper()
    first = "".join(words)
    yield from (first[:length].upper() for length in (2, 3))
    yield from (f"{first[0].upper()}{number}" for number in range(1, 100))
    yield from map(str, range(100, 1000))
