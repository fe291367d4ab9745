"""What is refused of laws and tags, through the commands: in whose place, in which state, and while away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from modelus_bot.database import DatabaseManager, ReadTransaction, Viewer
from modelus_bot.database.core.context import Context
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.laws.buttons.found import found_page
from modelus_bot.subjects.laws.buttons.pages import (
    READ,
    difference_page,
    history_page,
    law_page,
    list_page,
    tag_page,
)
from modelus_bot.subjects.laws.model import LawName
from modelus_bot.subjects.laws.queries.lists import laws
from modelus_bot.subjects.laws.writes.making import AddLaw, EditLaw
from modelus_bot.subjects.laws.writes.standing import RepealLaw, SetLawReaders
from modelus_bot.subjects.laws.writes.tags import AddTag, RemoveTag
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import EndOffice, GiveOffice
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PagedList
from tests.commands.acting import dump, words_of
from tests.commands.away import bring_back, going_on, notice_absence, notice_return, take_away
from tests.conftest import BotEnv, open_bot

pytestmark = pytest.mark.asyncio(loop_scope="module")

OFFICES = (("leader", 1, "president"), ("manager", 1, "vice_president"), ("player", 2, "president"))
LAWS = (
    ("Public Act", True, False),
    ("Private Act", False, False),
    ("Draft Act", True, True),
    ("Old Act", True, False),
)
PUBLIC, PRIVATE, DRAFT, OLD = "Public Act", "Private Act", "Draft Act", "Old Act"
GONE = "This list is gone"
Draw = Callable[[PagedList], Awaitable[tuple[Card, bool]]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server with laws of Texas in every state; it has a vice president, and Dakota a president."""
    async with open_bot(tmp_path_factory.mktemp("laws")) as env:
        for name in ("Texas", "Dakota", "Utah"):
            await env.db.write(CreateNation(name=name, gdp=1, population=1), Context())
        for who, number, office in OFFICES:
            await give(env, getattr(env, who), number, office)
        author = Context(actor=env.leader.id)
        await env.db.write(AddTag(name="water"), Context(actor=env.manager.id))
        for name, public, draft in LAWS:
            body = f"§ {name}.\n§ {'x ' * 900}"
            law = AddLaw(name=name, body=body, username="l", is_public=public, draft=draft, tags=(1,))
            saved = await env.db.write(law, author)
        await env.db.write(RepealLaw(law_id=saved.after.id), author)
        yield env


async def give(env: BotEnv, person: Any, nation: int, office: Any) -> None:
    """Give somebody an office."""
    write = GiveOffice(nation_id=nation, user_id=person.id, username=person.name, office=office)
    await env.db.write(write, Context())


NOT_AUTHOR = "changes the laws they wrote"
NOT_OWN = "Only those who hold an office in Texas"
UNKNOWN = "no such law that you can read"
DECIDING = (
    ("edit", {}), ("rename", {"name": "N"}), ("tag", {}), ("enact", {}), ("repeal", {}), ("publish", {}),
    ("close", {}),
)  # fmt: skip
REFUSED: list[tuple[str, str, dict[str, str], str]] = [
    *(("manager", f"law {one}", {"law": PUBLIC, **more}, NOT_AUTHOR) for one, more in DECIDING),
    *(("manager", f"law {one}", {"law": PRIVATE, **more}, NOT_AUTHOR) for one, more in DECIDING),
    *(("player", f"law {one}", {"law": PUBLIC, **more}, NOT_OWN) for one, more in DECIDING),
    *(("player", f"law {one}", {"law": PRIVATE, **more}, UNKNOWN) for one, more in DECIDING),
    ("player", "law add", {"nation": "Texas"}, "Only those who hold an office in a nation"),
    ("leader", "law add", {"tags": "water, wine"}, "“wine” is not a tag"),
    ("leader", "law enact", {"law": PUBLIC}, "is in force already"),
    ("leader", "law enact", {"law": OLD}, "is repealed and stays so"),
    ("leader", "law repeal", {"law": OLD}, "is repealed already"),
    ("leader", "law edit", {"law": OLD}, "its text stays as it was"),
    ("leader", "law publish", {"law": PUBLIC}, "is public already"),
    ("leader", "law publish", {"law": OLD}, "is public already"),
    ("leader", "law close", {"law": PRIVATE}, "is private already"),
    ("leader", "law close", {"law": OLD}, "who may read it stays as it was"),
    ("leader", "law rename", {"law": PUBLIC, "name": PUBLIC}, "has this name already"),
    ("leader", "law rename", {"law": PUBLIC, "name": "draft act"}, "has a law of this name already"),
    ("leader", "law tag", {"law": PUBLIC, "tags": "water"}, "filed under these tags already"),
    ("leader", "law history", {"law": PUBLIC, "newer": "1"}, "the older one first"),
    ("leader", "law read", {"law": PUBLIC, "revision": "7"}, "no such revision"),
    ("staff", "law book", {}, "You lead no nation"),
    ("player", "law book", {}, "No law that you can read is in force there."),
    ("player", "tag add", {"name": "t"}, "Only staff"),
    ("manager", "tag add", {"name": " WATER "}, "There is a tag of this name already"),
    ("manager", "tag add", {"name": "a, b"}, "has no comma"),
    ("manager", "tag add", {"name": "\u2800"}, "needs letters that can be seen"),
    ("manager", "tag remove", {"tag": "water", "reason": "r"}, "Only administrators"),
    ("admin", "tag remove", {"tag": "wine", "reason": "r"}, "is not a tag"),
    ("player", "tag info", {"tag": "wine"}, "is not a tag"),
]


