"""Every operation of domain and subjects, found by looking."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import modelus_bot.domain
import modelus_bot.subjects
from modelus_bot.database.core.operation import Write


def operations() -> set[type[Write[Any]]]:
    """Return every operation of domain and subjects."""
    for package in (modelus_bot.domain, modelus_bot.subjects):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found: list[type[Write[Any]]] = [Write]
    for item in found:
        found.extend(item.__subclasses__())
    return {
        item for item in found if item.__module__.startswith(("modelus_bot.domain.", "modelus_bot.subjects."))
    }
