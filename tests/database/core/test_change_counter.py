"""Who keeps something hears of every change once there was one."""

from __future__ import annotations

import asyncio

from modelus_bot.database.core.change_counter import ChangeCounter


async def test_who_waits_goes_on_after_a_change_that_they_do_not_know() -> None:
    """At once if it was before they began to wait, otherwise with the next one; never without one."""
    changes = ChangeCounter()
    changes.add()
    async with asyncio.timeout(5):
        await changes.beyond(0)
        waiting = asyncio.create_task(changes.beyond(1))
        await asyncio.sleep(0)
        assert not waiting.done()
        changes.add()
        await waiting
    assert changes.count == 2
