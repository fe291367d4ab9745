"""What the bot sends by itself carries a nonce that says which message it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.ui import cards
from modelus_bot.ui.sending import PAUSES, find_sent, nonce_of, send
from tests.conftest import BotEnv
from tests.tuning import Tuning


@given(st.text(), st.text())
def test_a_nonce_fits_and_tells_keys_apart(text: str, other: str) -> None:
    """At most 25 characters, as Discord takes; the same for the same key and for no other."""
    assert 1 <= len(nonce_of(text)) <= 25
    assert (nonce_of(text) == nonce_of(other)) == (text == other)


async def test_a_message_is_sent_again_under_the_same_nonce(
    bot_env: BotEnv, tuning: Tuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failures of Discord are tried again at once, and every try has the nonce, which Discord enforces."""
    tuning(PAUSES.at((0.0, 0.0)))
    channel: Any = bot_env.bot.get_channel(bot_env.channel.id)
    bodies: list[dict[str, Any]] = []
    post = bot_env.bot.http.send_message

    def noted(number: Any, *, params: Any) -> Any:
        bodies.append(params.payload)
        return post(number, params=params)

    monkeypatch.setattr(bot_env.bot.http, "send_message", noted)
    path = f"/channels/{channel.id}/messages"
    bot_env.simulation.inject_error("POST", path, status=503, message="down", times=2)
    await send(channel, key="one", content="Hello")
    assert [body["nonce"] for body in bodies] == [nonce_of("one")] * 3
    assert all(body["enforce_nonce"] for body in bodies)


async def test_what_was_sent_is_found_again(bot_env: BotEnv) -> None:
    """Of several cards, too; not what is older than asked for, and nothing that does not fit."""
    channel: Any = bot_env.bot.get_channel(bot_env.channel.id)
    sent = await send(channel, key="two", cards=[cards.info("One"), cards.info("Two")])
    assert [card.title for card in sent.embeds] == ["One", "Two"]
    since = sent.created_at.timestamp()

    def fits(message: Any) -> bool:
        return any(card.title == "Two" for card in message.embeds)

    found = await find_sent(channel, since - 1, fits)
    assert found is not None
    assert found.id == sent.id
    assert await find_sent(channel, since + 1, fits) is None
    assert await find_sent(channel, since - 1, lambda message: message.content == "Three") is None
