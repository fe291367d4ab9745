"""What an entry of the audit log says, and which entries the table would not take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from modelus_bot.database.core.errors import ConstraintViolated

__all__ = [
    "AuditEntry",
    "AuditOperation",
    "Fields",
    "check_entry",
    "command_entry",
    "restored_entry",
]

AuditOperation = Literal["INSERT", "UPDATE", "DELETE", "COMMAND", "RETRY", "REPLAY", "RESTORE", "UNDO"]

Fields = tuple[Any, ...]
"""The columns of an entry after its number and before its hashes, as they are stored."""

_OPERATIONS = frozenset(get_args(AuditOperation))
_NAME = 64
_REASON = 300
_LARGEST = 2**63


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who changed which record, from what to what, why, under which request, at which attempt."""

    table_name: str
    record_id: str
    operation: AuditOperation
    nation_id: int | None
    old_values: dict[str, Any] | None
    new_values: dict[str, Any] | None
    changed_by: int | None
    reason: str | None
    request_id: str | None
    attempt: int
    changed_at: int


def command_entry(
    what: str,
    record: str,
    *,
    at: int,
    actor: int | None = None,
    reason: str | None = None,
    request_id: str | None = None,
    new: dict[str, Any] | None = None,
) -> AuditEntry:
    """Describe something that was done to the bot rather than to a row: a mode change, a restore.

    ``what`` (``database``, ``journal``) takes the place of the table. Texts that are too long are cut,
    because nobody is there to be told. ``at`` is UTC seconds.
    """
    return AuditEntry(
        what[:_NAME],
        record[:_NAME],
        "COMMAND",
        None,
        None,
        new,
        actor,
        None if reason is None else reason[:_REASON],
        None if request_id is None else request_id[:_NAME],
        1,
        at,
    )


def restored_entry(
    reached: int, back_to: int, *, source: str, at: int, actor: int | None = None, reason: str | None = None
) -> AuditEntry:
    """Describe that another state of the database was put in place, which ends with entry ``back_to``.

    ``reached`` is the newest entry that was known before. Verification then knows why anchors from
    between the two contradict the chain.
    """
    new = {"reached": reached, "back_to": back_to, "source": source[:200]}
    return command_entry("database", "restored", at=at, actor=actor, reason=reason, new=new)


def check_entry(fields: Fields) -> None:
    """Refuse what the table's own rules would refuse; raises ``ConstraintViolated`` with that rule.

    Entries that wait in the file were never shown to the table, and must fit when it is back.
    """
    table, record, operation, _, _, _, _, reason, request, *_ = fields
    rules = (
        ("table_name_length", _is_named(table)),
        ("record_id_length", _is_named(record)),
        ("operation_known", operation in _OPERATIONS),
        ("reason_length", reason is None or len(reason) <= _REASON),
        ("request_id_length", request is None or _is_named(request)),
    )
    for rule, kept in rules:
        if not kept:
            raise ConstraintViolated(f"the audit entry breaks {rule}", rule=f"audit_logs_{rule}")
    numbers = [field for field in fields if isinstance(field, int)]
    if any(not -_LARGEST <= number < _LARGEST for number in numbers):
        raise ConstraintViolated("the audit entry has a number that is too large", kind="type")


def _is_named(text: str) -> bool:
    return 1 <= len(text) <= _NAME
