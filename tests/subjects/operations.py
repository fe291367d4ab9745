"""Every operation of the domain, found by looking."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import modelus_bot.domain
from modelus_bot.database.core.operation import Write


def operations() -> set[type[Write[Any]]]:
    """Return every operation of the domain."""
    for module in pkgutil.walk_packages(modelus_bot.domain.__path__, "modelus_bot.domain."):
        importlib.import_module(module.name)
    found: list[type[Write[Any]]] = [Write]
    for one in found:
        found.extend(one.__subclasses__())
    return {one for one in found if one.__module__.startswith("modelus_bot.domain.")}
