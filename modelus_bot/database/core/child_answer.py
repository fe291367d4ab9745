"""What a job found, as a dataclass: plain JSON in the child, validated again in the parent.

A child lives for a fraction of a second, so it loads no pydantic for what it says once.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from pydantic import TypeAdapter

__all__ = ["from_answer", "to_answer"]

Found = TypeVar("Found")
_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def to_answer(found: DataclassInstance) -> dict[str, Any]:
    """Return what the child says: its fields are numbers, texts, collections of them, or such dataclasses."""
    return asdict(found)


def from_answer(kind: type[Found], answer: dict[str, Any]) -> Found:
    """Return what the child found; raises ``pydantic.ValidationError``."""
    from pydantic import TypeAdapter

    adapter = _ADAPTERS.get(kind) or _ADAPTERS.setdefault(kind, TypeAdapter(kind))
    found: Found = adapter.validate_python(answer)
    return found
