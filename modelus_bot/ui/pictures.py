"""Pictures that a child draws: one of a kind at a time, and the last ones are kept."""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
from loguru import logger

from modelus_bot.database.administration import run_child
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.ui.cards import clip

__all__ = ["ChildPicture", "drawing_folder"]

TIMEOUT = 30.0
"""Seconds after which there is no picture."""
ALTERNATIVE = 1024
"""Characters that Discord takes in the text that stands for a picture."""
KEPT = 8
"""How many pictures of a kind are kept: people ask again for what has not changed."""


def drawing_folder(database: Path) -> Path:
    """Return where the library keeps what it found out about fonts, which takes it seconds."""
    return database.with_name(f"{database.stem}.drawing")


class ChildPicture:
    """Draws one kind of picture in a child, by the job that is called ``job`` there."""

    def __init__(self, job: str) -> None:
        """Start without a picture."""
        self._job = job
        self._turn = asyncio.Lock()
        self._drawn: dict[str, bytes] = {}

    async def draw(self, task: dict[str, Any], folder: Path) -> bytes | None:
        """Return a PNG of what ``task`` describes; None without the library, or too late.

        The library keeps its fonts in ``folder``. What goes wrong costs the picture and nothing else.
        """
        if importlib.util.find_spec("matplotlib") is None:
            return None
        key = json.dumps(task)
        try:
            async with asyncio.timeout(TIMEOUT), self._turn:
                if key not in self._drawn:
                    answer = await run_child(self._job, task, environment={"MPLCONFIGDIR": str(folder)})
                    self._keep(key, base64.b64decode(answer["png"]))
                return self._drawn[key]
        except TimeoutError:
            logger.bind(picture=self._job, seconds=TIMEOUT).warning("picture_too_late")
        except Exception as error:  # noqa: BLE001 - a picture is never worth an answer
            logger.bind(picture=self._job, error=in_words(error)).warning("picture_not_drawn")
        return None

    async def file(
        self, task: dict[str, Any], folder: Path, name: str, about: str
    ) -> Callable[[], discord.File] | None:
        """Return what makes the picture's file, anew for each try; ``about`` is for who cannot see it."""
        drawn = await self.draw(task, folder)
        if drawn is None:
            return None
        return lambda: discord.File(io.BytesIO(drawn), name, description=clip(about, ALTERNATIVE))

    def _keep(self, key: str, picture: bytes) -> None:
        self._drawn[key] = picture
        while len(self._drawn) > KEPT:
            del self._drawn[next(iter(self._drawn))]
