"""The ways in which tests wait."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from tests.waiting import eventually, persistently, stays


async def test_what_does_not_stay_so_is_seen_at_once() -> None:
    """And what does is looked at until the end."""
    looks = count()
    with pytest.raises(AssertionError, match="did not stay"):
        await stays(lambda: next(looks) < 2, 60.0)
    seen = count()
    await stays(lambda: next(seen) >= 0, 0.03)
    assert next(seen) >= 2


async def test_it_is_tried_until_it_works_and_other_errors_pass() -> None:
    """What never works ends in time."""
    tries = count()

    async def attempt() -> int:
        await asyncio.sleep(0)
        number = next(tries)
        if number < 2:
            raise ConnectionError("not yet")
        if number == 2:
            raise ValueError("of another kind")
        return number

    with pytest.raises(ValueError, match="another"):
        await persistently(attempt, ConnectionError)
    assert await persistently(attempt, ConnectionError) == 3
    with pytest.raises(TimeoutError):
        await eventually(lambda: False, within=0.01)
