"""Which Discord account somebody of the source has: told by name, GitHub id or number."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.staff_import.model.rows import PersonRef
from modelus_bot.subjects.staff_import.model.source import SourceTable
from modelus_bot.subjects.staff_import.rules.reading import text_of
from modelus_bot.text.exact_ids import exact_id

__all__ = ["ScrumPeople", "accounts_of", "people_of", "read_accounts"]

_SHOWN = 10
_HOW = 'Name them with --map "name=Discord id", once for each, or in a file with --people.'


@dataclass(frozen=True, slots=True)
class ScrumPeople:
    """Accounts by the source's numbers; ``names`` are those of its users, ``strange`` fit nobody."""

    accounts: Mapping[str, int]
    names: Mapping[str, str]
    strange: tuple[str, ...] = ()

    def ref(self, number: str) -> PersonRef:
        """Return how somebody is named in rows."""
        return PersonRef(number=number, account=self.accounts.get(number))


def read_accounts(file: Path | None, pairs: Sequence[str]) -> dict[str, int]:
    """Return the accounts of a file (JSON object, or CSV of name and id) and of ``name=id`` words."""
    found = accounts_of(file.name, text_of(file)) if file is not None else {}
    for pair in pairs:
        name, divider, account = pair.rpartition("=")
        if not divider or not name.strip():
            raise ImportProblem(f"--map {pair}: write it as name=123456789012345678.")
        _put(found, name.strip(), account.strip(), f"--map {pair}")
    return found


def accounts_of(name: str, text: str) -> dict[str, int]:
    """Return the accounts that a file names; raises ``ImportProblem`` with the place of what is wrong."""
    found: dict[str, int] = {}
    if text.lstrip()[:1] == "{":
        for key, value in _pairs_of_json(name, text):
            _put(found, key.strip(), value, f"{name}, {json.dumps(key)[:60]}")
        return found
    try:
        for line, fields in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            if len(fields) < 2 or (line == 1 and not any(letter.isdigit() for letter in fields[1])):
                continue
            _put(found, fields[0].strip(), fields[1].strip(), f"{name}, line {line}, column 2")
    except csv.Error as error:
        raise ImportProblem(f"{name}: this is neither JSON nor CSV ({error}).") from error
    return found


def people_of(tables: Iterable[SourceTable], accounts: Mapping[str, int]) -> ScrumPeople:
    """Match accounts with the source's users.

    Raises ``ImportProblem`` where a name fits several, where one account would be two people's, and where
    nobody has an account although there are users.
    """
    users = [row.values for table in tables if table.name == "users" for row in table.rows]
    keys: dict[str, dict[str, str]] = {"github_id": {}, "id": {}, "username": {}}
    several: set[str] = set()
    names: dict[str, str] = {}
    for values in users:
        number = _text(values.get("id"))
        names.setdefault(number, _text(values.get("username")) or number)
        for column, known in keys.items():
            key = _text(values.get(column)).casefold()
            if key and known.setdefault(key, number) != number:
                several.add(key) if column == "username" else None
    matched, strange = _matched(accounts, keys, several)
    if names and not any(number in matched for number in names):
        raise ImportProblem(_nobody(list(names.values())))
    return ScrumPeople(matched, names, tuple(strange))


def _matched(
    accounts: Mapping[str, int], keys: Mapping[str, Mapping[str, str]], several: set[str]
) -> tuple[dict[str, int], list[str]]:
    matched: dict[str, int] = {}
    owners: dict[int, str] = {}
    strange: list[str] = []
    for name, account in accounts.items():
        key = name.casefold()
        found = next((known[key] for known in keys.values() if key in known), None)
        if found is None and not any(keys.values()):
            found = name
        if found is None:
            strange.append(name)
            continue
        if key in several and key not in keys["github_id"] and key not in keys["id"]:
            raise ImportProblem(
                f"Several people are called {name}. Name them by their id or github_id instead."
            )
        if owners.setdefault(account, found) != found or matched.setdefault(found, account) != account:
            raise ImportProblem(
                f"The Discord account {account} ({name}) and another entry contradict each other. Give each"
                " person one account, and each account to one person."
            )
    return matched, strange


def _nobody(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (
        f"People there have no Discord accounts, so say whose is whose. {_HOW} The files name: {shown}{more}."
    )


def _put(found: dict[str, int], name: str, value: Any, where: str) -> None:
    try:
        account = exact_id(value)
    except ValueError as error:
        raise ImportProblem(f"{where}: {value} {error}.") from error
    if account < PLACEHOLDER_LIMIT:
        raise ImportProblem(f"{where}: {account} is no Discord id; those are much longer.")
    if found.setdefault(name, account) != account:
        raise ImportProblem(f"{where}: {name} is given two Discord accounts.")


def _pairs_of_json(name: str, text: str) -> list[tuple[str, Any]]:
    try:
        found = json.loads(text, object_pairs_hook=list)
    except json.JSONDecodeError as error:
        raise ImportProblem(
            f"{name}, line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ImportProblem(f"{name}: this is not JSON that can be read ({error}).") from error
    return list(found)


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
