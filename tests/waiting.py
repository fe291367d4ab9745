"""Waiting for what a test needs to be so, and not a moment longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["eventually"]


async def eventually(holds: Callable[[], object], within: float = 20.0) -> None:
    """Wait until something holds; raises ``TimeoutError`` when it does not ``within`` so many seconds."""
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.005)
