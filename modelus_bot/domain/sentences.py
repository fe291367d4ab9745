"""A plain sentence for every rule of the schema and for every field that does not fit."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from modelus_bot.database import ConstraintViolated, Write
from modelus_bot.domain.subject import declared
from modelus_bot.text.escaping import plain

__all__ = ["sentence_for", "validation_sentence"]

SHOWN = 60
"""How much of a value is repeated to people."""

PROBLEMS = 3
"""How many problems are named at once."""

_RESTRICTED = "FOREIGN KEY constraint failed"
"""SQLite reports a row that others refer to (ON DELETE RESTRICT) as a trigger's doing, in these words."""

_NOTHING = "Nothing was changed."
_AGAIN = "Nothing was changed. Correct it and try again."
_GENERAL = f"This breaks a rule of the bot's records. {_NOTHING} If it happens again, tell an administrator."
_GONE = (
    "Something this refers to does not exist, or something else still needs what would go."
    f" {_NOTHING} Look at it anew and try again."
)
_TYPE = f"A value is of the wrong kind, such as text where a number belongs. {_AGAIN}"


def sentence_for(violation: ConstraintViolated) -> str:
    """Return what people read when the schema refuses a write: the rule, and what to do."""
    if violation.kind == "unique":
        return _taken(violation.rule)
    if violation.kind == "not_null":
        return _needed(violation.rule)
    if violation.kind == "foreign_key" or violation.rule == _RESTRICTED:
        return _GONE
    if violation.kind == "type":
        return _TYPE
    if violation.rule in declared().ranges:
        what, allowed = declared().ranges[violation.rule]
        return f"{what} must be {allowed}. {_AGAIN}"
    sentence = declared().sentences.get(violation.rule)
    return _GENERAL if sentence is None else f"{sentence} {_NOTHING}"


def validation_sentence(error: ValidationError) -> str:
    """Return what people read when fields do not fit: which, the value, and what is allowed."""
    shapes = _shapes(error.title)
    problems = [_problem(item, shapes) for item in error.errors(include_url=False)]
    return " ".join([*problems[:PROBLEMS], _AGAIN])


def _taken(rule: str) -> str:
    sentence = declared().taken.get(rule)
    if sentence is None:
        what = declared().row.get(rule.partition(".")[0], "such a record")
        return f"There is {what} of this kind already. {_NOTHING}"
    return f"{sentence} {_NOTHING}"


def _needed(rule: str) -> str:
    table, _, column = rule.partition(".")
    what = declared().row.get(table, "the record")
    missing = declared().columns.get(column, "something")
    return f"For {what}, {missing} is missing. {_AGAIN}"


def _problem(problem: ErrorDetails, shapes: Mapping[str, Any]) -> str:
    names = [part for part in problem["loc"] if isinstance(part, str)]
    if not names:
        return "What was given does not have the expected form."
    field = names[-1]
    words = declared().fields.get(field, "value")
    kind = problem["type"]
    value = problem["input"]
    if kind == "missing" or value is None or (kind == "string_too_short" and not str(value).strip()):
        return f"The {words} is missing."
    if kind == "extra_forbidden":
        return f"“{_shown(field)}” is not something that can be given here."
    shape = shapes.get(names[0], {}) if len(names) == 1 and len(problem["loc"]) == 1 else {}
    allowed = _allowed(shape | problem.get("ctx", {}), kind)
    if kind.startswith("string_too") and isinstance(value, str):
        return f"The {words} has {len(value.strip())} characters, but {allowed}."
    return f"The {words} “{_shown(value)}” does not fit: {allowed}."


def _allowed(bounds: Mapping[str, Any], kind: str) -> str:
    """Say in words what a field takes, from its JSON schema and what pydantic says of the error."""
    if "enum" in bounds:
        return f"it must be one of {', '.join(map(str, bounds['enum']))}"
    if "expected" in bounds:
        return f"it must be {bounds['expected']}"
    if kind.startswith("date"):
        return "it must be a day that exists, written like 2026-01-31"
    low, high = (_first(bounds, *names) for names in (_LOW, _HIGH))
    if bounds.get("type") == "string" or kind.startswith("string"):
        return (
            f"it must be {_span(low, high)} characters long" if low is not None or high else "it must be text"
        )
    if kind in {"too_long", "too_short"}:
        return f"it must have {_span(low, high)} entries"
    if low is None and high is None:
        return "it must be a whole number" if kind.startswith("int") else "it is not allowed here"
    return f"it must be a whole number, {_span(low, high)}"


_LOW = ("minLength", "min_length", "minimum", "ge", "minItems")
_HIGH = ("maxLength", "max_length", "maximum", "le", "maxItems", "exclusiveMaximum", "lt")


def _first(bounds: Mapping[str, Any], *names: str) -> int | None:
    for name in names:
        if name in bounds:
            below = name in {"exclusiveMaximum", "lt"}
            return int(bounds[name]) - 1 if below else int(bounds[name])
    return None


def _span(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at most {high}" if low is None else f"at least {low}"


def _shown(value: object) -> str:
    text = str(value)
    return plain(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


@functools.cache
def _shapes(title: str) -> dict[str, Any]:
    """Return the JSON schema of each field of the operation called ``title``."""
    known: list[type[BaseModel]] = [Write]
    for model in known:
        known.extend(model.__subclasses__())
    found = next((model for model in known if model.__name__ == title), None)
    if found is None:
        return {}
    fields = found.model_json_schema()["properties"]
    return {name: _flat(shape) for name, shape in fields.items()}


def _flat(shape: dict[str, Any]) -> dict[str, Any]:
    """Leave out that a field may also be empty."""
    parts = [part for part in shape.get("anyOf", ()) if part.get("type") != "null"]
    return parts[0] if len(parts) == 1 else shape