@pytest.mark.parametrize(("who", "command", "options", "words"), REFUSED)
async def test_a_sentence_says_why_not(
    world: BotEnv, who: str, command: str, options: dict[str, str], words: str
) -> None:
    """In the state of the law, for the office of who asks; nothing is changed, and nobody else sees it."""
    person = world.staff("avery") if who == "staff" else getattr(world, who)
    typed: dict[str, Any] = {name: int(text) if text.isdecimal() else text for name, text in options.items()}
    before = dump(world)
    result = await person.slash(world.channel, command, **typed)
    assert words in words_of(result)
    assert result.response is None or result.response.ephemeral
    assert dump(world) == before


async def test_questions_are_about_the_law_as_it_was_shown(world: BotEnv) -> None:
    """A law that was changed, or an office that ended meanwhile: refused in the question's place."""
    env, leader = world, world.leader
    asked = await leader.slash(env.channel, "law repeal", law=PUBLIC)
    edited = EditLaw(law_id=1, body="§ Public Act, changed.\n§ " + "x " * 900)
    await env.db.write(edited, Context(actor=leader.id))
    assert "has been changed since it was shown" in words_of(
        await leader.click(asked.response, label="Repeal it")
    )
    asked = await leader.slash(env.channel, "law repeal", law=DRAFT)
    assert "Give up the draft" in words_of(asked)
    assert "The draft is given up." in words_of(await leader.click(asked.response, label="Give it up"))
    asked = await leader.slash(env.channel, "law publish", law=PRIVATE)
    form = await leader.slash(env.channel, "law add", name="Late Act")
    await env.db.write(EndOffice(user_id=leader.id), Context())
    assert UNKNOWN in words_of(await leader.click(asked.response, label="Make it public"))
    late = await leader.submit_modal(form, {"name": "Late Act", "body": "Too late."})
    assert "You hold no office in a nation." in words_of(late)
    assert "Too late." in words_of(late)
    await give(env, leader, 1, "president")
    asked = await env.admin.slash(env.channel, "tag remove", tag="water", reason="r")
    await env.db.write(RemoveTag(tag_id=1), Context())
    assert "no such tag any more" in words_of(await env.admin.click(asked.response, label="Remove it"))
    await env.db.write(AddTag(name="water"), Context(actor=env.manager.id))


async def test_pages_of_what_was_closed_meanwhile(world: BotEnv) -> None:
    """The next page of it is refused like a law that is not there, and so is whatever no list is called."""
    env, player = world, world.player
    shown = await player.slash(env.channel, "law read", law=PUBLIC)
    listed = await player.slash(env.channel, "law list")
    await env.db.write(SetLawReaders(law_id=1, is_public=False), Context(actor=env.leader.id))
    assert UNKNOWN in words_of(await player.click(shown.response, label="More"))
    assert UNKNOWN in words_of(await player.click(shown.response, label="Texts"))
    assert UNKNOWN in words_of(await player.select(listed.response, ["1-1"], custom_id=f"menu:{READ}:0"))
    assert "Public Act" not in words_of(await player.slash(env.channel, "law search", text="public"))
    await env.db.write(SetLawReaders(law_id=1, is_public=True), Context(actor=env.leader.id))


