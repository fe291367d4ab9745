"""Imports who was on duty in past sprints, the covers, and who is on duty now."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.domain.calendar import Span
from modelus_bot.subjects.rotation_import.model.data import CoverData, RotationData, SprintData
from modelus_bot.subjects.rotation_import.writes.tally import Tally

__all__ = ["import_covers", "import_past", "import_present"]

_FREEZE = """
INSERT INTO assignments(sprint_id, discipline, user_id, source, updated_at) VALUES(?, ?, ?, 'import', ?)
ON CONFLICT(sprint_id, discipline) DO NOTHING
"""
_SLOT = "SELECT user_id, source FROM assignments WHERE sprint_id = ? AND discipline = ?"
_BY_HAND = """
INSERT INTO assignments(sprint_id, discipline, user_id, source, updated_at) VALUES(?, ?, ?, 'manual', ?)
ON CONFLICT(sprint_id, discipline) DO UPDATE
SET user_id = excluded.user_id, source = 'manual', updated_at = excluded.updated_at
WHERE assignments.source <> 'manual'
"""
_APPROVED = """
SELECT replacement_id FROM overrides WHERE sprint_id = ? AND discipline = ? AND status = 'approved' LIMIT 1
"""
_SAME_COVER = """
SELECT id FROM overrides
WHERE sprint_id = ? AND discipline = ? AND requested_by = ? AND replacement_id IS ?
AND first_day IS NULL LIMIT 1
"""
_ADD_COVER = """
INSERT INTO overrides(
    sprint_id, discipline, requested_by, original_id, replacement_id, status, attempts,
    decided_by, decided_at, created_at, updated_at
) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def import_past(
    tx: Transaction,
    data: RotationData,
    ids: dict[int, int],
    numbers: dict[int, int],
    span: Span | None,
    tally: Tally,
) -> None:
    """Freeze the turns of sprints that are over, as the other bot computed them."""
    for sprint in data.sprints:
        if not _is_over(sprint, span):
            continue
        for discipline in data.disciplines:
            holder = discipline.holder(sprint.index)
            if holder is None:
                continue
            slot = (numbers[sprint.index], discipline.key)
            if tx.execute(_FREEZE, (*slot, ids[holder], tx.context.at)):
                tx.audit(
                    "assignments",
                    f"{slot[0]}:{slot[1]}",
                    "INSERT",
                    new={"user_id": ids[holder], "source": "import"},
                )
                tally.added("assignments")
            else:
                tally.unchanged("assignments")


def import_covers(
    tx: Transaction,
    data: RotationData,
    ids: dict[int, int],
    numbers: dict[int, int],
    span: Span | None,
    tally: Tally,
) -> None:
    """Add covers that are not there; those that are keep what was decided here."""
    sprints = {sprint.index: sprint for sprint in data.sprints}
    for cover in data.covers:
        sprint_id = numbers[cover.index]
        same = (sprint_id, cover.discipline, ids[cover.requested_by], _id(ids, cover.replacement_id))
        if tx.fetch_one(_SAME_COVER, same) is not None:
            tally.unchanged("overrides")
            continue
        status: str = cover.status
        if status == "open" and _is_over(sprints[cover.index], span):
            status = "expired"
        if status == "approved" and tx.fetch_one(_APPROVED, (sprint_id, cover.discipline)) is not None:
            status = "revoked"
            tally.note(
                "several_approved",
                f"{cover.discipline} in “{sprints[cover.index].name}” has an approved cover here already;"
                " the one in the files is revoked.",
            )
        _add_cover(tx, cover, same, ids, status)
        tally.added("overrides")


def import_present(
    tx: Transaction,
    data: RotationData,
    ids: dict[int, int],
    numbers: dict[int, int],
    span: Span | None,
    tally: Tally,
) -> None:
    """Keep on duty who was on duty by hand: where the current state differs from the computed holder."""
    if data.state is None or span is None:
        return
    if numbers.get(data.state.index) != span.id:
        tally.note(
            "state",
            f"currentState.json is about sprint {data.state.index}, which is not the one on duty now;"
            " it is left out.",
        )
        return
    computed = {duty.key: duty.holder(data.state.index) for duty in data.disciplines}
    for discipline, stated in data.state.holders.items():
        slot = (span.id, discipline)
        covering = tx.fetch_value(_APPROVED, slot)
        expected = covering if covering is not None else _id(ids, computed.get(discipline))
        holder = ids[stated]
        if holder == expected:
            continue
        if covering is not None:
            tally.note(
                "state",
                f"currentState.json names somebody else for {discipline} than the approved cover;"
                " the cover counts.",
            )
            continue
        _set_by_hand(tx, slot, holder, tally)


def _set_by_hand(tx: Transaction, slot: tuple[int, str], holder: int, tally: Tally) -> None:
    before = tx.fetch_one(_SLOT, slot)
    if not tx.execute(_BY_HAND, (*slot, holder, tx.context.at)):
        tally.unchanged("assignments")
        return
    old = {"user_id": before["user_id"], "source": before["source"]} if before is not None else None
    tx.audit(
        "assignments",
        f"{slot[0]}:{slot[1]}",
        "INSERT" if before is None else "UPDATE",
        old=old,
        new={"user_id": holder, "source": "manual"},
    )
    tally.note(
        "state",
        f"The holder of {slot[1]} differs from the rotation's in currentState.json; they stay on duty, set"
        " by hand, until the next sprint.",
    )
    (tally.added if before is None else tally.updated)("assignments")


def _add_cover(
    tx: Transaction,
    cover: CoverData,
    same: tuple[int, str, int, int | None],
    ids: dict[int, int],
    status: str,
) -> None:
    sprint_id, discipline, requested_by, replacement_id = same
    decided_by = _id(ids, cover.decided_by)
    original = ids[cover.original_id]
    number = tx.insert(
        _ADD_COVER,
        (
            sprint_id, discipline, requested_by, original, replacement_id, status, cover.attempts,
            decided_by, cover.decided_at, cover.asked_at, tx.context.at,
        ),
    )  # fmt: skip
    tx.audit(
        "overrides",
        number,
        "INSERT",
        new={
            "sprint_id": sprint_id, "discipline": discipline, "requested_by": requested_by,
            "original_id": original, "replacement_id": replacement_id, "status": status,
            "decided_by": decided_by,
        },
    )  # fmt: skip


def _is_over(sprint: SprintData, span: Span | None) -> bool:
    return span is not None and sprint.start < span.start


def _id(ids: dict[int, int], user_id: int | None) -> int | None:
    return None if user_id is None else ids[user_id]
