"""A long list of cover requests, ten a page."""

from __future__ import annotations

import re

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.covers.writes.steps import RequestCover
from tests.commands.acting import labels, rows, words_of
from tests.conftest import ROSTERS, BotEnv

TURNS = "SELECT sprint_id, discipline, user_id FROM assignments ORDER BY sprint_id, discipline"
ENTRY = re.compile(r"^\*\*(\d+)\*\*", re.MULTILINE)


async def test_every_request_is_on_exactly_one_page(rota_env: BotEnv) -> None:
    """More goes on where the page before ended, Back returns, and no request is lost or shown twice."""
    env = rota_env
    people = {env.staff(name).id: discipline for discipline, names in ROSTERS.items() for name in names}
    current = rows(env, "SELECT id FROM sprints WHERE name = 'Sprint 2'")[0][0]
    wanted = 0
    for sprint, discipline, holder in rows(env, TURNS):
        if sprint < current or holder not in people:
            continue
        for other in (
            person for person, theirs in people.items() if theirs == discipline and person != holder
        ):
            write = RequestCover(sprint_id=sprint, discipline=discipline, replacement_id=other)
            await env.db.write(write, Context(actor=holder))
            wanted += 1
    assert wanted > 10

    listed = await env.manager.slash(env.channel, "cover list")
    assert listed.response is not None
    seen = ENTRY.findall(words_of(listed))
    assert len(seen) == 10
    first = words_of(listed)
    pages = 1
    while "More" in labels(listed.response):
        await env.manager.click(listed.response, label="More")
        seen += ENTRY.findall(words_of(listed))
        pages += 1
    assert pages == -(-wanted // 10)
    assert len(seen) == len(set(seen)) == wanted
    for _ in range(pages - 1):
        await env.manager.click(listed.response, label="Back")
    assert words_of(listed) == first
