"""/inbox as everybody uses it: for whoever asks alone, also after a restart and without the database."""

from __future__ import annotations

import time
from typing import Any

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.subjects.covers.writes.steps import RequestCover, WithdrawCover
from modelus_bot.subjects.notices.jobs.outbox import Outbox
from modelus_bot.subjects.notices.rules.kinds import KINDS, NoticeType
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.people.writes import RegisterMember
from tests.commands.acting import card_words, chosen, dump, labels, rows, words_of
from tests.commands.away import going_on, notice_absence, take_away
from tests.conftest import BotEnv

PEOPLE = ("player", "manager", "admin", "bo")
"""A player, a project manager, an administrator, and one of the staff."""


class Tell(Write[int]):
    """Queues notices, as any operation may."""

    person: int
    titles: tuple[str, ...]
    kind: NoticeType = "oncall"

    def apply(self, tx: Transaction) -> int:
        """Queue them."""
        for title in self.titles:
            notify(tx, self.person, self.kind, title, f"{title}, in full.")
        return len(self.titles)


def person(env: BotEnv, name: str) -> Any:
    """Return somebody by their part or their key among the staff."""
    return getattr(env, name, None) or env.staff(name)


async def tell(env: BotEnv, who: Any, *titles: str, kind: NoticeType = "oncall") -> None:
    """Tell somebody several things, long enough ago to be due."""
    context = Context(at=int(time.time()) - 10)
    await env.db.write(RegisterMember(discord_id=who.id, username=who.name), context)
    await env.db.write(Tell(person=who.id, titles=titles, kind=kind), context)


def shown(result: Any) -> list[Any]:
    """Return the messages with cards that an interaction was answered with."""
    return [item for item in (result.response, *result.followups) if item is not None and item.embeds]


@pytest.mark.parametrize("name", PEOPLE)
async def test_everybody_sees_their_own_and_nobody_elses(bot_env: BotEnv, name: str) -> None:
    """Every command, for somebody of each standing, beside somebody who has other notices."""
    env, who = bot_env, person(bot_env, name)
    other = env.leader
    await tell(env, who, "Mine")
    await tell(env, other, "Secret")
    number = rows(env, "SELECT id FROM notifications WHERE title = 'Secret'")[0][0]
    for command, options in (
        ("inbox list", {}),
        ("inbox list", {"unread": True}),
        ("inbox read", {"notice": str(number)}),
        ("inbox read-all", {}),
        ("inbox prefs", {}),
        ("inbox quiet", {}),
    ):
        result = await who.slash(env.channel, command, **options)
        assert "Secret" not in words_of(result), command
        assert all(message.ephemeral for message in shown(result)), command
    offered = await who.autocomplete(env.channel, "inbox read", "notice", "")
    assert [item["name"] for item in offered] == [f"{number - 1}: Mine (On duty)"]
    assert rows(env, "SELECT is_read FROM notifications WHERE id = ?", number) == [(0,)]


async def test_the_list_has_pages_and_opens_notices(bot_env: BotEnv) -> None:
    """Unread first, ten a page; a button opens one, which is read then; all of it after a restart, too."""
    env, who = bot_env, bot_env.player
    await tell(env, who, *(f"Title {number:02}" for number in range(1, 13)))
    listed = await who.slash(env.channel, "inbox list")
    assert "Your inbox: 12 unread" in words_of(listed)
    assert labels(listed.response) == [*(str(number) for number in range(12, 2, -1)), "More"]
    await env.restart()
    opened = await who.click(listed.response, label="12")
    assert "Title 12, in full." in words_of(opened)
    assert all(message.ephemeral for message in shown(opened))
    await who.click(listed.response, label="More")
    assert "Your inbox: 11 unread" in card_words(listed.response)
    assert labels(listed.response) == ["1", "12", "Back"]
    again = await who.slash(env.channel, "inbox list", unread=True)
    assert "Title 12" not in words_of(again)


async def test_a_notice_is_opened_with_its_buttons(rota_env: BotEnv) -> None:
    """What it is about can be done from the inbox as well; picked from the list or typed by number."""
    env, bo = rota_env, rota_env.staff("bo")
    casey = env.staff("casey")
    await env.db.write(Forget(), Context())
    sprint = rows(env, "SELECT id FROM sprints WHERE name = 'Sprint 2'")[0][0]
    ask = RequestCover(sprint_id=sprint, discipline="account", replacement_id=casey.id)
    await env.db.write(ask, Context(actor=bo.id))
    (offered,) = await casey.autocomplete(env.channel, "inbox read", "notice", "cover")
    opened = await casey.slash(env.channel, "inbox read", notice=offered["value"])
    assert labels(opened.response) == ["Take", "I can't"]
    assert "Sending: Is sent to you" in words_of(opened)
    await Outbox(env.bot).run()
    assert list(casey.user.dm_channel.history()) == []
    taken = await casey.click(opened.response, label="Take")
    assert "Open → Taken" in words_of(taken)


async def test_everything_is_marked_after_a_question(bot_env: BotEnv) -> None:
    """It says how many; what comes before the answer stays unread; asked again there is nothing."""
    env, who = bot_env, bot_env.player
    await tell(env, who, "One", "Two")
    asked = await who.slash(env.channel, "inbox read-all")
    assert "Mark 2 notices as read?" in words_of(asked)
    await tell(env, who, "Three")
    await who.click(asked.response, label="Mark as read")
    assert "2 notices marked as read" in card_words(asked.response)
    assert rows(env, "SELECT title FROM notifications WHERE is_read = 0") == [("Three",)]
    await who.click((await who.slash(env.channel, "inbox read-all")).response, label="Mark as read")
    assert "Nothing is unread" in words_of(await who.slash(env.channel, "inbox read-all"))


