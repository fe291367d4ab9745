"""/law and /tag as people use them, in one server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from loguru import logger

from modelus_bot.database import Viewer
from modelus_bot.database.core.context import Context
from modelus_bot.sandbox.sample_laws import add_sample_laws
from modelus_bot.subjects.laws.buttons.writing import LawForm
from modelus_bot.subjects.laws.queries.records import law_sheet
from modelus_bot.subjects.laws.writes.making import AddLaw, EditLaw
from modelus_bot.subjects.laws.writes.tags import AddTag
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import EndOffice, GiveOffice
from modelus_bot.subjects.notices.jobs.outbox import Outbox
from tests.commands.acting import card_words, dump, labels, offered, rows, words_of
from tests.conftest import BotEnv, open_bot
from tests.subjects.laws.law_cases import BODY

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server with two nations, of which the leader leads Texas and a member Dakota."""
    async with open_bot(tmp_path_factory.mktemp("laws")) as env:
        for name in ("Texas", "Dakota"):
            await env.db.write(CreateNation(name=name, gdp=1, population=1), Context())
        for number, person in ((1, env.leader), (2, env.player)):
            office = GiveOffice(nation_id=number, user_id=person.id, username=person.name, office="president")
            await env.db.write(office, Context())
        yield env


async def said(env: BotEnv, who: Any, command: str, **options: Any) -> str:
    """Return what a command answers, which nobody else is shown."""
    result = await who.slash(env.channel, command, **options)
    assert result.response is None or result.response.ephemeral
    return words_of(result)


async def written(env: BotEnv, who: Any, name: str, body: str, **options: Any) -> str:
    """Write a law with the form, and return what is said then."""
    form = await who.slash(env.channel, "law add", **options)
    return words_of(await who.submit_modal(form, {"name": name, "body": body}))


async def test_a_law_from_its_draft_to_its_end(world: BotEnv) -> None:
    """Written, read, changed, compared, enacted, cited, repealed; each step says what it did."""
    env, leader, player = world, world.leader, world.player
    assert "Tag added: water" in await said(env, env.manager, "tag add", name="Water", description="Rivers")
    draft = await written(env, leader, "Water Act", BODY, draft=True, tags="water")
    assert "The draft is saved" in draft
    assert "no such law that you can read" in await said(env, player, "law read", law="Water Act")
    found = await leader.autocomplete(env.channel, "law enact", "law", "wat")
    assert [choice["name"] for choice in found] == ["#1 Water Act (Texas, draft)"]
    enacted = await said(env, leader, "law enact", law=found[0]["value"])
    assert "It is cited as **Texas 1** from now on." in enacted

    form, late = [await leader.slash(env.channel, "law edit", law="Texas 1") for _ in range(2)]
    changed = {"body": BODY.replace("not.", "not, see Texas 1 §1."), "note": "Dams"}
    assert "Text: 1 → 2" in words_of(await leader.submit_modal(form, changed))
    stale = await leader.submit_modal(late, {"body": "Lost?\nNever.", "note": "Late"})
    assert "has been changed since it was shown" in words_of(stale)
    assert "Lost?" in words_of(stale)
    assert [file.filename for file in stale.followups[-1].attachments] == ["what-you-wrote.txt"]

    read = await said(env, player, "law read", law="texas 1 §2")
    assert all(words in read for words in ("Texas 1: Water Act", "**§2** Dams", "in force", "water"))
    history = await player.slash(env.channel, "law history", law="Texas 1")
    assert "**2**" in words_of(history)
    assert "What changed last" in labels(history.response)
    shown = words_of(await player.click(history.response, label="What changed last"))
    assert "- Dams are not." in shown
    assert "+ Dams are not, see Texas 1 §1." in shown
    assert "+ Dams are not, see" in await said(env, player, "law history", law="Texas 1", older=1)
    assert "the older one first" in await said(env, player, "law history", law="Texas 1", older=2)

    assert "The law has another name." in await said(env, leader, "law rename", law="Texas 1", name="Dam Act")
    asked = await leader.slash(env.channel, "law repeal", law="Dam Act")
    done = words_of(await leader.click(asked.response, label="Repeal it"))
    assert "Status: enacted → repealed" in done
    assert "repealed" in await said(env, player, "law read", law="Texas 1")
    assert "is repealed" in await said(env, leader, "law edit", law="Texas 1")


