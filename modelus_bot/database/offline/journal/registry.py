"""The names by which saved changes find their class again, also after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelus_bot.database.core.operation import Write

__all__ = ["deferrable_writes", "find_write", "operation_name"]


def operation_name(cls: type[Write[Any]]) -> str:
    """Return the name under which a write is saved: what it declares, else its module's and its own."""
    declared: str = vars(cls).get("saved_as") or f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}"
    return declared


def deferrable_writes() -> Iterator[type[Write[Any]]]:
    """Walk every loaded class of writes that may be saved for later."""
    waiting: list[type[Write[Any]]] = [Write]
    seen: set[type[Write[Any]]] = set()
    while waiting:
        cls = waiting.pop()
        if cls in seen:
            continue
        seen.add(cls)
        waiting.extend(cls.__subclasses__())
        if cls.deferrable and "apply" in _attributes(cls):
            yield cls


def find_write(name: str) -> type[Write[Any]] | None:
    """Return the class that is saved under ``name``; None if there is none any more."""
    return next((cls for cls in deferrable_writes() if operation_name(cls) == name), None)


def _attributes(cls: type[Write[Any]]) -> set[str]:
    """Return what a class and its parents below ``Write`` define: a bare ``Write[int]`` has no ``apply``."""
    return {
        name for item in cls.__mro__ if issubclass(item, Write) and item is not Write for name in vars(item)
    }
