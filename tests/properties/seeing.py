"""Who may see what of a population, said once more: in Python, row by row, whatever the subjects declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from modelus_bot.database.core.visibility.declaration import Viewer
from tests.properties.visible_world import OPEN, Population, Row


@dataclass(frozen=True)
class Person:
    """What somebody is in a population."""

    id: int
    role: str | None
    discord_admin: bool

    @property
    def staff(self) -> bool:
        """Whether they have a role."""
        return self.discord_admin or self.role is not None

    @property
    def admin(self) -> bool:
        """Whether they run the bot."""
        return self.discord_admin or self.role == "admin"

    @property
    def manager(self) -> bool:
        """Whether they approve."""
        return self.admin or self.role == "project_manager"


def sees(world: Population, viewer: Viewer, table: str, row: Row) -> bool:
    """Say whether a viewer may see a row, by its people and the viewer's role."""
    known = [user for user in world.tables["users"] if user["discord_id"] == viewer.id and user["is_active"]]
    person = Person(viewer.id, known[0]["role"] if known else None, viewer.discord_admin)
    rule = _RULES.get(table)
    return rule is not None and rule(world, person, row)


def _anybody(world: Population, me: Person, row: Row) -> bool:
    return bool(world and me and row)


def _user(_: Population, me: Person, row: Row) -> bool:
    return me.staff or row["discord_id"] == me.id


def _own_or_staff(_: Population, me: Person, row: Row) -> bool:
    return me.staff or me.id in {row.get("user_id"), row.get("member_id"), row.get("reporter_id")}


def _own(_: Population, me: Person, row: Row) -> bool:
    return bool(row["user_id"] == me.id)


def _administrators(_: Population, me: Person, row: Row) -> bool:
    return me.admin and bool(row)


def _task(_: Population, me: Person, row: Row) -> bool:
    to_role = me.role is not None and row["assigned_role"] == me.role
    return me.manager or to_role or me.id in {row["assigned_user_id"], row["created_by"]}


def _said(world: Population, me: Person, row: Row) -> bool:
    if row["triage_id"] is not None and me.staff:
        return True
    reporters = [
        item["reporter_id"] for item in world.tables["triage_items"] if item["id"] == row["triage_id"]
    ]
    between_two = row["triage_id"] is None and me.id in {row["sender_id"], row["recipient_id"]}
    return not row["is_internal"] and (me.id in reporters or between_two)


def _law(world: Population, me: Person, row: Row) -> bool:
    offices = world.tables["nation_offices"]
    mine = {
        office["nation_id"] for office in offices if office["user_id"] == me.id and office["until"] is None
    }
    open_to_all = row["is_public"] == 1 and row["enacted_at"] is not None
    return me.admin or open_to_all or row["nation_id"] in mine


def _booked(world: Population, me: Person, row: Row) -> bool:
    offices = world.tables["nation_offices"]
    mine = {
        office["nation_id"] for office in offices if office["user_id"] == me.id and office["until"] is None
    }
    return me.admin or bool(mine & {row["debit_nation"], row["credit_nation"]})


def _transaction(world: Population, me: Person, row: Row) -> bool:
    transfers = [one for one in world.tables["ledger_transfers"] if one["txn"] == row["id"]]
    return me.admin or any(_booked(world, me, one) for one in transfers)


def _loan(world: Population, me: Person, row: Row) -> bool:
    return _booked(world, me, {"debit_nation": row["lender_id"], "credit_nation": row["borrower_id"]})


def _under_a_tag(world: Population, me: Person, row: Row) -> bool:
    return any(_law(world, me, law) for law in world.tables["laws"] if law["id"] == row["law_id"])


def _event(world: Population, me: Person, row: Row) -> bool:
    laws = [law for law in world.tables["laws"] if law["id"] == row["ref_id"]]
    return row["ref_table"] != "laws" or any(_law(world, me, law) for law in laws)


def _text_of_law(world: Population, me: Person, row: Row) -> bool:
    laws = [law for law in world.tables["laws"] if law["id"] == row["law_id"]]
    closed = [law | {"is_public": 0} for law in laws]
    shown = laws if row["published"] else closed
    return me.admin or any(_law(world, me, law) for law in shown)


def _law_in_force(_: Population, __: Person, row: Row) -> bool:
    return row["is_public"] == 1 and row["enacted_at"] is not None and row["status"] == "enacted"


def _cover(world: Population, me: Person, row: Row) -> bool:
    return me.staff or _has_part(world, me.id, row)


def _has_part(world: Population, me: int, row: Row) -> bool:
    if me in {row["requested_by"], row["original_id"], row["replacement_id"]}:
        return True
    places = [
        place
        for place in world.tables["user_disciplines"]
        if place["user_id"] == me and place["discipline"] == row["discipline"] and place["is_active"]
    ]
    return row["status"] == "open" and row["replacement_id"] is None and bool(places)


_RULES: Mapping[str, Callable[[Population, Person, Row], bool]] = {
    "users": _user,
    **dict.fromkeys(OPEN, _anybody),
    **dict.fromkeys(
        (
            "user_disciplines",
            "assignments",
            "current_holders",
            "messages",
            "triage_items",
            "calendar_entries",
            "activity",
            "leaves",
        ),
        _own_or_staff,
    ),
    **dict.fromkeys(("notifications", "notification_prefs"), _own),
    **dict.fromkeys(("settings", "audit_logs"), _administrators),
    "overrides": _cover,
    "tasks": _task,
    "chat_messages": _said,
    "chat_search": lambda _, me, __: me.staff,
    "law_search": _law_in_force,
    "inactivity_items": lambda _, me, __: me.staff,
    "laws": _law,
    "ledger_transactions": _transaction,
    "loans": _loan,
    "ledger_transfers": _booked,
    "law_revisions": _text_of_law,
    "law_tags": _under_a_tag,
    "events": _event,
}


def only_for(world: Population, viewer: Viewer) -> Population:
    """Return what is left of a population where all rows are gone that the viewer may not see."""
    return Population(
        {name: [row for row in rows if sees(world, viewer, name, row)] for name, rows in world.tables.items()}
    )


def hidden_words(world: Population, viewer: Viewer) -> set[str]:
    """Return the words of rows that the viewer may not see."""
    return {
        row["mark"]
        for name, rows in world.tables.items()
        for row in rows
        if not sees(world, viewer, name, row)
    }
