"""/nation, /nation-admin, /rank and “Show nation” as people use them, in one server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.nations.commands.ranking import MENU
from modelus_bot.subjects.nations.jobs import NationLeaves
from modelus_bot.subjects.nations.queries.mapped import map_view
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from tests.commands.acting import card_words, dump, labels, rows, words_of
from tests.conftest import BotEnv, open_bot
from tests.database.operations import Meddle
from tests.subjects.nations.test_changes import PNG

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server with twelve nations, of which the leader leads Texas, and a place for flags."""
    async with open_bot(tmp_path_factory.mktemp("nations")) as env:
        server = env.bot.settings.server.model_copy(update={"archive_channel_id": env.staff_channel.id})
        env.bot.settings = env.bot.settings.model_copy(update={"server": server})
        names = ["Texas", "Dakota", *(f"Land {number}" for number in range(10))]
        for number, name in enumerate(names):
            nation = CreateNation(name=name, gdp=10**12 * (number // 2), population=10**6)
            await env.db.write(nation, Context())
        for number, person in ((1, env.leader), (2, env.player)):
            office = GiveOffice(nation_id=number, user_id=person.id, username=person.name, office="president")
            await env.db.write(office, Context())
        yield env


async def said(env: BotEnv, who: Any, command: str, **options: Any) -> str:
    """Return what a command answers."""
    return words_of(await who.slash(env.channel, command, **options))


async def test_a_leader_decides_and_everybody_sees(world: BotEnv) -> None:
    """Before → after under each change; the card shows it to anybody, found by the name it had, too."""
    env, leader = world, world.leader
    assert "**Tax rate:** 20 % → 21.5 %" in await said(env, leader, "nation tax", rate="21.5")
    again = await said(env, leader, "nation tax", rate="22")
    assert "can change its tax rate again <t:" in again
    assert "**Prefix:** none → State of" in await said(env, leader, "nation prefix", prefix="state of")
    assert "change its name or prefix again" in await said(env, leader, "nation rename", new_name="Tejas")
    form = await said(env, leader, "nation government", form="Federal Republic")
    assert "Democracy → Federal Republic" in form
    assert "> Large." in await said(env, leader, "nation describe", text="Large.")
    described = await said(env, leader, "nation describe")
    assert "**Description before:**\n> Large.\n**Description now:** none" in described
    await said(env, leader, "nation describe", text="Large.")
    for name in ("Austin", "Houston"):
        await said(env, leader, "nation city", action="add", name=name)
    cities = await said(env, leader, "nation city", action="capital", name="Houston")
    assert cities.index("Houston (capital)") < cities.index("Austin")
    found = await leader.autocomplete(env.channel, "nation city", "name", "", action="remove")
    assert [choice["name"] for choice in found] == ["Houston", "Austin"]
    renamed = await said(env, env.admin, "nation-admin rename", nation="texas", new_name="Lone Star")
    assert "**Name:** Texas → Lone Star" in renamed

    shown = await said(env, env.player, "nation show", nation="TEXAS")
    for words in (
        "State of Lone Star",
        "21.5 %",
        "Federal Republic",
        "Large.",
        "Houston",
        "Once called",
        "Texas",
    ):
        assert words in shown
    own = await env.leader.slash(env.channel, "nation show")
    assert "State of Lone Star" in words_of(own)
    assert own.response is not None
    assert not own.response.ephemeral
    menu = await env.player.context_menu(env.channel, MENU, env.leader)
    assert "State of Lone Star" in words_of(menu)
    assert "holds no office" in words_of(await env.player.context_menu(env.channel, MENU, env.manager))


async def test_a_dry_run_shows_the_difference_and_saves_nothing(world: BotEnv) -> None:
    """Every change of administrators can be looked at before it is made; the file stays the same."""
    env, admin = world, world.admin
    edit = {"nation": "Dakota", "metric": "ground", "mode": "set", "value": "7.5", "reason": "Why"}
    history = rows(env, "SELECT max(id) FROM nation_history")[0][0]
    await said(env, admin, "nation-admin edit", **{**edit, "value": "6"})
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("create", {"name": "Utah", "gdp": "240 B", "population": "3.4 M"}, "Utah is founded"),
        ("edit", edit, "**Ground forces:** 6 of 10 → 7.5 of 10"),
        ("rename", {"nation": "Dakota", "new_name": "MinDak"}, "Dakota → MinDak"),
        ("undo", {"change": str(history + 1)}, "6 of 10 → 5 of 10"),
        ("archive", {"nation": "Land 0", "reason": "r"}, "**Status:** Active → Archived"),
        ("leave", {"nation": "Land 0", "until": "in 3 days"}, "Active → On leave until"),
        ("link", {"nation": "Dakota", "user": env.staff("bo")}, "is not president any more"),
        ("unlink", {"user": env.player}, "is not president any more"),
    ]
    for command, options, words in cases:
        before = dump(env)
        answer = await said(env, admin, f"nation-admin {command}", **options, dry_run=True)
        assert "Only a preview: nothing was saved" in answer, command
        assert "Kept as" not in answer, command
        assert words in answer, (command, answer)
        assert dump(env) == before, command
    assert "nothing was saved" not in await said(env, admin, "nation-admin undo", change=str(history + 1))


async def test_an_alias_finds_a_nation_wherever_its_name_is_typed(world: BotEnv) -> None:
    """Looked at first, then given; suggested as what it is, shown on the card, and taken away again."""
    env, admin = world, world.admin
    alias: dict[str, Any] = {"action": "add", "nation": "Land 5", "name": "The Fifth", "reason": "Short"}
    before = dump(env)
    tried = await said(env, admin, "nation-admin alias", **alias, dry_run=True)
    assert "nothing was saved" in tried
    assert "“The Fifth” finds it from now on." in tried
    assert dump(env) == before
    await said(env, admin, "nation-admin alias", **alias)
    assert "Also called: The Fifth" in await said(env, env.player, "nation show", nation="the fifth")
    (found,) = await env.player.autocomplete(env.channel, "nation show", "nation", "fift")
    assert found["name"] == "Land 5 (also The Fifth)"
    gone = {"action": "remove", "nation": found["value"]}
    (picked,) = await admin.autocomplete(env.channel, "nation-admin alias", "name", "fif", **gone)
    assert await admin.autocomplete(env.channel, "nation-admin alias", "name", "", action="remove") == []
    taken = await said(env, admin, "nation-admin alias", **gone, name=picked["value"])
    assert "“The Fifth” does not find it any more." in taken
    assert "is not a nation" in await said(env, env.player, "nation show", nation="The Fifth")


async def test_whoever_is_replaced_is_shown_before(world: BotEnv) -> None:
    """An empty office is given at once; a held one after a question, whose answer does what was shown."""
    env, admin, bo = world, world.admin, world.staff("bo")
    free = await said(env, admin, "nation-admin link", nation="Land 1", user=bo, office="vice_president")
    assert "is vice president" in free
    asked = await admin.slash(env.channel, "nation-admin link", nation="Land 2", user=bo)
    assert "president of Land 2?" in words_of(asked)
    assert "is not vice president of nation 4 any more" in words_of(asked)
    await admin.click(asked.response, label="Replace")
    held = "SELECT nation_id, office FROM nation_offices WHERE user_id = ? AND until IS NULL"
    assert rows(env, held, bo.id) == [(5, "president")]
    refused = await said(env, admin, "nation-admin archive", nation="Land 2", reason="r")
    assert "is led by" in refused
    ended = await admin.slash(env.channel, "nation-admin unlink", user=bo)
    await admin.click(ended.response, label="End it")
    assert rows(env, held, bo.id) == []


async def test_archived_nations_leave_the_lists_and_come_back(world: BotEnv) -> None:
    """Asked first; then they are not suggested where nations act, and restored by the same name."""
    env, admin = world, world.admin
    asked = await admin.slash(env.channel, "nation-admin archive", nation="Land 9", reason="Empty")
    assert labels(asked.response) == ["Archive", "Cancel"]
    assert "`/nation-admin restore` brings it back" in words_of(asked)
    await admin.click(asked.response, label="Archive")
    assert "Active → Archived" in card_words(asked.response)
    like = await admin.autocomplete(env.channel, "nation-admin edit", "nation", "land 9")
    assert "Land 9" not in str(like)
    assert "is not a nation" in await said(env, admin, "nation-admin leave", nation="Land 9")
    (found,) = await admin.autocomplete(env.channel, "nation-admin restore", "nation", "land 9")
    assert found["name"] == "Land 9 (archived)"
    assert "Archived → Active" in await said(env, admin, "nation-admin restore", nation=found["value"])
    await said(env, admin, "nation-admin leave", nation="Land 9", until="tomorrow")
    assert "On leave" in await said(env, env.player, "nation show", nation="Land 9")
    with_past = "UPDATE nations SET leave_until = 5 WHERE name = 'Land 9'"
    await env.db.write(Meddle(sql=with_past), Context())
    await NationLeaves(env.bot).run()
    assert rows(env, "SELECT status FROM nations WHERE name = 'Land 9'") == [("active",)]


async def test_rankings_have_pages_and_ones_own_place(world: BotEnv) -> None:
    """Equal ones share a place; the viewer's own is below, on every page; comparison says who leads."""
    env = world
    first = await env.leader.slash(env.channel, "rank")
    words = words_of(first)
    assert "1\\. Land 8: $5 T\n1\\. Land 9: $5 T\n3\\. " in words
    (own,) = rows(env, "SELECT coalesce(prefix || ' ', '') || name FROM nations WHERE id = 1")[0]
    assert words.count(own) == 1
    await env.leader.click(first.response, label="More")
    assert f"11\\. **{own}**: $0" in card_words(first.response)
    short = await env.leader.slash(env.channel, "rank", by="ground", limit=3)
    assert "More" not in labels(short.response)
    assert not short.response.attachments
    drawn = await env.leader.slash(env.channel, "rank", picture="light")
    assert [file.filename for file in drawn.response.attachments] == ["rank.png"]
    await env.leader.click(drawn.response, label="More")
    assert drawn.response.embeds[0].image.url is not None
    compared = await env.leader.slash(env.channel, "nation compare", first="Land 9", picture="dark")
    assert "**Land 9** leads in 2 of 5" in words_of(compared)
    assert [file.filename for file in compared.response.attachments] == ["compare.png"]


async def test_history_says_what_changed_why_and_by_whom(world: BotEnv) -> None:
    """The latest first, with the numbers that undo takes."""
    env = world
    for value in ("8", "9"):
        await said(
            env, env.admin, "nation-admin edit",
            nation="Land 3", metric="air", mode="set", value=value, reason="Manoeuvres",
        )  # fmt: skip
    last = rows(env, "SELECT max(id) FROM nation_history")[0][0]
    refused = await said(env, env.admin, "nation-admin undo", change=f"#{last - 1}")
    assert f"because change {last} came after it" in refused
    for typed in ("land 3", "manoeuv"):
        found = await env.admin.autocomplete(env.channel, "nation-admin undo", "change", typed)
        assert found[0]["name"] == f"{last}: Land 3, Air forces 8 of 10 → 9 of 10, Manoeuvres"
        assert not any(choice["name"].startswith(f"{last - 1}:") for choice in found)
    await said(env, env.admin, "nation-admin undo", change=found[0]["value"])
    listed = await env.player.slash(env.channel, "nation history", nation="Land 3", metric="air")
    assert [file.filename for file in listed.response.attachments] == ["history.png"]
    assert listed.response.embeds[0].image.url is not None
    shown = words_of(listed)
    assert f"9 of 10 → 8 of 10, change {last} undone by" in shown
    assert f"`{last}`" in shown
    assert "(undone)" in shown
    assert "Manoeuvres" in shown
    assert shown.index("change") < shown.index("began with 5 of 10")
    begun = f"UPDATE nation_history SET at = at - 864000 WHERE id < {last}"
    await env.db.write(Meddle(sql=begun), Context())
    lately = await env.player.slash(env.channel, "nation history", nation="Land 3", metric="air", days=9)
    assert "Since <t:" in words_of(lately)
    assert [file.filename for file in lately.response.attachments] == ["history.png"]
    assert f"`{last}`" in words_of(lately)
    assert f"`{last - 1}`" not in words_of(lately)
    none = await said(env, env.player, "nation history", nation="Land 4", metric="air", days=9)
    assert "Nothing was changed. It is 5 of 10." in none


async def test_the_overview_sums_and_says_where_one_stands(world: BotEnv) -> None:
    """Sums, averages, the first three, all eight places, and the newest changes of any nation."""
    env = world
    sums = "SELECT count(*), sum(gdp), avg(tax_bp) FROM nations WHERE status = 'active'"
    shown = await said(env, env.leader, "nation overview")
    (count, gdp, tax) = rows(env, sums)[0]
    assert f"{count} active" in shown
    assert f"${gdp // 10**12} T" in shown
    assert f"{int(tax) / 100:g} %" in shown
    assert "1\\. Land 8: $5 T\n1\\. Land 9: $5 T\n3\\. " in shown
    assert shown.count("\\. by ") == 8
    last = rows(env, "SELECT max(id) FROM nation_history WHERE old IS NOT NULL")[0][0]
    assert f"`{last}`" in shown
    assert "began with" not in shown
    assert "Your nation" not in await said(env, env.manager, "nation overview")


async def test_the_map_finds_nations_by_any_name(world: BotEnv, tmp_path: Path) -> None:
    """Present and former; others are listed below. A bad file is told to administrators alone."""
    env, settings = world, world.bot.settings
    shown = await env.player.slash(env.channel, "nation map", by="population")
    assert [file.filename for file in shown.response.attachments] == ["map.png"]
    view = await env.db.read(map_view, "gdp", ("Texas", "dakota", "Republic of Land 3", "Nowhere"))
    assert [one and one.nation_id for _, one in view.regions] == [1, 2, 6, None]
    assert view.elsewhere_count == len(view.elsewhere) == 9
    assert "Land 4" in words_of(shown)

    path = tmp_path / "map.svg"
    path.write_text("<svg><path id='Land 3' d='M0 0A1'/></svg>", "utf-8")
    server = settings.server.model_copy(update={"map_file": path})
    env.bot.settings = settings.model_copy(update={"server": server})
    for who, told in ((env.admin, True), (env.player, False)):
        answer = await who.slash(env.channel, "nation map")
        assert ("turn arcs into curves" in words_of(answer)) == told
    path.write_text("<svg><path id='Land 3' d='M0 0h9v9z'/></svg>", "utf-8")
    assert "of 28 regions" not in await said(env, env.player, "nation map")
    env.bot.settings = settings


async def test_a_flag_is_posted_again_where_it_stays(world: BotEnv) -> None:
    """Under a name of the bot's own; each card carries it along; without its message the card says so."""
    env = world
    saved = await said(env, env.leader, "nation flag", image=("virus.exe", PNG))
    assert "**Flag:** a new one" in saved
    posted = env.staff_channel.history()[-1]
    assert [file.filename.startswith("flag-1-") for file in posted.attachments] == [True]
    assert posted.attachments[0].filename.endswith(".png")
    assert rows(env, "SELECT flag_channel_id, flag_message_id FROM nations WHERE id = 1") == [
        (env.staff_channel.id, posted.id)
    ]
    again = await said(env, env.leader, "nation flag", image=("flag.png", PNG))
    assert "can change its flag again" in again
    assert env.staff_channel.history()[-1].id == posted.id
    card = (await env.player.slash(env.channel, "nation show", nation="Texas")).response
    assert card is not None
    assert [file.filename for file in card.attachments] == ["flag.png"]
    assert card.embeds[0].image.url is not None
    gone = "UPDATE nations SET flag_message_id = 5 WHERE id = 1"
    await env.db.write(Meddle(sql=gone), Context())
    assert "flag not at hand" in await said(env, env.player, "nation show", nation="Texas")
