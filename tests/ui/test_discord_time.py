"""Discord's answers say what time it is there."""

from __future__ import annotations

import time

import discord
import pytest

from modelus_bot.ui.discord_time import moment_of, time_at_discord
from tests.discord_end import discord_end


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ({"Date": "Thu, 01 Jan 2026 00:00:10 GMT"}, 1767225610.5),
        ({"Date": "Thu, 01 Jan 2026 00:00:10 GMT", "Age": "30"}, None),
        ({"Date": "yesterday"}, None),
        ({}, None),
    ],
)
def test_what_a_header_says(headers: dict[str, str], moment: float | None) -> None:
    """Nothing is made of answers out of a cache, or without a date that can be read."""
    assert moment_of(headers) == moment


async def test_it_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over HTTP, and nobody there is no error."""
    async with discord_end(monkeypatch):
        moment = await time_at_discord()
        assert moment is not None
        assert abs(moment - time.time()) < 5
    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:9/api")
    assert await time_at_discord() is None
