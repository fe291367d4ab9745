"""Lists of laws and tags, and what a change of them did. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from modelus_bot.subjects.laws.cards.reading import title_of
from modelus_bot.subjects.laws.model import LawChange, LawName, Tag, TagSheet
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card

__all__ = [
    "added_card",
    "change_card",
    "law_label",
    "laws_card",
    "narrowed",
    "readers_of",
    "tag_card",
    "tags_card",
]

AWAY = "Private laws and drafts are not shown while the database is away."
EMPTY = "There is no such law that you can read. `/law list` without options lists all that you can."


def law_label(name: LawName) -> str:
    """Return a law as it stands in a list to pick from."""
    where = [] if name.number is not None else [bare(name.nation)]
    notes = ", ".join([*where, *_notes(name)])
    return f"{bare(name.citation)} {bare(name.name)}" + (f" ({notes})" if notes else "")


def narrowed(nation: str | None, tag: str | None) -> str:
    """Return which of all laws a list has, if not all: those of a nation, those under a tag."""
    of = f" of {bare(nation)}" if nation is not None else ""
    return of + (f" under {bare(tag)}" if tag is not None else "")


def laws_card(found: Sequence[LawName], title: str, *, away: bool) -> Card:
    """Return a page of laws; ``away`` says that closed ones are missing."""
    lines = [_line(name) for name in found]
    card = cards.info(title, cards.lines(lines, empty=EMPTY))
    return card.with_footer(AWAY) if away else card


def change_card(change: LawChange, done: str) -> Card:
    """Return what a change did to a law, and what was before."""
    law, before = change.after, change.before
    lines = [done]
    if before is not None and before.name != law.name:
        lines.append(f"Name: {plain(before.name)} → {plain(law.name)}")
    if before is not None and before.status != law.status:
        lines.append(f"Status: {before.status} → {law.status}")
    if before is not None and before.revision != law.revision:
        lines.append(f"Text: {before.revision} → {law.revision}")
    if law.number is not None and (before is None or before.number is None):
        lines.append(f"It is cited as **{plain(change.name.citation)}** from now on.")
    return cards.success(title_of(change.name), "\n".join(lines))


def added_card(change: LawChange) -> Card:
    """Return what somebody reads who has written a law."""
    law, few = change.after, readers_of(change.name)
    if law.status == "draft":
        return change_card(change, f"The draft is saved. {few} `/law enact` puts it into force.")
    return change_card(change, f"It is in force. {'Everybody can read it.' if law.is_public else few}")


def readers_of(name: LawName) -> str:
    """Return who reads a law that is not open to everybody."""
    return f"Only administrators and those who hold an office in {plain(name.nation)} can read it."


def tags_card(found: Sequence[Tag]) -> Card:
    """Return a page of tags."""
    lines = [_tag(tag) for tag in found]
    return cards.info("Tags of laws", cards.lines(lines, empty="There is no tag yet. Staff add them."))


def tag_card(sheet: TagSheet) -> Card:
    """Return what a tag says."""
    count = "1 law that you can read" if sheet.laws == 1 else f"{sheet.laws} laws that you can read"
    about = plain(sheet.tag.description) if sheet.tag.description else "It has no description."
    return cards.info(f"Tag: {plain(sheet.tag.name)}", f"{about}\n\nUnder it: {count}.")


def _line(name: LawName) -> str:
    where = [] if name.number is not None else [plain(name.nation)]
    notes = ", ".join([*where, *_notes(name)])
    return f"**{plain(name.citation)}** {plain(name.name)}" + (f" ({notes})" if notes else "")


def _notes(name: LawName) -> list[str]:
    notes: list[str] = [] if name.status == "enacted" else [name.status]
    return notes if name.is_public else [*notes, "private"]


def _tag(tag: Tag) -> str:
    return f"**{plain(tag.name)}**" + (f": {plain(tag.description)}" if tag.description else "")
