"""Who is allied with whom: what is drawn, the words that stand for it, and its card. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelus_bot.subjects.blocs.model import BlocSheet
from modelus_bot.subjects.treaties.model import Treaty
from modelus_bot.subjects.treaties.rules import KINDS
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.rota_chart import Theme

__all__ = [
    "MOST",
    "Alliances",
    "alliances_card",
    "alliances_of",
    "alliances_task",
    "alliances_words",
    "ties_of",
]

MOST = 48
"""How many nations a picture shows; more could not be told apart."""
MOST_BLOCS = 16
_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Alliances:
    """Nations in the order in which they are drawn, their blocs and treaties, and how many are left out."""

    nations: tuple[tuple[int, str], ...]
    blocs: tuple[BlocSheet, ...]
    treaties: tuple[Treaty, ...]
    left_out: int
    of: str | None = None

    @property
    def title(self) -> str:
        """What is shown; ``of`` names the nation that all of it is about, if it is about one."""
        return f"Who is allied with {self.of if self.of is not None else 'whom'}"


def alliances_of(
    treaties: Sequence[Treaty], blocs: Sequence[BlocSheet], of: tuple[int, str] | None = None
) -> Alliances:
    """Return what a picture shows of treaties in force and blocs: those who have most of either.

    ``of`` is the number and the name of the one nation whose they are; None shows all.
    """
    if of is not None:
        treaties = [one for one in treaties if of[0] in one.parties]
        blocs = [sheet for sheet in blocs if sheet.of(of[0]) in sheet.members]
    names = {number: one.name_of(number) for one in treaties for number in one.parties}
    names |= {member.nation_id: member.nation for sheet in blocs for member in sheet.members}
    ties = Counter(number for one in treaties for number in one.parties)
    ties.update(member.nation_id for sheet in blocs for member in sheet.members)
    shown = {number for number, _ in ties.most_common(MOST)}
    largest = sorted(blocs, key=lambda sheet: (-len(sheet.members), sheet.bloc.id))[:MOST_BLOCS]
    between = tuple(one for one in treaties if shown.issuperset(one.parties))
    kept = tuple(sheet for sheet in largest if any(one.nation_id in shown for one in sheet.members))
    order = _order(shown, kept, between, names)
    nations = tuple((number, names[number]) for number in order)
    return Alliances(nations, kept, between, len(ties) - len(shown), of[1] if of is not None else None)


def alliances_task(view: Alliances, theme: Theme) -> dict[str, Any]:
    """Return what the child draws."""
    places = {number: place for place, (number, _) in enumerate(view.nations)}
    leaders = {sheet.leader.nation_id for sheet in view.blocs if sheet.leader is not None}
    rings = _rings(view.blocs)
    return {
        "names": [
            (bare(name), rings.get(number, (None, None)), number in leaders) for number, name in view.nations
        ],
        "ties": sorted(
            (*sorted((places[one.nation_a], places[one.nation_b])), _NUMBERS[one.kind])
            for one in view.treaties
        ),
        "kinds": list(KINDS.values()),
        "groups": [bare(sheet.bloc.name) for sheet in view.blocs],
        "leads": "leads a bloc",
        "theme": theme,
    }


def alliances_words(view: Alliances) -> str:
    """Return what the picture shows, for those who cannot see it."""
    said = [
        f"{bare(sheet.bloc.name)}: {', '.join(bare(name) for name in _members(sheet))}."
        for sheet in view.blocs
    ]
    said += [f"{label}: {', '.join(pairs)}." for label, pairs in _by_kind(view.treaties, bare)]
    return " ".join([f"{bare(view.title)}.", *said])


def alliances_card(view: Alliances, *, pictured: bool) -> Card:
    """Return the card around the picture; without it, it says the same in lines."""
    title = plain(view.title)
    if not view.nations:
        return cards.info(title, "No treaty in force and no bloc. `/treaty propose` proposes a treaty.")
    counted = [f"{label}: {len(pairs)}" for label, pairs in _by_kind(view.treaties, plain)]
    lines = counted if pictured else list(_lines(view))
    card = cards.info(title, cards.lines(lines, empty="No treaty is in force."))
    if view.left_out:
        more = f"{view.left_out} more nations have treaties or blocs, fewer of them; `/treaty list` has all"
        return card.with_footer(more)
    return card


def ties_of(nation_id: int, treaties: Sequence[Treaty], blocs: Sequence[BlocSheet]) -> list[tuple[str, str]]:
    """Return the fields that a nation's card has about its blocs and its treaties in force; none without."""
    fields = []
    if blocs:
        names = (
            f"{plain(sheet.bloc.name)}{' (leads it)' if _leads(sheet, nation_id) else ''}" for sheet in blocs
        )
        fields.append(("Blocs", ", ".join(names)))
    others = [
        (name, [plain(one.name_of(one.other(nation_id))) for one in treaties if one.kind == kind])
        for kind, name in KINDS.items()
    ]
    lines = [f"{name}: {', '.join(found)}" for name, found in others if found]
    if lines:
        fields.append(("Treaties", cards.clip("\n".join(lines), 1000)))
    return fields