async def test_a_private_law_is_for_its_nation(world: BotEnv) -> None:
    """Others are answered as if there was none, until it is published, which is asked about."""
    env, leader, player = world, world.leader, world.player
    logged: list[str] = []
    env.db.health.debug = True
    sink = logger.add(lambda message: logged.append(repr(message.record)), level=0)
    saved = await written(env, leader, "Militia Plan", "Everybody trains.", public=False)
    again = await written(env, leader, "Militia Plan", "Everybody trains twice.", public=False)
    assert "has a law of this name already" in again
    assert "Only administrators and those who hold an office in Texas can read it." in saved
    listed = await said(env, leader, "law list", nation="Texas")
    assert "Militia Plan (Texas, private)" in listed
    key = listed.partition("** Militia Plan")[0].rpartition("**")[2].lstrip("\\")
    before = dump(env)
    nothing = await said(env, player, "law read", law="#999")
    for law in (key, "Militia Plan", f"{key} §1"):
        for command in ("read", "history", "edit", "enact", "repeal", "publish", "close", "tag"):
            assert await said(env, player, f"law {command}", law=law) == nothing
    assert "Militia" not in await said(env, player, "law list", nation="Texas")
    assert await player.autocomplete(env.channel, "law read", "law", "mil") == []
    assert dump(env) == before
    await env.db.read(law_sheet, Viewer(leader.id), key)
    for who in (leader, player):
        assert "Militia Plan" not in await said(env, who, "law search", text="Militia trains")
    logger.remove(sink)
    env.db.health.debug = False
    assert len(logged) > 5
    assert not [record for record in logged if "Militia" in record or "trains" in record]
    asked = await leader.slash(env.channel, "law publish", law="Militia Plan")
    assert "Everybody can read it now." in words_of(
        await leader.click(asked.response, label="Make it public")
    )
    assert "Everybody trains." in await said(env, player, "law read", law="Militia Plan")
    closed = await said(env, leader, "law close", law="Militia Plan")
    assert "can read it." in closed
    assert "no such law" in await said(env, player, "law read", law="Militia Plan")


async def test_lists_lead_to_laws(world: BotEnv) -> None:
    """Pages, a menu that opens one, tags with the laws under them, and a book with all."""
    env, player = world, world.player
    for number in range(12):
        law = AddLaw(name=f"Act {number}", body=f"§ No {number}.", username="p", tags=(1,))
        await env.db.write(law, Context(actor=player.id))
    first = await player.slash(env.channel, "law list", nation="Dakota", status="enacted")
    assert "Dakota 12" in words_of(first)
    second = await player.click(first.response, label="More")
    assert "Dakota 1**" in words_of(second)
    choices = offered(second.response)
    opened = await player.select(second.response, values=[choices["Dakota 1 Act 0"]])
    assert "No 0." in words_of(opened)
    info = await env.leader.slash(env.channel, "tag info", tag="water")
    assert "laws that you can read" in words_of(info)
    assert "Dakota 12" in words_of(await env.leader.click(info.response, label="Its laws"))
    assert "water" in await said(env, player, "tag list")
    book = await player.slash(env.channel, "law book")
    assert "12 laws are in force" in words_of(book)
    assert [file.filename for file in book.response.attachments] == ["laws-dakota.html"]
    assert "It is filed under no tag." in await said(env, player, "law tag", law="Dakota 1")
    asked = await env.admin.slash(env.channel, "tag remove", tag="water", reason="r")
    assert "Tag removed: water" in words_of(await env.admin.click(asked.response, label="Remove it"))


async def test_search_leads_to_the_section_that_was_found(world: BotEnv) -> None:
    """Hits on pages, each opened where its word stands; an old button of another shape says what to do."""
    env, player = world, world.player
    for number in range(11):
        body = f"§ {'Lorem ipsum. ' * 130}\n§ Canals\nNo {number}: the *canal* is wide."
        law = AddLaw(name=f"Canal Act {number}", body=body, username="p")
        await env.db.write(law, Context(actor=player.id))
    first = await env.leader.slash(env.channel, "law search", text="canal wid", nation="Dakota")
    assert "Public laws in force of Dakota, the newest first" in words_of(first)
    assert r"No 10: the \***canal**\* is **wide**." in words_of(first)
    second = await env.leader.click(first.response, label="More")
    assert "No 0: the" in words_of(second)
    ((label, value),) = offered(second.response).items()
    assert label.endswith("§2 Canal Act 0")
    opened = await env.leader.select(second.response, values=[value])
    assert "No 0: the" in words_of(opened)
    assert "Page 2" in words_of(opened)
    assert "Lorem" in words_of(await env.leader.click(opened.response, label="Back"))
    await env.db.write(AddTag(name="canals"), Context(actor=env.manager.id))
    assert "in force under canals" in await said(env, player, "law search", text="x", tag="canals")
    nothing = await said(env, player, "law search", text="zzz")
    assert "No public law in force has all these words." in nothing
    assert "Militia" not in await said(env, env.leader, "law search", text="trains")


