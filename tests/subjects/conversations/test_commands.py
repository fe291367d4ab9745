"""/conversation as staff see it: hits by page, and all that was said about one item."""

from __future__ import annotations

from modelus_bot.database import Context
from modelus_bot.subjects.audit.pruning import PruneRequests
from tests.commands.acting import labels, rows, words_of
from tests.conftest import BotEnv


async def test_what_was_said_is_found_and_shown(rota_env: BotEnv) -> None:
    """Ten a page with the hit marked; pages go on with what was looked for as long as answers are kept."""
    env = rota_env
    bo = env.staff("bo")
    await env.player.slash(env.channel, "triage report", title="Lost **seal**", description="D")
    for number in range(12):
        await bo.slash(env.channel, "triage note", item="1", text=f"The treaty, part {number}")
    await bo.slash(env.channel, "triage reply", item="1", text="We know of the *treaty*")

    found = await bo.slash(env.channel, "conversation search", text="TREATY we")
    assert "▸ **We** know of the \\***treaty**\\*" in words_of(found)
    assert labels(found.response) == []
    pages = await bo.slash(env.channel, "conversation search", text="trea", order="newest")
    shown = words_of(pages)
    assert "Found: trea" in shown
    assert "item 1, Lost \\*\\*seal" in shown
    assert shown.count("**treaty**") == 10
    assert labels(pages.response) == ["More"]
    await bo.click(pages.response, label="More")
    turned = words_of(pages)
    assert turned.count("**treaty**") == 3
    assert "part 0" in turned

    assert "Nothing was found" in words_of(await bo.slash(env.channel, "conversation search", text='"*!'))
    assert "Only staff" in words_of(await env.player.slash(env.channel, "conversation search", text="treaty"))
    assert "The treaty, part 0" in words_of(await bo.slash(env.channel, "conversation show", item="1"))

    kept = "SELECT request_id FROM requests WHERE command = 'KeepSearch'"
    known = tuple(request for (request,) in rows(env, kept))
    await env.db.write(PruneRequests(ids=known, before=2**40), Context())
    await bo.click(pages.response, label="Back")
    assert "This search is gone" in words_of(pages)
