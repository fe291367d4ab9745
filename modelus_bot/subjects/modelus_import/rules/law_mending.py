"""Makes laws, tags and wars of what the original bot kept. Pure."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Literal

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.imports.rules.cells import Cells, Unusable
from modelus_bot.subjects.laws.rules.wording import checked_body, checked_name, checked_tag
from modelus_bot.subjects.laws.writes.fields import BODY_LIMIT, NAME_LIMIT
from modelus_bot.subjects.modelus_import.model.rows import LawRow, LawTagRow, TagRow, WarRow, WarSideRow
from modelus_bot.subjects.modelus_import.rules.names import NationNames
from modelus_bot.subjects.modelus_import.rules.nation_mending import account, listed, nation_meant
from modelus_bot.subjects.wars.model import Side
from modelus_bot.text.escaping import bare

__all__ = ["law", "law_name", "law_tag", "tag", "war", "war_name"]

TAG_LIMIT, ABOUT_LIMIT = 50, 200
MOST_SIDES = 100
MOST_LIVES = 20_000_000_000
_SIDES: tuple[Side, Side] = ("A", "B")
_STATES: Mapping[str, Literal["active", "ended"]] = {
    "active": "active", "ended": "ended", "over": "ended",
}  # fmt: skip


def law_name(text: Any, number: str) -> str:
    """Return a name that a law may have, or one made of its number."""
    with contextlib.suppress(InvalidInput):
        return checked_name(text[:NAME_LIMIT]) if isinstance(text, str) else f"Law {number}"
    return f"Law {number}"


def war_name(text: Any, number: str) -> str:
    """Return a name that a war may have, or one made of its number."""
    name = " ".join(text.split())[:100].rstrip() if isinstance(text, str) else ""
    return name if any(letter.isalnum() for letter in name) else f"War {number}"


def law(cells: Cells, names: NationNames, name: str) -> LawRow:
    """Return a law under the name that it gets here, with its first text where that was another."""
    _note_name(cells, name, NAME_LIMIT)
    body = _body(cells, "body_text")
    if body is None:
        raise Unusable("body_text has no letters that can be seen")
    first = _body(cells, "original_text")
    edited_at = cells.instant("edited_at")
    if edited_at is not None and first is None:
        cells.note("its first text was lost there when it was changed")
    return LawRow(
        number=cells.number("id"),
        created_at=cells.instant("created_at"),
        nation=nation_meant(cells, names),
        name=name,
        body=body,
        first_body=first if first != body else None,
        is_public=_is_public(cells),
        author=account(cells, "created_by"),
        edited_at=edited_at,
        editor=account(cells, "edited_by"),
    )


def tag(cells: Cells) -> TagRow:
    """Return a tag in small letters and without commas, as tags are here."""
    text = cells.text("name", TAG_LIMIT)
    if "," in text:
        cells.note("commas in its name became spaces")
    try:
        name = checked_tag(text.replace(",", " "))
    except InvalidInput as error:
        raise Unusable("name has no letters that can be seen") from error
    return TagRow(
        number=cells.number("id"),
        created_at=cells.instant("created_at"),
        name=name,
        description=cells.label("description", ABOUT_LIMIT),
    )


def law_tag(cells: Cells) -> LawTagRow:
    """Return that a law is filed under a tag."""
    law_id, tag_id = cells.number("law_id"), cells.number("tag_id")
    return LawTagRow(number=f"{law_id}-{tag_id}", law=law_id, tag=tag_id)


def war(cells: Cells, names: NationNames, name: str) -> WarRow:
    """Return a war under the name that it gets here; who fought whom is known of two only."""
    _note_name(cells, name, 100)
    state = cells.choice("status", _STATES, "active")
    created_at = cells.instant("created_at")
    start = _day(cells, "start_date")
    if start is None:
        start = cells.day("created_at")
        cells.note("start_date is not given; when it was entered counts")
    if start is None:
        raise Unusable("neither start_date nor created_at says when it began")
    return WarRow(
        number=cells.number("id"),
        created_at=created_at,
        name=name,
        description=cells.label("description", 1000),
        casualties=cells.scaled("casualties", 1, MOST_LIVES, 0),
        started_on=start,
        ended_on=_end(cells, start, ended=state == "ended"),
        end_reason=cells.label("end_reason", 300) if state == "ended" else None,
        sides=tuple(_sides(cells, names)),
    )


def _note_name(cells: Cells, name: str, most: int) -> None:
    if " ".join(cells.text("name", most).split()) != name:
        cells.note("its name is taken by another or cannot stay; a number was added to it, or stands for it")


def _is_public(cells: Cells) -> bool:
    """Say whether everybody may read it; what is not said is not public."""
    if cells.value("is_public") is None:
        cells.note("is_public is not given, so it is private")
    return cells.flag("is_public", False)


def _body(cells: Cells, column: str) -> str | None:
    try:
        return checked_body(cells.text(column, BODY_LIMIT))
    except InvalidInput:
        return None


def _day(cells: Cells, column: str) -> date | None:
    try:
        return cells.day(column)
    except Unusable as why:
        cells.note(str(why))
        return None


def _end(cells: Cells, start: date, *, ended: bool) -> date | None:
    if not ended:
        if cells.value("end_date") not in {None, ""}:
            cells.note("end_date is left out, since it goes on")
        return None
    end = _day(cells, "end_date") if cells.value("end_date") not in {None, ""} else None
    if end is None:
        at = cells.instant("updated_at")
        end = start if at is None else datetime.fromtimestamp(at, cells.zone).date()
        cells.note("end_date is not given; when it was changed last, or its first day, counts")
    if end < start:
        cells.note("end_date is before start_date; it counts as ended on its first day")
    return max(start, end)


def _sides(cells: Cells, names: NationNames) -> Iterator[WarSideRow]:
    numbers: dict[str, None] = {}
    for value in listed(cells, "participants") or ():
        number = names.meant(value) if isinstance(value, str) else None
        if number is None:
            cells.note(f"somebody who fought is no nation there, and is left out: {bare(str(value))[:60]}")
        elif number in numbers:
            cells.note("a nation is listed twice, and counts once")
        elif not names.is_present(str(value)):
            cells.note("who fought stands there by a former name, or without a prefix")
        if number is not None:
            numbers.setdefault(number)
    if len(numbers) == 2:
        yield from (WarSideRow(nation=item, side=side) for item, side in zip(numbers, _SIDES, strict=True))
        return
    cells.note("who fought on whose side is not said there, so everybody stands apart")
    yield from (WarSideRow(nation=item, side="other") for item in list(numbers)[:MOST_SIDES])
