"""Reads tables from JSON, each row with its place: an object of arrays, or one array of objects. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePath
from typing import Any, NoReturn

from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.staff_import.model.source import Place, SourceRow, SourceTable, TableName
from modelus_bot.subjects.staff_import.rules.shapes import canonical, table_of_columns, table_of_name

__all__ = ["json_tables"]

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER_ERRORS = (ValueError, RecursionError)


def json_tables(name: str, text: str) -> tuple[SourceTable, ...]:
    """Return the tables of a file; raises ``ImportProblem`` naming file, line and column."""
    scanner = _Scanner(name, text)
    found = list(_tables(scanner))
    scanner.end()
    if not found:
        raise ImportProblem(
            f"{Place(name, 1)}: none of the tables users, tasks, notifications, messages and triage is in it."
        )
    return tuple(found)


class _Scanner:
    """Goes through a JSON text value by value and knows where it is."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._at = 0
        self._line, self._line_begins, self._counted = 1, 0, 0
        self._decoder = json.JSONDecoder(object_pairs_hook=self._unique, parse_constant=self._constant)

    @property
    def name(self) -> str:
        """The file's name."""
        return self._name

    def next(self) -> str:
        """Return the next character that is not space, without taking it; empty at the end."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match is not None else self._at
        return self._text[self._at : self._at + 1]

    def take(self, *expected: str) -> str:
        """Take one of some characters."""
        found = self.next()
        if found not in expected:
            self.fail(f"{' or '.join(expected)} is expected here")
        self._at += 1
        return found

    def value(self) -> tuple[Place, Any]:
        """Take a whole value and return it with the place where it begins."""
        self.next()
        place = self.place()
        try:
            found, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            self.fail(error.msg)
        except _DECODER_ERRORS as error:
            self.fail(str(error) if isinstance(error, ValueError) else "it is nested too deeply")
        return place, found

    def end(self) -> None:
        """Fail unless nothing follows."""
        if self.next():
            self.fail("something follows the end")

    def place(self) -> Place:
        """Return where it is; counts on from where it counted last."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = max(self._counted, self._at)
        begins = self._text.rfind("\n", 0, self._at) + 1
        return Place(self._name, self._line, self._at - begins + 1)

    def fail(self, why: str) -> NoReturn:
        """Raise ``ImportProblem`` about where it is."""
        raise ImportProblem(f"{self.place()}: this is not JSON that can be read ({why}).")

    @staticmethod
    def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = sorted(key for key, _ in pairs)
        twice = next((one for one, other in pairwise(keys) if one == other), None)
        if twice is not None:
            raise ValueError(f"the key {json.dumps(twice)[:60]} is there twice")
        return dict(pairs)

    @staticmethod
    def _constant(text: str) -> NoReturn:
        raise ValueError(f"{text} is not JSON")


def _tables(scanner: _Scanner) -> Iterator[SourceTable]:
    if scanner.next() == "[":
        yield _table(scanner, table_of_name(PurePath(scanner.name).stem))
        return
    scanner.take("{")
    if scanner.next() == "}":
        scanner.take("}")
        return
    seen: set[TableName] = set()
    while True:
        scanner.next()
        place, key = scanner.value()
        if not isinstance(key, str):
            raise ImportProblem(f"{place}: the name of a table is expected here.")
        scanner.take(":")
        table = table_of_name(key)
        if table in seen:
            raise ImportProblem(f"{place}: the table {table} is there twice.")
        if table is None or scanner.next() != "[":
            scanner.value()
        else:
            seen.add(table)
            yield _table(scanner, table)
        if scanner.take(",", "}") == "}":
            return


def _table(scanner: _Scanner, table: TableName | None) -> SourceTable:
    begin = scanner.place()
    found = list(_rows(scanner))
    table = table or (table_of_columns(list(found[0][1])) if found else None)
    if table is None:
        raise ImportProblem(
            f"{begin}: neither the file's name nor its first row tells which table this is. Call it"
            " users.json, tasks.json, notifications.json, messages.json or triage.json."
        )
    untaken: dict[str, None] = {}
    rows = tuple(SourceRow(place, _known(table, place, values, untaken)) for place, values in found)
    return SourceTable(table, rows, tuple(untaken))


def _rows(scanner: _Scanner) -> Iterator[tuple[Place, dict[str, Any]]]:
    scanner.take("[")
    if scanner.next() == "]":
        scanner.take("]")
        return
    while True:
        place, values = scanner.value()
        if not isinstance(values, dict):
            raise ImportProblem(f"{place}: a row is expected here, as an object with its columns.")
        yield place, values
        if scanner.take(",", "]") == "]":
            return


def _known(
    table: TableName, place: Place, values: dict[str, Any], untaken: dict[str, None]
) -> dict[str, Any]:
    """Return what is taken of a row by the design's names; ``untaken`` gets the names of the rest."""
    known: dict[str, Any] = {}
    for name, value in values.items():
        column = canonical(table, name)
        if column is None:
            untaken.setdefault(name[:40])
        elif column in known:
            raise ImportProblem(f"{place}: the column {column} is there twice.")
        else:
            known[column] = value
    return known
