"""Answers that are lost on the way: one change, one card, nobody left at “thinking…”, no false alarm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.wire.community import make_community
from tests.wire.interactions import labels
from tests.wire.process import BotProcess, until
from tests.wire.world import World

FIRST, LATER = r"POST /interactions/", r"(PATCH|POST) /webhooks/"
LOSSES: list[dict[str, Any]] = [
    {"what": "drop", "when": "before"},
    {"what": "drop", "when": "after"},
    {"what": 500, "when": "before"},
    {"what": 503, "when": "after"},
    {"what": "hang", "when": "after", "seconds": 20},
    {"what": 429, "when": "before", "retry_after": 0.4},
]
"""What may become of a call; “after” means that Discord has done it, and the bot does not hear of it."""


async def role(discord: World, number: int) -> tuple[str, Any]:
    """Let somebody new be given a role, and return their id and what the owner saw."""
    person = discord.server.add_person(f"person{number}")
    return person, await discord.command("member role", {"user": person, "role": "tester"})


def changes(bot: BotProcess, person: str) -> int:
    """Return how often somebody's role was changed, by the log."""
    sql = (
        "SELECT count(*) FROM audit_logs WHERE table_name = 'users' AND record_id = ?"
        " AND json_extract(new_values, '$.role') = 'tester'"
    )
    return int(bot.rows(sql, person)[0][0])


async def test_whatever_is_lost_once_a_change_has_one_card(tmp_path: Path) -> None:
    """Each call of an answer, lost in each way: the change is made once and said once."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        for number, loss in enumerate(LOSSES):
            for where in (FIRST, LATER):
                fault = discord.faults.add(where, **loss)
                person, answer = await role(discord, number)
                about = (where, loss, answer.text)
                assert fault.hits == 1, about
                assert answer.text.count("Role saved") == 1, about
                assert len(answer.messages) == 1, about
                assert changes(bot, person) == 1, about


async def test_a_final_answer_is_tried_until_it_has_arrived(tmp_path: Path) -> None:
    """Discord failing again and again for seconds delays the card and does not double it."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        for what in ("drop", 500):
            discord.faults.add(LATER, what, when="before", times=2)
            discord.faults.add(LATER, what, when="after", times=2)
            person, answer = await role(discord, 1)
            assert [answer.text.count("Role saved"), len(answer.messages)] == [1, 1]
            assert changes(bot, person) == 1


async def test_where_nothing_was_begun_nothing_may_have_been_saved(tmp_path: Path) -> None:
    """A first answer that never arrives begins nothing; one that may have arrived ends in a true sentence."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        discord.faults.add(FIRST, "drop", when="before", times=9)
        person, answer = await role(discord, 1)
        assert "did not respond" in answer.text
        assert changes(bot, person) == 0
        discord.faults.clear()
        discord.faults.add(FIRST, "drop", when="after")
        discord.faults.add(FIRST, "drop", when="before", times=9)
        person, answer = await role(discord, 2)
        assert "Nothing was changed" in answer.text
        assert "saved" not in answer.text
        assert changes(bot, person) == 0
        discord.faults.clear()
        discord.faults.add(LATER, 400)
        answer = await discord.command("oncall mine")
        assert "Nothing was changed" in answer.text
        discord.faults.add(LATER, 400)
        person, answer = await role(discord, 3)
        assert "may have been saved" in answer.text
        assert changes(bot, person) == 1


async def test_a_refusal_after_a_public_thinking_is_private_whatever_is_lost(tmp_path: Path) -> None:
    """“thinking…” goes away, and the person reads why; the others see nothing."""
    async with World() as discord, discord.bot(tmp_path):
        player = discord.server.add_person("player")
        for loss in LOSSES[:4]:
            for where in (FIRST, r"PATCH /webhooks/", r"DELETE /webhooks/", r"POST /webhooks/"):
                fault = discord.faults.add(where, **loss)
                answer = await discord.command("roster show", by=player)
                assert fault.hits == 1
                await until(lambda answer=answer: "Not allowed" in answer.text, f"{where} {loss}", 5.0)
                assert not answer.thinking
                assert all(message["flags"] & 64 for message in answer.messages), (where, loss)
        assert discord.in_channel(discord.server.general) == []


async def test_a_request_is_in_the_duty_channel_while_its_author_waits(tmp_path: Path) -> None:
    """The author's own answer being lost for long keeps nobody from deciding, and there is one card each."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        people = await make_community(discord)
        discord.faults.add(r"PATCH /webhooks/", "drop", times=4)
        discord.faults.add(r"POST /channels/", "drop", when="after")
        turn = {"sprint": "S1", "discipline": "account"}
        asked = await discord.ask("cover request", turn, by=people.alice)
        await until(lambda: discord.in_channel(discord.server.duty), "the card in the duty channel")
        assert not asked.answered
        (card,) = discord.in_channel(discord.server.duty)
        taken = await discord.press(card, "Take", by=people.bob)
        assert "Taken" in taken.text
        await asked.settled(20.0)
        assert "Cover request 1" in asked.text
        assert len(asked.messages) == 1
        assert len(discord.in_channel(discord.server.duty)) == 1
        assert card["embeds"][0]["url"].endswith(asked.message["id"])
        assert bot.rows("SELECT status, attempts FROM overrides") == [("taken", 1)]


async def test_a_question_is_no_dead_button(tmp_path: Path) -> None:
    """Its result card being refused, it is pressed again, also in another process, and says what was done."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        alice = discord.server.add_person("alice")
        asked = await discord.command("roster add", {"discipline": "account", "user": alice})
        discord.faults.add(r"PATCH /webhooks/", 400)
        lost = await discord.press(asked.message, "Add")
        assert "may have been saved" in lost.text
        assert [*labels(asked.message)] == ["Add", "Cancel"]
        bot.kill()
        discord.gateway.forget()
        bot.start()
        await discord.connected(bot)
        again = await discord.press(asked.message, "Add")
        assert "Saved" in again.text
        assert [*labels(asked.message)] == []
        sql = "SELECT count(*) FROM audit_logs WHERE table_name = 'user_disciplines'"
        assert bot.rows(sql) == [(1,)]


async def test_a_form_that_was_open_is_taken_after_a_restart(tmp_path: Path) -> None:
    """Whoever writes a reason while the bot is updated does not write it in vain."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        people = await make_community(discord)
        turn = {"sprint": "S1", "discipline": "account"}
        asked = await discord.command("cover request", turn, by=people.alice)
        form = await discord.press(asked.message, "Decline", by=people.pam)
        assert await bot.stop() == 0
        bot.start()
        await discord.connected(bot)
        answer = await discord.submit(form, {"reason": "We need you"})
        assert "Declined" in answer.text
        assert bot.rows("SELECT status FROM overrides") == [("declined",)]


@pytest.mark.parametrize("deliveries", [2, 3])
async def test_a_command_that_arrives_several_times_is_done_once(tmp_path: Path, deliveries: int) -> None:
    """The gateway repeating itself, with a lost first answer on top."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        for number, loss in enumerate([None, *LOSSES[:4]]):
            if loss is not None:
                discord.faults.add(FIRST, **loss)
            person = discord.server.add_person(f"person{number}")
            answer = await discord.command(
                "member role", {"user": person, "role": "tester"}, deliveries=deliveries
            )
            assert [answer.text.count("Role saved"), len(answer.messages)] == [1, 1], loss
            assert changes(bot, person) == 1
