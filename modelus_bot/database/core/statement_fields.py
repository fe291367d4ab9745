"""An operation's statements as fields of its log record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelus_bot.database.core.normalising import normalised
from modelus_bot.database.core.transaction import FAILED, Parameters, Step
from modelus_bot.logs.secrets import HIDDEN, is_secret_name

__all__ = ["told"]

TEXTS = 40
"""How many different statements one record tells of."""
EXAMPLES = 10
"""How many runs of one statement have their parameters told."""
LONGEST = 500


def told(steps: Sequence[Step], *, parameters: bool = False) -> list[dict[str, Any]]:
    """Return each statement once, in order: text, how often, milliseconds, rows, and failures if any.

    ``parameters`` adds values, which are people's data: for debug records only. What stands beside a
    secret's name is hidden.
    """
    found: dict[str, dict[str, Any]] = {}
    known: dict[str, dict[str, Any]] = {}
    for sql, seconds, rows, values, times in steps:
        one = known.get(sql)
        if one is None:
            if len(found) >= TEXTS:  # what comes now is not even normalised, which takes long
                continue
            text = normalised(sql)
            new = {"statement": text, "times": 0, "milliseconds": 0.0, "rows": 0}
            one = known[sql] = found.setdefault(text, new)
        one["times"] += times
        one["milliseconds"] += seconds * 1000
        if rows == FAILED:
            one["failed"] = one.get("failed", 0) + 1
        else:
            one["rows"] += rows
        if parameters and values:
            examples = one.setdefault("parameters", [])
            if len(examples) < EXAMPLES:
                examples.append(_shown(sql, values))
    for item in found.values():
        item["milliseconds"] = round(item["milliseconds"], 3)
    return list(found.values())


def _shown(sql: str, values: Parameters) -> list[Any] | dict[str, Any]:
    """Return parameters without secrets; those without a name are judged by the texts beside them."""
    if isinstance(values, Mapping):
        return {name: HIDDEN if is_secret_name(name) else _plain(value) for name, value in values.items()}
    hidden = is_secret_name(sql) or any(isinstance(value, str) and is_secret_name(value) for value in values)
    return [HIDDEN if hidden and isinstance(value, str | bytes) else _plain(value) for value in values]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST] + "…"
    return value