def _leads(sheet: BlocSheet, nation_id: int) -> bool:
    return sheet.leader is not None and sheet.leader.nation_id == nation_id


def _lines(view: Alliances) -> Iterator[str]:
    for sheet in view.blocs:
        yield f"**{plain(sheet.bloc.name)}:** {', '.join(plain(name) for name in _members(sheet))}"
    for label, pairs in _by_kind(view.treaties, plain):
        yield f"**{label}:** {', '.join(pairs)}"


def _members(sheet: BlocSheet) -> list[str]:
    return [one.nation for one in sheet.members]


def _by_kind(treaties: Iterable[Treaty], written: Any) -> list[tuple[str, list[str]]]:
    """Return the pairs of each kind that there are any of."""
    every = list(treaties)
    found = (
        (name, [f"{written(one.name_a)} and {written(one.name_b)}" for one in every if one.kind == kind])
        for kind, name in KINDS.items()
    )
    return [(name, pairs) for name, pairs in found if pairs]


def _rings(blocs: Sequence[BlocSheet]) -> dict[int, tuple[int | None, int | None]]:
    """Return in which ring each nation's blocs are drawn: two that share one lie in different rings."""
    of_nation: dict[int, list[int]] = {}
    for number, sheet in enumerate(blocs):
        for member in sheet.members:
            of_nation.setdefault(member.nation_id, []).append(number)
    ring: dict[int, int] = {}
    for number in range(len(blocs)):
        beside = {
            ring[other]
            for both in of_nation.values()
            if number in both
            for other in both
            if other != number and other in ring
        }
        ring[number] = 1 if 0 in beside else 0
    return {nation: (_in_rings(both, ring)) for nation, both in of_nation.items()}


def _in_rings(both: Sequence[int], ring: Mapping[int, int]) -> tuple[int | None, int | None]:
    first, *rest = sorted(both, key=lambda number: (ring[number], number))
    if rest:
        return first, rest[0]
    return (first, None) if ring[first] == 0 else (None, first)


def _order(
    shown: set[int], blocs: Sequence[BlocSheet], treaties: Sequence[Treaty], names: Mapping[int, str]
) -> list[int]:
    """Return nations so that those of a bloc stand together, and others near those they agreed with."""
    order: dict[int, None] = {}
    waiting = [{one.nation_id for one in sheet.members} & shown for sheet in blocs]
    current = waiting.pop(0) if waiting else set()
    while current:
        others = set[int]().union(*waiting) if waiting else set()
        alone = sorted(current - others - order.keys(), key=lambda number: names[number].casefold())
        shared = sorted(current & others - order.keys(), key=lambda number: names[number].casefold())
        order.update(dict.fromkeys([*alone, *shared]))
        follows = next((place for place, one in enumerate(waiting) if one & current), 0)
        current = waiting.pop(follows) if waiting else set()
    placed = {number: place for place, number in enumerate(order)}
    near: dict[int, list[int]] = {number: [] for number in shown - order.keys()}
    for one in treaties:
        for number in one.parties:
            if number in near:
                near[number].append(placed.get(one.other(number), len(placed)))

    def place(number: int) -> tuple[float, str]:
        beside = near[number]
        return (sum(beside) / len(beside) if beside else 0.0, names[number].casefold())

    return [*order, *sorted(near, key=place)]
