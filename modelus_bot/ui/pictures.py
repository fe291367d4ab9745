"""Pictures, drawn in a child by an optional library: what goes wrong costs the picture and nothing else."""

from __future__ import annotations

import asyncio
import base64
import importlib.util
from pathlib import Path
from typing import Any

from loguru import logger

from modelus_bot.database.administration import run_child
from modelus_bot.runtime.os_errors import in_words

__all__ = ["Drawing", "Pictures", "drawing_folder"]

PATIENCE = 30.0
"""Seconds after which there is no picture."""

Drawing = dict[str, Any]
"""What is to be drawn, as JSON."""


def drawing_folder(database: Path) -> Path:
    """Return where the library keeps what it found out about fonts, which takes it seconds."""
    return database.with_name(f"{database.stem}.drawing")


class Pictures:
    """Draws one picture at a time with a job of the child's, and keeps the last one."""

    def __init__(self, job: str) -> None:
        """Start without a picture."""
        self._job = job
        self._turn = asyncio.Lock()
        self._drawn: tuple[Drawing, bytes] | None = None

    async def drawn(self, drawing: Drawing, folder: Path) -> bytes | None:
        """Return a PNG; None without the library or too late. The library keeps its fonts in ``folder``."""
        if importlib.util.find_spec("matplotlib") is None:
            return None
        try:
            async with asyncio.timeout(PATIENCE), self._turn:
                if self._drawn is None or self._drawn[0] != drawing:
                    answer = await run_child(self._job, drawing, environment={"MPLCONFIGDIR": str(folder)})
                    self._drawn = drawing, base64.b64decode(answer["png"])
                return self._drawn[1]
        except TimeoutError:
            logger.bind(picture=self._job, seconds=PATIENCE).warning("chart_too_late")
        except Exception as error:  # noqa: BLE001 - a picture is never worth an answer
            logger.bind(picture=self._job, error=in_words(error)).warning("chart_not_drawn")
        return None