@pytest.mark.parametrize(
    ("page", "argument", "words"),
    [
        (law_page, "junk", UNKNOWN),
        (law_page, "1-1@99", "no such revision"),
        (law_page, "1-1§99", "Public Act"),
        (list_page, "junk", GONE),
        (history_page, "", UNKNOWN),
        (difference_page, "1-1", GONE),
        (difference_page, "1-1:1:99", "no such revision"),
        (tag_page, "junk", "no such tag"),
        (found_page, "junk", GONE),
        (found_page, "7:7:public", "has all these words"),
        (found_page, "::", "no word to look for"),
    ],
)
async def test_buttons_of_another_shape_say_what_to_do(
    world: BotEnv, page: Draw, argument: str, words: str
) -> None:
    """Whatever an old message asks for, the answer is a sentence."""
    try:
        card, _ = await page(PagedList(world.bot, Viewer(world.player.id), argument, 0))
        shown = f"{card.title} {card.text}"
    except Refusal as refusal:
        shown = str(refusal)
    assert words in shown


async def test_laws_of_an_archived_nation_stay_as_they_are(world: BotEnv) -> None:
    """They are read, but nobody changes them, administrators neither."""
    env = world
    by_admin = Context(actor=env.admin.id, discord_admin=True)
    law = AddLaw(name="Utah Act", body="Utah.", username="a", nation_id=3)
    await env.db.write(law, by_admin)
    await env.db.write(ArchiveNation(nation_id=3), by_admin)
    assert "Utah." in words_of(await env.player.slash(env.channel, "law read", law="Utah 1"))
    found = words_of(await env.player.slash(env.channel, "law search", text="utah", nation="Utah"))
    assert "Utah 1: **Utah** Act" in found
    for command, more in DECIDING:
        refused = words_of(await env.admin.slash(env.channel, f"law {command}", law="Utah 1", **more))
        assert "Utah is archived" in refused, command


async def known(db: DatabaseManager) -> None:
    """Wait until the snapshot knows the laws that the database has."""
    assert db.fallback is not None
    snapshot, viewer = db.fallback.snapshot, Viewer(1)
    wanted = await db.read(laws, viewer)

    def ask(tx: ReadTransaction) -> tuple[LawName, ...]:
        return laws(tx, viewer)

    async with asyncio.timeout(30):
        while await snapshot.answer(laws, ask, viewer) != wanted:
            await asyncio.sleep(0.01)


async def test_while_the_database_is_away(world: BotEnv) -> None:
    """Public laws are shown; nothing is searched nor changed, and a form gives back what was written."""
    env, leader = world, world.leader
    async with going_on(env) as db:
        form = await leader.slash(env.channel, "law add", name="New Act")
        edit = await leader.slash(env.channel, "law edit", law=PUBLIC)
        listed = await leader.slash(env.channel, "law list")
        for number in range(10):
            law = AddLaw(name=f"Act {number}", body="Act.", username="p")
            await db.write(law, Context(actor=env.player.id))
        found = await leader.slash(env.channel, "law search", text="act")
        asked = await leader.slash(env.channel, "law repeal", law=PUBLIC)
        await known(db)
        take_away(env.settings.database.path)
        await notice_absence(db)
        for form_, fields in (
            (form, {"name": "New Act", "body": "Kept words."}),
            (edit, {"body": "Kept words."}),
        ):
            given = words_of(await leader.submit_modal(form_, fields))
            assert "Kept words." in given
            assert "Not done" in given
        read = await leader.select(listed.response, ["1-1"], custom_id=f"menu:{READ}:0")
        assert "Public Act" in words_of(read)
        assert "Private laws and drafts are not shown" in words_of(
            await leader.slash(env.channel, "law list")
        )
        assert UNKNOWN in words_of(await leader.slash(env.channel, "law read", law=PRIVATE))
        assert "Not done" in words_of(await leader.click(asked.response, label="Repeal it"))
        assert "Not done" in words_of(await leader.click(found.response, label="More"))
        bring_back(env.settings.database.path)
        await notice_return(db)