async def test_each_kind_has_a_menu(bot_env: BotEnv) -> None:
    """It shows what is chosen, and keeps what is chosen then; also after a restart."""
    env, who = bot_env, bot_env.player
    asked = await who.slash(env.channel, "inbox prefs")
    assert chosen(asked.response) == ["dm"] * 4
    await env.restart()
    await who.select(asked.response, ["inbox"], custom_id="inbox:pref:cover")
    assert chosen(asked.response) == ["dm", "inbox", "dm", "dm"]
    seen = labels(asked.response)
    for _ in range(2):
        await who.click(asked.response, label="More")
        seen += labels(asked.response)
    assert "Cannot be switched off" in card_words(asked.response)
    direct = await who.slash(env.channel, "inbox prefs", kind="system", delivery="inbox")
    assert chosen(direct.response) == ["dm", "dm", "inbox"]
    assert rows(env, "SELECT type, delivery FROM notification_prefs ORDER BY type") == [
        ("cover", "inbox"),
        ("system", "inbox"),
    ]


async def test_a_menu_of_a_kind_that_is_gone_says_so(bot_env: BotEnv) -> None:
    """A message from another version may offer what is not known here; nothing is written."""
    env, who = bot_env, bot_env.player
    asked = await who.slash(env.channel, "inbox prefs")
    stored = env.simulation.backend.get_message(asked.response.channel_id, asked.response.id)
    stored.components[0]["components"][0]["custom_id"] = "inbox:pref:gossip"
    before = dump(env)
    result = await who.select(asked.response, ["inbox"], custom_id="inbox:pref:gossip")
    assert "does not fit" in words_of(result)
    assert dump(env) == before


async def test_a_button_of_a_notice_that_is_gone_says_so(bot_env: BotEnv) -> None:
    """Read notices go after a while; their button is answered with what there is."""
    env, who = bot_env, bot_env.player
    await tell(env, who, "One")
    listed = await who.slash(env.channel, "inbox list")
    await env.db.write(Forget(), Context())
    pressed = await who.click(listed.response, label="1")
    assert "There is no notice number 1 in your inbox" in words_of(pressed)
    assert all(message.ephemeral for message in shown(pressed)[1:])


class Forget(Write[int]):
    """Removes all notices, as maintenance does in the end."""

    def apply(self, tx: Transaction) -> int:
        """Delete them."""
        return tx.execute("DELETE FROM notifications")


async def test_quiet_hours_are_shown_set_and_ended(bot_env: BotEnv) -> None:
    """With the time it is there; what passes all the same is named."""
    env, who = bot_env, bot_env.player
    assert "You have none" in words_of(await who.slash(env.channel, "inbox quiet"))
    options = {"from": "10 pm", "to": "7:30", "zone": "berlin"}
    said = words_of(await who.slash(env.channel, "inbox quiet", **options))
    assert "**22:00 to 07:30**" in said
    assert "Europe/Berlin" in said
    assert KINDS["issue_reported"].label in said
    assert rows(env, "SELECT quiet_from, quiet_to, timezone FROM users WHERE discord_id = ?", who.id) == [
        (1320, 450, "Europe/Berlin")
    ]
    assert "You have none" in words_of(await who.slash(env.channel, "inbox quiet", **{"from": "off"}))
    name = rows(env, "SELECT username FROM users WHERE discord_id = ?", who.id)[0][0]
    assert not name.startswith("Member ")


async def test_one_message_has_the_buttons_of_all_it_holds(rota_env: BotEnv) -> None:
    """Those that rewrite their message are behind a button that opens their notice; it outlives a restart."""
    env, bo, casey = rota_env, rota_env.staff("bo"), rota_env.staff("casey")
    await env.db.write(Forget(), Context())
    sprints = [row[0] for row in rows(env, "SELECT id FROM sprints ORDER BY start_date")]
    ask = RequestCover(sprint_id=sprints[1], discipline="account", replacement_id=casey.id)
    found = await env.db.write(ask, Context(actor=bo.id))
    await tell(env, casey, "By the way")
    await Outbox(env.bot).run()
    (message,) = casey.user.dm_channel.history()
    assert [card.title for card in message.embeds] == ["By the way", "You are asked to cover a turn"]
    (label,) = labels(message)
    assert label.startswith("Open: ")
    await env.restart()
    opened = await casey.user.click(message, label=label)
    card = shown(opened)[-1]
    assert labels(card) == ["Take", "I can't"]
    await env.db.write(WithdrawCover(cover_id=found.cover.id), Context(actor=bo.id))
    (message, *_) = casey.user.dm_channel.history()
    assert len(message.embeds) == 2


async def test_without_the_database_it_says_so(rota_env: BotEnv) -> None:
    """Commands, buttons and menus alike: what somebody was told is never guessed."""
    env, who = rota_env, rota_env.staff("bo")
    await tell(env, who, "One")
    async with going_on(env) as db:
        listed = await who.slash(env.channel, "inbox list")
        menus = await who.slash(env.channel, "inbox prefs")
        take_away(env.settings.database.path)
        await notice_absence(db)
        pressed = await who.click(listed.response, label=labels(listed.response)[0])
        picked = await who.select(menus.response, ["inbox"], custom_id="inbox:pref:oncall")
        typed = await who.slash(env.channel, "inbox list")
        for result in (pressed, picked, typed):
            words = words_of(result)
            assert "Nothing was changed" in words or "try again" in words.lower(), words
            assert "Saved for later" not in words
        assert await who.autocomplete(env.channel, "inbox read", "notice", "") == []
