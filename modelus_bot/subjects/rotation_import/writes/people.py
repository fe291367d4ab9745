"""Imports people and rosters: known ones stay as they are, later found accounts replace placeholders."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.subjects.members.writes.members import LinkMember
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.rotation_import.model.data import DisciplineData, PersonData, PlaceData
from modelus_bot.subjects.rotation_import.writes.tally import Tally

__all__ = ["import_people", "import_rosters"]

# Who was linked to an account is written in the audit log, whichever way it was done.
_LINKED = """
SELECT json_extract(old_values, '$.discord_id') AS placeholder, CAST(record_id AS INTEGER) AS account
FROM audit_logs
WHERE table_name = 'users' AND operation = 'UPDATE'
AND json_extract(old_values, '$.discord_id') IS NOT NULL
ORDER BY id
"""
_ADD_USER = "INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(?, ?, ?, ?)"
_DISCIPLINE = """
INSERT INTO disciplines(key, label, scheduler) VALUES(?, ?, 'modulo')
ON CONFLICT(key) DO UPDATE SET scheduler = 'modulo' WHERE disciplines.scheduler <> 'modulo'
"""
_PLACE = "SELECT position, is_active FROM user_disciplines WHERE user_id = ? AND discipline = ?"
_ADD_PLACE = """
INSERT INTO user_disciplines(user_id, discipline, position, is_active, updated_at) VALUES(?, ?, ?, ?, ?)
"""
_RETURN = """
UPDATE user_disciplines SET is_active = 1, updated_at = ? WHERE user_id = ? AND discipline = ?
"""


def import_people(tx: Transaction, people: tuple[PersonData, ...], tally: Tally) -> dict[int, int]:
    """Add unknown people and link known placeholders; returns the id to use for each id in the data."""
    linked = {row["placeholder"]: row["account"] for row in tx.fetch_all(_LINKED)}
    return {person.id: _person(tx, person, linked.get(person.placeholder), tally) for person in people}


def import_rosters(
    tx: Transaction, disciplines: tuple[DisciplineData, ...], ids: dict[int, int], tally: Tally
) -> None:
    """Put people on rosters, behind those who are there; nobody who is there moves."""
    for discipline in disciplines:
        _discipline(tx, discipline, tally)
        for place in discipline.roster:
            _place(tx, ids[place.user_id], discipline.key, place, tally)


def _person(tx: Transaction, person: PersonData, account: int | None, tally: Tally) -> int:
    if account is not None and member(tx, account) is not None:
        if person.id not in {account, person.placeholder}:
            tally.note(
                "linked",
                f"{person.name} was linked to another account here than people.json says; that link stays.",
            )
        tally.unchanged("users")
        return account
    if person.id >= PLACEHOLDER_LIMIT and member(tx, person.placeholder) is not None:
        known = member(tx, person.id)
        name = known.username if known is not None else person.name
        LinkMember(placeholder_id=person.placeholder, discord_id=person.id, username=name).apply(tx)
        tally.updated("users")
    elif member(tx, person.id) is None:
        now = tx.context.at
        tx.execute(_ADD_USER, (person.id, person.name, now, now))
        tx.audit("users", person.id, "INSERT", new={"username": person.name, "slack_id": person.slack_id})
        tally.added("users")
    else:
        tally.unchanged("users")
    return person.id


def _discipline(tx: Transaction, discipline: DisciplineData, tally: Tally) -> None:
    """Add the discipline, and let it rotate as it did before: by sprint number."""
    before = tx.fetch_one("SELECT scheduler FROM disciplines WHERE key = ?", (discipline.key,))
    if not tx.execute(_DISCIPLINE, (discipline.key, discipline.label)):
        tally.unchanged("disciplines")
    elif before is None:
        tx.audit(
            "disciplines",
            discipline.key,
            "INSERT",
            new={"key": discipline.key, "label": discipline.label, "scheduler": "modulo"},
        )
        tally.added("disciplines")
    else:
        tx.audit(
            "disciplines",
            discipline.key,
            "UPDATE",
            old={"scheduler": before["scheduler"]},
            new={"scheduler": "modulo"},
        )
        tally.updated("disciplines")


def _place(tx: Transaction, user_id: int, discipline: str, place: PlaceData, tally: Tally) -> None:
    record = f"{discipline}:{user_id}"
    now = tx.context.at
    known = tx.fetch_one(_PLACE, (user_id, discipline))
    if known is None:
        last = tx.fetch_value(
            "SELECT max(position) FROM user_disciplines WHERE discipline = ?", (discipline,)
        )
        position = max(last or 0, 0) + 1
        tx.execute(_ADD_PLACE, (user_id, discipline, position, int(place.active), now))
        tx.audit("user_disciplines", record, "INSERT", new={"position": position, "is_active": place.active})
        tally.added("user_disciplines")
    elif place.active and not known["is_active"]:
        tx.execute(_RETURN, (now, user_id, discipline))
        tx.audit("user_disciplines", record, "UPDATE", old={"is_active": False}, new={"is_active": True})
        tally.updated("user_disciplines")
    else:
        tally.unchanged("user_disciplines")
