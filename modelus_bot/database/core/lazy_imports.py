"""Names that a package offers and imports when they are used.

A child that runs one job of a package would otherwise import all that only the bot's process needs, which
takes several times as long as most jobs.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a package's ``__getattr__``; ``homes`` has, by name, the module of the package it is in."""

    def look_up(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"modelus_bot.database.{homes[name]}"), name)

    return look_up
