"""Declares the subject `audit`: who changed what, and whether the log is whole."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.audit.invariants import INVARIANTS
from modelus_bot.subjects.audit.pruning import PRUNINGS
from modelus_bot.subjects.audit.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.audit.commands import AuditCommands

    return Screens(commands=(AuditCommands,))


_WORDING = Wording(
    rows={
        "audit_logs": "audit entries",
        "requests": "notes of answered commands",
    },
    row={
        "audit_logs": "an entry of the audit log",
        "requests": "a stored request",
    },
    ranges={
        "audit_logs_table_name_length": ("The table named in the audit log", "1 to 64 characters long"),
        "audit_logs_record_id_length": ("The record named in the audit log", "1 to 64 characters long"),
        "audit_logs_operation_known": ("The operation named in the audit log", "one the audit log knows"),
        "audit_logs_old_values_json": ("The old values in the audit log", "text in JSON"),
        "audit_logs_new_values_json": ("The new values in the audit log", "text in JSON"),
        "audit_logs_reason_length": ("A reason", "at most 300 characters long"),
        "audit_logs_request_id_length": ("A request's number in the audit log", "1 to 64 characters long"),
        "requests_request_id_length": ("A request's number", "1 to 64 characters long"),
        "requests_command_length": ("A command's name", "1 to 64 characters long"),
        "requests_outcome_json": ("A request's stored result", "text in JSON"),
    },
    sentences={
        "audit log is append-only": "The audit log cannot be changed or shortened, by anybody.",
    },
    taken={
        "audit_logs.id": "The audit log has an entry with this number already. Please try again.",
        "requests.request_id": "This request was answered already. Look at the result before you repeat it.",
    },
    columns={
        "action": "what is done",
        "actor": "who asked",
        "attempt": "the number of the attempt",
        "command": "the command",
        "changed_at": "the time of the change",
        "payload_hash": "the fingerprint of the contents",
        "prev_hash": "the link to the entry before",
        "row_hash": "the fingerprint of the entry",
    },
    told={
        "after": "the last number before it",
        "back_to": "the last entry that was kept",
        "head": "the fingerprint at its end",
        "id": "the number",
        "last_id": "the number at its end",
        "preserved": "where the old one is kept",
        "problem": "what was wrong",
        "quarantined": "where it is kept",
        "reached": "the last entry before it",
        "to": "whom it was for",
        "why": "the reason",
    },
)

_PERSONAL = (
    PersonalRows(
        table="audit_logs",
        exported=(
            "SELECT * FROM audit_logs WHERE changed_by = :id"
            " OR (table_name = 'users' AND record_id = CAST(:id AS TEXT)) ORDER BY id"
        ),
        stays=(
            "The log of changes as it was written: each entry is sealed by the next, so that nobody can"
            " rewrite what happened, and taking one out would break the seal."
        ),
    ),
    PersonalRows(
        table="requests",
        exported="SELECT * FROM requests WHERE actor = :id ORDER BY created_at, request_id",
        stays="What your commands answered, for at most a week, so that nothing is done twice.",
    ),
    PersonalRows(
        table="settings",
        exported="SELECT key, updated_by, updated_at FROM settings WHERE updated_by = :id ORDER BY key",
        stays="Which settings of the server you changed, under your number.",
    ),
)

SUBJECT = Subject(
    name="audit",
    topic=Topic("history", "History", "who changed what", 6),
    needs={"audit": "admin"},
    audited=("audit_logs",),
    invariants=INVARIANTS,
    prunings=PRUNINGS,
    personal=_PERSONAL,
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)