async def test_notices_open_the_law_for_who_may_read_it(world: BotEnv) -> None:
    """A button shows it beside the notice; what its reader may not read any more is not sent."""
    env, leader = world, world.leader
    by_admin = Context(actor=env.admin.id, discord_admin=True)
    law = AddLaw(name="Told Act", body="Told to all.", username="a", nation_id=1)
    public = (await env.db.write(law, by_admin)).after
    sent = (await delivered(env, leader))[-1]
    assert f"Texas {public.number} is in force" in card_words(sent)
    assert f"Read Texas {public.number}" in labels(sent)
    assert "Told to all." in words_of(await leader.user.click(sent, label=f"Read Texas {public.number}"))

    closed = AddLaw(name="Hidden Act", body="Hidden.", username="a", nation_id=1, is_public=False)
    number = (await env.db.write(closed, by_admin)).after.id
    sent = (await delivered(env, leader))[-1]
    assert f"Law #{number} of Texas is in force" in card_words(sent)
    assert "Hidden" not in card_words(sent)
    assert "Hidden." in words_of(await leader.user.click(sent, label=f"Read #{number}"))
    before = len(await delivered(env, leader))
    await env.db.write(EditLaw(law_id=number, body="Hidden still."), by_admin)
    await env.db.write(EndOffice(user_id=leader.id), Context())
    later = await delivered(env, leader)
    assert len(later) == before + 1
    assert "Your office has ended" in card_words(later[-1])
    assert f"#{number}" not in card_words(later[-1])
    assert "no such law" in words_of(await leader.user.click(sent, label=f"Read #{number}"))
    assert rows(env, "SELECT count(*) FROM notifications WHERE way = 'outdated'") == [(1,)]
    office = GiveOffice(nation_id=1, user_id=leader.id, username=leader.name, office="president")
    await env.db.write(office, Context())


async def delivered(env: BotEnv, person: Any) -> list[Any]:
    """Let the outbox send what is due, and return somebody's direct messages."""
    for _ in range(3):
        await Outbox(env.bot).run()
    return list(person.user.dm_channel.history())


async def test_forms_give_back_what_cannot_be_saved(world: BotEnv) -> None:
    """A name that is taken, a text without letters; nobody without an office is asked for one."""
    env, player = world, world.player
    kinds = [(public, draft) for public in (True, False) for draft in (False, True)]
    titles = [LawForm(None, None, (), is_public=public, draft=draft).title for public, draft in kinds]
    assert titles == ["Write a law", "Draft a law", "Write a private law", "Draft a private law"]
    taken = await written(env, player, "Act 1", "x" * 3000)
    assert "has a law of this name already" in taken
    assert "needs a text with letters" in await written(env, player, "Act 99", "---\n---")
    assert "hold an office" in await said(env, env.manager, "law add", name="X")
    assert "say for which nation" in await said(env, env.admin, "law add", name="X")
    saved = await written(env, env.admin, "Admin Act", "By order.", nation="Texas")
    assert "It is in force." in saved


async def test_bad_input_to_laws_that_are_there(world: BotEnv) -> None:
    """A sentence that names the rule, for nobody else to see, and nothing written."""
    env, player = world, world.player
    await env.db.write(AddTag(name="rain"), Context(actor=env.manager.id))
    law = AddLaw(name="Bad Act", body="Bad.", username="p")
    await env.db.write(law, Context(actor=player.id))
    before = dump(env)
    for who, command, options, words in (
        (player, "law read", {"law": "Bad Act", "revision": 99}, "no such revision of this law"),
        (player, "law history", {"law": "Bad Act", "older": 5, "newer": 5}, "the older one first"),
        (player, "law history", {"law": "Bad Act", "older": 5, "newer": 9}, "no such revision"),
        (player, "law rename", {"law": "Bad Act", "name": "\u2800"}, "needs letters that can be seen"),
        (player, "law tag", {"law": "Bad Act", "tags": "rain, nope"}, "is not a tag"),
        (player, "law tag", {"law": "Bad Act", "tags": "a,b,c,d,e,f"}, "at most 5 tags"),
        (player, "law tag", {"law": "Bad Act"}, "filed under these tags already"),
        (player, "law add", {"name": "N", "tags": "nope"}, "is not a tag"),
        (env.admin, "tag remove", {"tag": "rain", "reason": "  "}, "The reason is missing"),
    ):
        assert words in await said(env, who, command, **options), (command, options)
    assert dump(env) == before


async def test_the_sandbox_has_laws_where_nations_are_led(world: BotEnv) -> None:
    """Two presidents have some in force, one in another text, one drafted, and one to themselves."""
    env = world
    await add_sample_laws(env.db, env.manager.id, Context(at=2_000_000_000))
    shown = await said(env, env.manager, "law read", law="Budget Act", revision=1)
    assert "2 laws have this name" in shown
    assert "Guard Orders (Texas, private)" in await said(env, env.leader, "law list", nation="Texas")
    assert "Guard Orders" not in await said(env, env.manager, "law list", nation="Texas")
