"""What a nation is, who leads it, and what became of it by a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from modelus_bot.domain.map_tints import MapGroups

__all__ = [
    "AliasChange",
    "Cause",
    "City",
    "CityChange",
    "Course",
    "GroupedMap",
    "HistoryEntry",
    "MapNation",
    "MapView",
    "Metric",
    "NameFound",
    "Nation",
    "NationChange",
    "NationSheet",
    "NationStatus",
    "NationsOverview",
    "Office",
    "OfficeChange",
    "OfficeName",
    "RankMetric",
    "RankPlace",
    "Ranking",
    "UndoableChanges",
]

NationStatus = Literal["active", "leave", "archived"]
Metric = Literal["gdp", "population", "stability_bp", "tax_bp", "debt", "treasury", "ground", "naval", "air"]
"""A figure whose every change is kept; all are whole numbers."""
RankMetric = Literal[
    "gdp", "population", "stability_bp", "tax_bp", "gdp_per_capita", "ground", "naval", "air"
]
OfficeName = Literal["president", "vice_president"]
Cause = Literal["admin", "tax", "law", "loan", "invest", "disaster", "war", "turn", "undo", "import"]


@dataclass(frozen=True, slots=True)
class Nation:
    """A nation: money in whole dollars, rates in hundredths of a percent, forces in tenths, instants UTC."""

    id: int
    name: str
    prefix: str | None
    gdp: int
    population: int
    stability_bp: int
    tax_bp: int
    debt: int
    treasury: int
    ground: int
    naval: int
    air: int
    government: str
    description: str | None
    flag_channel_id: int | None
    flag_message_id: int | None
    status: NationStatus
    leave_until: int | None
    version: int
    created_at: int
    updated_at: int

    @property
    def budget(self) -> int:
        """What taxes bring in a year, in dollars; the column of that name says the same."""
        return self.gdp * self.tax_bp // 10_000

    @property
    def gdp_per_capita(self) -> int | None:
        """Dollars a head; None where nobody lives. The column of that name says the same."""
        return self.gdp // self.population if self.population > 0 else None

    @property
    def full_name(self) -> str:
        """The name with the prefix before it."""
        return self.name if self.prefix is None else f"{self.prefix} {self.name}"


@dataclass(frozen=True, slots=True)
class NameFound:
    """A name by which a nation is found; ``former`` or ``alias`` matched if that is not its present one."""

    nation_id: int
    name: str
    prefix: str | None
    status: NationStatus
    former: str | None = None
    alias: str | None = None

    @property
    def alive(self) -> bool:
        """Whether it is not archived."""
        return self.status != "archived"


@dataclass(frozen=True, slots=True)
class Office:
    """Who holds, or held until ``until``, an office of a nation."""

    id: int
    nation_id: int
    user_id: int
    office: OfficeName
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class City:
    """A city of a nation."""

    id: int
    nation_id: int
    name: str
    is_capital: bool
    position: int


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of one figure; ``old`` is None where it began, ``undone`` ones do not count any more."""

    id: int
    nation_id: int
    metric: Metric
    old: int | None
    new: int
    cause: Cause
    cause_id: int | None
    turn: int
    changed_by: int | None
    reason: str | None
    at: int
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """How a figure changed, the latest first, from ``since`` on; ``before`` is what it was until then.

    Both are None where it is shown from its beginning, ``before`` also where it began after ``since``.
    """

    entries: tuple[HistoryEntry, ...]
    since: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class UndoableChanges:
    """Changes that can be undone, with their nations' names: of nations that were named, and of all."""

    named: tuple[tuple[str, HistoryEntry], ...]
    newest: tuple[tuple[str, HistoryEntry], ...]


@dataclass(frozen=True, slots=True)
class NationSheet:
    """What a nation's card says: the nation, who holds its offices, its cities, and its other names."""

    nation: Nation
    offices: tuple[Office, ...]
    cities: tuple[City, ...]
    former_names: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AliasChange:
    """An alias that a nation got, or lost where ``given`` is false, and all that it has now."""

    nation: Nation
    name: str
    given: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NationChange:
    """A nation before (None: it is new) and after a change; ``history`` numbers its figures' changes.

    ``ended`` has a sentence for each thing that ended with it.
    """

    before: Nation | None
    after: Nation
    history: tuple[int, ...] = ()
    undid: HistoryEntry | None = None
    ended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeChange:
    """An office that somebody got (None: only ended), and those that ended by it, theirs and others'."""

    nation: Nation
    given: Office | None
    ended: tuple[Office, ...] = ()


@dataclass(frozen=True, slots=True)
class CityChange:
    """The cities of a nation before and after a change."""

    nation: Nation
    before: tuple[City, ...]
    after: tuple[City, ...]


@dataclass(frozen=True, slots=True)
class RankPlace:
    """A nation's place by a metric, the same for those that are equal; ``value`` None: it has none."""

    place: int
    nation_id: int
    name: str
    prefix: str | None
    value: int | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """A page of a ranking, how many nations are ranked in all, and the viewer's own."""

    by: RankMetric
    places: tuple[RankPlace, ...]
    count: int
    own: RankPlace | None = None


@dataclass(frozen=True, slots=True)
class MapNation:
    """A nation on a map, with the figure that tints it; ``value`` None: it has none."""

    nation_id: int
    name: str
    value: int | None


@dataclass(frozen=True, slots=True)
class MapView:
    """Which nation has each region of a map, if any, and which have none: some of them, and how many."""

    by: RankMetric
    regions: tuple[tuple[str, MapNation | None], ...]
    elsewhere: tuple[str, ...]
    elsewhere_count: int


@dataclass(frozen=True, slots=True)
class GroupedMap:
    """Which nation has each region of a map, if any, the groups that tint them, and names by number."""

    groups: MapGroups
    regions: tuple[tuple[str, int | None], ...]
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class NationsOverview:
    """All nations that are active: sums, averages, the first three by two figures, and the viewer's places.

    Averages are None where there is nothing to divide by.
    """

    active: int
    on_leave: int
    gdp: int
    population: int
    budget: int
    debt: int
    stability_bp: int | None
    tax_bp: int | None
    richest: tuple[RankPlace, ...]
    largest: tuple[RankPlace, ...]
    own: tuple[tuple[RankMetric, RankPlace], ...] = ()

    @property
    def gdp_per_capita(self) -> int | None:
        """Dollars a head of all of them together."""
        return self.gdp // self.population if self.population else None
