"""Discord's ids as people write them: taken to the last digit, or not at all. Pure."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["LARGEST", "exact_id"]

LARGEST = 2**63 - 1
"""Above this SQLite has no whole numbers, and Discord no ids."""

_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)


def exact_id(value: Any) -> int:
    """Return an id that is a whole number or its digits as text.

    Raises ``ValueError`` for anything else, decimals above all: of a number with a point the last digits
    are lost, and another account would be meant.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        found = value
    elif isinstance(value, str) and _DIGITS.fullmatch(value.strip(" ")):
        found = int(value)
    else:
        raise ValueError(f"is not an id: it must be digits only{_advice(value)}")
    if not 0 < found <= LARGEST:
        raise ValueError("is not an id: Discord's are above 0 and have at most 19 digits")
    return found


def _advice(value: Any) -> str:
    if isinstance(value, float):
        return ", without a point; a number with one has lost its last digits already. Copy it again"
    return ", such as 123456789012345678"
