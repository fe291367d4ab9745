"""The pages of laws: one law, lists, its texts, differences, tags; all a page needs is in its argument."""

from __future__ import annotations

import re
from typing import Any

from modelus_bot.database import DatabaseManager, Mode
from modelus_bot.subjects.laws.cards.lists import law_label, laws_card, narrowed, tag_card, tags_card
from modelus_bot.subjects.laws.cards.reading import difference_pages, history_card, page_card, title_of
from modelus_bot.subjects.laws.model import LawSheet, LawStatus
from modelus_bot.subjects.laws.queries.lists import laws
from modelus_bot.subjects.laws.queries.records import law_sheet, revision_texts, revisions_of
from modelus_bot.subjects.laws.queries.tags import tag_sheet, tags
from modelus_bot.subjects.laws.rules.sections import page_of, pages
from modelus_bot.subjects.nations.queries.records import nation
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PAGE, ListChoice, PageButton, PagedList, menus_of, pages_of

__all__ = ["DIFFERENCE", "GONE", "HISTORY", "LIST", "READ", "TAG", "TAGS", "list_argument", "narrowing"]

READ, LIST, HISTORY, DIFFERENCE, TAGS, TAG = (
    "law_read",
    "law_list",
    "law_history",
    "law_difference",
    "law_tags",
    "law_tag",
)
"""The names of the lists in the ids of their buttons."""
_STATUS: dict[str, LawStatus] = {"draft": "draft", "enacted": "enacted", "repealed": "repealed"}
_TITLES = {"": "Laws", "draft": "Drafts of laws", "enacted": "Laws in force", "repealed": "Repealed laws"}
GONE = cards.warning("This list is gone", "Please run the command again.")


def list_argument(nation_id: int | None, tag_id: int | None, status: LawStatus | None) -> str:
    """Return what names a list of laws."""
    return f"{nation_id or ''}:{tag_id or ''}:{status or ''}"


@pages_of(READ)
async def law_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of a law; the argument is its key, after @ a revision that is not the present one.

    After § stands a section on whose page it is opened.
    """
    text, _, section = listing.argument.partition("§")
    key, _, revision = text.partition("@")
    number = int(revision) if revision.isdecimal() else None
    db: Any = listing.bot.db
    sheet: LawSheet = await db.read(law_sheet, listing.viewer, key, number)
    names = await db.read(everybody)
    if section.isdecimal():
        listing.turn_to(text, page_of(sheet.revision.body, int(section)))
    last = len(pages(sheet.revision.body)) - 1
    listing.end_at(last)
    cited = [ListChoice(one.key, law_label(one), "Cited in this law") for one in sheet.cited]
    below = [*menus_of(READ, cited, None, "Read a law that is cited here")] if cited else []
    listing.put_below([*below, PageButton(HISTORY, key, 0, "Texts")])
    return page_card(sheet, listing.page, names), listing.page < last


@pages_of(LIST)
async def list_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of laws; a menu opens one of them."""
    match = re.fullmatch(r"(\d{0,18}):(\d{0,18}):([a-z]*)", listing.argument)
    if match is None:
        return GONE, False
    place, tag = (int(part) if part else None for part in match.groups()[:2])
    status = _STATUS.get(match[3])
    db: Any = listing.bot.db
    found = await db.read(laws, listing.viewer, place, tag, status, PAGE + 1, listing.page * PAGE)
    shown = found[:PAGE]
    choices = [ListChoice(one.key, law_label(one), one.nation) for one in shown]
    if choices:
        listing.put_below([*menus_of(READ, choices, None, "Read one of them")])
    away = listing.bot.db.mode is not Mode.NORMAL
    title = f"{_TITLES[status or '']}{await narrowing(db, place, tag)}"
    return laws_card(shown, plain(title), away=away), len(found) > PAGE


async def narrowing(db: DatabaseManager, nation_id: int | None, tag_id: int | None) -> str:
    """Return in words what a list of laws is limited to."""
    of = await db.read(nation, nation_id) if nation_id is not None else None
    under = [tag.name for tag in await db.read(tags) if tag.id == tag_id]
    return narrowed(of.name if of is not None else None, under[0] if under else None)


@pages_of(HISTORY)
async def history_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of a law's texts; the argument is its key, a menu opens one of them."""
    key, db = listing.argument, listing.bot.db
    name, found = await db.read(revisions_of, listing.viewer, key, PAGE + 1, listing.page * PAGE)
    names = await db.read(everybody)
    present = (await db.read(law_sheet, listing.viewer, key)).law.revision
    shown = found[:PAGE]
    choices = [
        ListChoice(f"{key}@{item.revision}", f"Text {item.revision}", item.note or "No note")
        for item in shown
    ]
    below: list[Any] = [*menus_of(READ, choices, None, "Read one of them")] if choices else []
    if len(shown) > 1:
        newest, before = shown[0].revision, shown[1].revision
        below.append(PageButton(DIFFERENCE, f"{key}:{before}:{newest}", 0, "What changed last"))
    listing.put_below([*below, PageButton(READ, key, 0, "The law")])
    return history_card(name, shown, names, present), len(found) > PAGE


@pages_of(DIFFERENCE)
async def difference_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of what changed between two texts; the argument is the law's key and both numbers."""
    match = re.fullmatch(r"([^:]+):(\d{1,6}):(\d{1,6})", listing.argument)
    if match is None:
        return GONE, False
    older, newer = int(match[2]), int(match[3])
    db = listing.bot.db
    name, before, after = await db.read(revision_texts, listing.viewer, match[1], older, newer)
    found = difference_pages(before, after)
    listing.end_at(len(found) - 1)
    listing.put_below([PageButton(HISTORY, match[1], 0, "Texts")])
    text = f"```diff\n{found[listing.page]}\n```" if found[listing.page] else "Both say the same."
    title = f"{title_of(name)}, text {older} → {newer}"
    return cards.info(title, text), listing.page < len(found) - 1


@pages_of(TAGS)
async def tags_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of tags; a menu opens one of them."""
    found = await listing.bot.db.read(tags)
    shown = found[listing.page * PAGE : (listing.page + 1) * PAGE]
    choices = [ListChoice(str(tag.id), tag.name, tag.description or "No description") for tag in shown]
    if choices:
        listing.put_below([*menus_of(TAG, choices, None, "Look at one of them")])
    return tags_card(shown), len(found) > (listing.page + 1) * PAGE


@pages_of(TAG)
async def tag_page(listing: PagedList) -> tuple[Card, bool]:
    """Return what a tag says; a button lists the laws under it."""
    number = int(listing.argument) if re.fullmatch(r"\d{1,18}", listing.argument) else 0
    sheet = await listing.bot.db.read(tag_sheet, listing.viewer, number)
    listing.put_below([PageButton(LIST, list_argument(None, number, None), 0, "Its laws")])
    return tag_card(sheet), False
