"""A task that somebody owns is over when its owner goes on, and its owner stays cancellable meanwhile."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import weakref

import pytest

from modelus_bot.runtime.tasks import Outside, ended, owned
from tests.waiting import eventually, loop_turns


async def forever() -> None:
    """Do nothing until cancelled."""
    await asyncio.Event().wait()


async def test_tasks_are_over_afterwards() -> None:
    """Running ones are cancelled, those that were never started or are done already are passed over."""
    running, begun = asyncio.create_task(forever()), asyncio.create_task(forever())
    done = asyncio.create_task(asyncio.sleep(0))
    await done

    await ended(running, None, done, begun)
    await ended()
    await ended(None)

    assert running.cancelled()
    assert begun.cancelled()
    assert not done.cancelled()


async def test_what_a_task_still_does_is_waited_for() -> None:
    """A task that is interrupted may put things in order first."""
    tidied = []

    async def tidy() -> None:
        try:
            await forever()
        finally:
            await loop_turns()
            tidied.append(True)

    task = asyncio.create_task(tidy())
    await asyncio.sleep(0)

    await ended(task)

    assert tidied == [True]


async def test_a_failure_comes_out() -> None:
    """What a task raised is not lost, and the other tasks are over all the same."""

    async def fail() -> None:
        raise ValueError("it broke")

    failed, other = asyncio.create_task(fail()), asyncio.create_task(forever())
    await asyncio.sleep(0)

    with pytest.raises(ValueError, match="it broke"):
        await ended(failed, other)

    assert other.cancelled()


async def test_the_callers_own_cancellation_is_not_swallowed() -> None:
    """Whoever is cancelled while a task takes its time does not go on as if the task had ended."""
    let_go = asyncio.Event()
    went_on = []

    async def slow() -> None:
        try:
            await forever()
        finally:
            await let_go.wait()

    async def owner(task: asyncio.Task[None]) -> None:
        await ended(task)
        went_on.append(True)

    task = asyncio.create_task(slow())
    await asyncio.sleep(0)
    owning = asyncio.create_task(owner(task))
    await loop_turns()
    owning.cancel()
    await asyncio.wait({owning})

    assert owning.cancelled()
    assert went_on == []
    let_go.set()
    await asyncio.wait({task})
    assert task.cancelled()


async def test_a_deadline_around_it_holds() -> None:
    """A task that does not end does not keep its owner beyond the owner's deadline."""
    let_go = asyncio.Event()

    async def stubborn() -> None:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await ended(task)

    let_go.set()
    await task


async def test_a_task_that_nobody_else_holds_is_not_lost() -> None:
    """Python forgets a task whose only holder is gone, together with what it waits for; here it goes on."""
    done = []

    async def work() -> None:
        loop = asyncio.get_running_loop()
        waited_for: asyncio.Future[None] = loop.create_future()
        reference = weakref.ref(waited_for)
        loop.call_later(0.05, lambda: (one := reference()) is not None and one.set_result(None))
        await waited_for
        done.append(asyncio.current_task().get_name())  # type: ignore[union-attr]

    owned(work(), name="held")
    await loop_turns()
    gc.collect()
    await eventually(lambda: done == ["held"])


async def test_a_task_has_the_surroundings_it_should_have() -> None:
    """One that somebody owns has theirs; one that is started outside has those of where that was made."""
    place: contextvars.ContextVar[str] = contextvars.ContextVar("place", default="program")

    async def where() -> str:
        return place.get()

    outside = Outside()
    place.set("request")

    assert await owned(where(), name="inside") == "request"
    assert await outside.start(where(), name="outside") == "program"
