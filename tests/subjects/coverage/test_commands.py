"""/coverage: pages of each view, another view from the menu, and days that can be typed and picked."""

from __future__ import annotations

from datetime import timedelta

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from tests.commands.acting import card_words, labels, lift_discords_hint, offered, words_of
from tests.conftest import BotEnv, first_sprint_day

DAY = timedelta(days=1)


async def test_fairness_names_everybody_on_a_roster_and_pages(rota_env: BotEnv) -> None:
    """Two sprints of two rosters in the span; a page has ten people, and the menu leads to other views."""
    env = rota_env
    for number in range(8):
        write = AddToRoster(member_id=2**45 + number, name=f"Extra {number}", discipline="po")
        await env.db.write(write, Context())
    first = first_sprint_day()
    shown = await env.staff("avery").slash(
        env.channel, "coverage", **{"from": str(first), "to": str(first + 27 * DAY)}
    )
    said = words_of(shown)
    assert "**Avery Account**: 1 duty, 14 days, 2 weekends" in said
    assert "**Bo Account**: 1 duty, 14 days" in said
    assert "All together:" in said
    assert shown.response is not None
    assert shown.response.ephemeral
    assert labels(shown.response) == ["More"]
    await env.staff("avery").click(shown.response, label="More")
    assert "**Extra 7**: 0 duties, 0 days, 0 weekends" in words_of(shown)
    assert list(offered(shown.response)) == ["Fairness", "Load", "Gaps"]


async def test_other_views_are_chosen_from_the_menu(rota_env: BotEnv) -> None:
    """The same days as loads, and as gaps: disciplines without a roster have nobody."""
    env = rota_env
    first = first_sprint_day()
    days = {"from": str(first), "to": str(first + 27 * DAY)}
    shown = await env.manager.slash(env.channel, "coverage", view="load", **days)
    assert "**Account**: 28 days, 9.3 each if shared evenly; most" in words_of(shown)
    assert "nobody is on the roster; ⚠️ 28 days without anybody" in words_of(shown)
    menu = offered(shown.response)
    await env.manager.select(shown.response, [menu["Gaps"]])
    assert shown.response is not None
    assert "in Sprint 1 has nobody" in card_words(shown.response)


async def test_gaps_ahead_begin_today_and_say_where_the_plan_ends(rota_env: BotEnv) -> None:
    """Without days given: from today, twelve weeks; what is after the last sprint is said."""
    env = rota_env
    shown = await env.manager.slash(env.channel, "coverage", view="gaps")
    said = words_of(shown)
    while "More" in labels(shown.response):
        await env.manager.click(shown.response, label="More")
        said += card_words(shown.response)
    assert "no sprint is planned; the holders of the one before stay on duty" in said
    assert "Sprint 1 " not in said


async def test_days_are_suggested(rota_env: BotEnv) -> None:
    """Weeks ago, sprints' first and last days, and what was typed; nothing to those who are not staff."""
    env = rota_env
    staff = env.staff("avery")
    first = {
        item["name"]: item["value"] for item in await staff.autocomplete(env.channel, "coverage", "from", "")
    }
    assert any(name.startswith("12 weeks ago") for name in first)
    assert str(first_sprint_day()) in first.values()
    last = [item["value"] for item in await staff.autocomplete(env.channel, "coverage", "to", "Sprint 1")]
    assert last[0] == str(first_sprint_day() + 13 * DAY)
    typed = await staff.autocomplete(env.channel, "coverage", "from", "2 weeks ago")
    assert typed[0]["name"].startswith("2 weeks ago (")
    await lift_discords_hint(env, env.player)
    assert await env.player.autocomplete(env.channel, "coverage", "from", "") == []
