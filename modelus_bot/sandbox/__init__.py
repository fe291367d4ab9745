"""The bot in a browser page that looks like Discord: no account, no token, no network."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

from modelus_bot.config import Settings

__all__ = ["SandboxUnavailable", "serve_sandbox"]


class SandboxUnavailable(Exception):
    """The page cannot be shown; the text says why and what to do."""


async def serve_sandbox(
    settings: Settings, announce: Callable[[str], None] = print, *, config: Path | None = None
) -> None:
    """Serve the page until SIGINT or SIGTERM; ``announce`` gets the lines a person should read.

    Edits of the settings file ``config`` are applied while it runs.
    The database is the file ``settings.sandbox.path``; an empty one gets sample data first. Raises
    ``SandboxUnavailable`` without the ``sandbox`` extra or when the port is taken, ``AlreadyRunning``
    when another bot has the file.
    """
    if importlib.util.find_spec("simcord") is None:
        raise SandboxUnavailable(
            "The sandbox needs its extra packages. Install them with: pip install 'modelus-bot[sandbox]'"
        )
    from modelus_bot.sandbox.page import PortInUse
    from modelus_bot.sandbox.serve import serve

    try:
        await serve(settings, announce, config=config)
    except PortInUse as error:
        raise SandboxUnavailable(str(error)) from error
