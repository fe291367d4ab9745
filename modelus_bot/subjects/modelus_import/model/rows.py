"""Rows after mending, as the writes take them; nations, laws and tags are named by the source's numbers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from modelus_bot.domain.fields import Snowflake
from modelus_bot.subjects.blocs.rules import MOST_IN_BLOC
from modelus_bot.subjects.blocs.writes.fields import BlocDescription, BlocName
from modelus_bot.subjects.laws.writes.fields import LawBody, LawTitle
from modelus_bot.subjects.nations.model import OfficeName
from modelus_bot.subjects.nations.rules.cities import MOST_CITIES
from modelus_bot.subjects.nations.writes.fields import Force, Money, NationName, People, Rate
from modelus_bot.subjects.wars.model import Side

__all__ = [
    "AllianceRow",
    "BlocMemberRow",
    "BlocRow",
    "FormerNameRow",
    "LawRow",
    "LawTagRow",
    "LeaderRow",
    "ModelusRow",
    "NationRow",
    "TagRow",
    "WarRow",
    "WarSideRow",
]

Number = Annotated[str, Field(min_length=1, max_length=101)]
Instant = Annotated[int, Field(ge=946_684_800, lt=7_258_118_400)]
City = Annotated[str, Field(min_length=1, max_length=50)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Number
    created_at: Instant | None = None


class NationRow(_Row):
    """A nation; if it ``has_capital``, that is the first of its cities. ``aliases`` find it as well."""

    table: Literal["nations"] = "nations"
    name: NationName
    prefix: str | None
    aliases: tuple[NationName, ...]
    gdp: Money
    population: People
    previous_gdp: Money | None
    previous_population: People | None
    stability_bp: Rate
    tax_bp: Rate
    debt: Money
    ground: Force
    naval: Force
    air: Force
    government: str
    description: Annotated[str, Field(min_length=1, max_length=1000)] | None
    cities: Annotated[tuple[City, ...], Field(max_length=MOST_CITIES)]
    has_capital: bool
    renamed_at: Instant | None
    taxed_at: Instant | None


class FormerNameRow(_Row):
    """A name that a nation had."""

    table: Literal["nation_renames"] = "nation_renames"
    nation: Number
    name: NationName


class LeaderRow(_Row):
    """Somebody who holds an office."""

    table: Literal["user_links"] = "user_links"
    account: Snowflake
    nation: Number
    office: OfficeName


class TagRow(_Row):
    """A tag."""

    table: Literal["tags"] = "tags"
    name: Annotated[str, Field(min_length=1, max_length=50)]
    description: Annotated[str, Field(min_length=1, max_length=200)] | None


class LawRow(_Row):
    """A law with its text of now, and its first one if that was another; ``author`` may not be named."""

    table: Literal["laws"] = "laws"
    nation: Number
    name: LawTitle
    body: LawBody
    first_body: LawBody | None
    is_public: bool
    author: Snowflake | None
    edited_at: Instant | None
    editor: Snowflake | None


class LawTagRow(_Row):
    """A tag that a law is filed under."""

    table: Literal["law_tags"] = "law_tags"
    law: Number
    tag: Number


class WarSideRow(BaseModel):
    """A nation in a war."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nation: Number
    side: Side


class WarRow(_Row):
    """A war; it has a last day exactly when it has ended."""

    table: Literal["wars"] = "wars"
    name: Annotated[str, Field(min_length=1, max_length=100)]
    description: Annotated[str, Field(min_length=1, max_length=1000)] | None
    casualties: Annotated[int, Field(ge=0, le=20_000_000_000)]
    started_on: date
    ended_on: date | None
    end_reason: Annotated[str, Field(min_length=1, max_length=300)] | None
    sides: Annotated[tuple[WarSideRow, ...], Field(max_length=100)]


class AllianceRow(_Row):
    """An alliance that one nation asked ``other`` for; ``created_at`` is when."""

    table: Literal["alliances"] = "alliances"
    nation: Number
    other: Number
    status: Literal["pending", "active", "declined", "ended"]
    decided_at: Instant | None
    ended_at: Instant | None


class BlocRow(_Row):
    """A bloc; the first of its ``members`` that can lead it does."""

    table: Literal["multi_alliances"] = "multi_alliances"
    name: BlocName
    description: BlocDescription | None
    members: Annotated[tuple[Number, ...], Field(max_length=MOST_IN_BLOC)]


class BlocMemberRow(_Row):
    """A nation in a bloc; ``created_at`` is since when."""

    table: Literal["multi_alliance_members"] = "multi_alliance_members"
    bloc: Number
    nation: Number


ModelusRow = Annotated[
    NationRow
    | FormerNameRow
    | LeaderRow
    | TagRow
    | LawRow
    | LawTagRow
    | WarRow
    | AllianceRow
    | BlocRow
    | BlocMemberRow,
    Field(discriminator="table"),
]
