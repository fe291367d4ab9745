"""What every rule of the schema and every field is called when people read about it. Tables only."""

from __future__ import annotations

__all__ = ["FIELDS", "NEEDED", "RANGES", "SENTENCES", "TAKEN", "TEXTS"]

_JSON = "text in JSON"
_FLAG = "yes or no"
_DAY = "a day that exists, written like 2026-01-31"


def _long(low: int, high: int) -> str:
    return f"{low} to {high} characters long"


RANGES: dict[str, tuple[str, str]] = {
    "users_username_length": ("A member's name", _long(1, 100)),
    "valid_role": ("A role", "developer, designer, tester, project_manager or admin"),
    "users_timezone_length": ("A time zone", _long(1, 64)),
    "users_quiet_from_range": ("The start of the quiet hours", "a time from 00:00 to 23:59"),
    "users_quiet_to_range": ("The end of the quiet hours", "a time from 00:00 to 23:59"),
    "users_is_active_flag": ("Whether a member is active", _FLAG),
    "settings_key_length": ("A setting's name", _long(1, 64)),
    "settings_value_json": ("A setting's value", _JSON),
    "audit_logs_table_name_length": ("The table named in the audit log", _long(1, 64)),
    "audit_logs_record_id_length": ("The record named in the audit log", _long(1, 64)),
    "audit_logs_operation_known": ("The operation named in the audit log", "one the audit log knows"),
    "audit_logs_old_values_json": ("The old values in the audit log", _JSON),
    "audit_logs_new_values_json": ("The new values in the audit log", _JSON),
    "audit_logs_reason_length": ("A reason", "at most 300 characters long"),
    "audit_logs_request_id_length": ("A request's number in the audit log", _long(1, 64)),
    "requests_request_id_length": ("A request's number", _long(1, 64)),
    "requests_command_length": ("A command's name", _long(1, 64)),
    "requests_outcome_json": ("A request's stored result", _JSON),
    "job_runs_job_length": ("A job's name", _long(1, 64)),
    "job_runs_run_key_length": ("The key of a job's run", _long(1, 64)),
    "job_runs_status_known": ("A job's status", "running, delivered, skipped, deferred or error"),
    "job_runs_details_json": ("The details of a job's run", _JSON),
    "db_errors_error_type_known": ("The type of a logged error", "one of the seven known types"),
    "db_errors_severity_known": ("The severity of a logged error", "LOW, MEDIUM, HIGH or CRITICAL"),
    "db_errors_sqlite_code_length": ("The code of a logged error", _long(1, 40)),
    "db_errors_message_length": ("The text of a logged error", _long(1, 500)),
    "db_errors_operation_length": ("The operation of a logged error", _long(1, 64)),
    "db_errors_reference_length": ("The reference of a logged error", _long(1, 16)),
    "backups_kind_known": ("The kind of a backup", "full, wal, pre_migration or pre_restore"),
    "backups_path_length": ("The path of a backup", _long(1, 300)),
    "backups_bytes_range": ("The size of a backup", "0 bytes or more"),
    "backups_sha256_length": ("The checksum of a backup", "64 characters long"),
    "backups_status_known": ("The status of a backup", "SUCCESS, FAILED, IN_PROGRESS or PRUNED"),
    "health_samples_mode_known": ("The mode of a health sample", "normal, read_only or degraded"),
    "disciplines_key_length": ("A discipline's key", _long(1, 32)),
    "disciplines_label_length": ("A discipline's name", _long(1, 60)),
    "disciplines_scheduler_known": ("A discipline's rotation", "carry or modulo"),
    "disciplines_is_active_flag": ("Whether a discipline is active", _FLAG),
    "user_disciplines_is_active_flag": ("Whether a place on a roster is active", _FLAG),
    "user_disciplines_away_from_date": ("The first day away", _DAY),
    "user_disciplines_away_to_date": ("The last day away", _DAY),
    "sprints_sprint_index_range": ("A sprint's number", "0 or more"),
    "sprints_name_length": ("A sprint's name", _long(1, 60)),
    "sprints_start_date_date": ("A sprint's first day", _DAY),
    "sprints_end_date_date": ("A sprint's last day", _DAY),
    "assignments_source_known": ("The source of an assignment", "rotation, manual or import"),
    "current_holders_source_known": ("The source of a duty", "rotation, override, manual or none"),
    "overrides_status_known": (
        "The status of a cover request",
        "open, taken, approved, declined, withdrawn, expired or revoked",
    ),
    "cover_cards_kind_known": ("What a message shows of a cover request", "card or notice"),
    "overrides_first_day_date": ("The first day of a cover", _DAY),
    "overrides_last_day_date": ("The last day of a cover", _DAY),
    "overrides_reason_length": ("The reason of a cover request", _long(1, 300)),
    "valid_notification_type": ("The type of a notice", "one of the known types"),
    "notifications_title_length": ("The title of a notice", _long(1, 200)),
    "notifications_message_length": ("The text of a notice", _long(1, 2000)),
    "notifications_ref_table_length": ("The table a notice refers to", _long(1, 32)),
    "notifications_dedupe_key_length": ("The key of a notice", _long(1, 100)),
    "notifications_is_read_flag": ("Whether a notice was read", _FLAG),
    "notifications_last_error_length": ("The last error of a notice", _long(1, 200)),
    "notification_prefs_type_length": ("The kind of notices in a preference", _long(1, 32)),
    "notification_prefs_delivery_known": ("How notices are delivered", "dm, inbox or off"),
    "quarantined_rows_table_name_length": ("The table a quarantined row is from", _long(1, 64)),
    "quarantined_rows_record_id_length": ("The number of a quarantined row", _long(1, 64)),
    "quarantined_rows_row_json": ("The contents of a quarantined row", _JSON),
    "quarantined_rows_reason_length": ("The reason of a quarantined row", _long(1, 500)),
    "quarantined_rows_request_id_length": ("A request's number of a quarantined row", _long(1, 64)),
}
"""CHECK constraints on one column: what it is about, and what it must be."""

SENTENCES: dict[str, str] = {
    "users_quiet_both": "Quiet hours need both a start and an end, or neither. Give both and try again.",
    "user_disciplines_away_order": (
        "The last day away is before the first, or there is no first day. Correct the days and try again."
    ),
    "sprint_date_order": "A sprint must end after it starts. Correct the days and try again.",
    "unique_current_state": "There is only one current state. Please tell an administrator.",
    "override_no_self_approval": (
        "A cover request cannot be decided by whoever made it or would step in."
        " Ask another project manager or administrator."
    ),
    "override_distinct": "Somebody cannot cover their own turn. Name somebody else and try again.",
    "override_days_both": (
        "A cover has a first and a last day, or neither and is of the whole turn. Give both and try again."
    ),
    "override_days_order": ("The last day of the cover is before the first. Correct the days and try again."),
    "override_approved_full": (
        "A cover can only be approved once somebody would step in. Wait until somebody takes it."
    ),
    "backups_wal_has_base": (
        "A stretch of changes in the backups needs the full copy it belongs to, and only such a stretch"
        " has one. Please tell an administrator."
    ),
    "notifications_read_has_time": (
        "A notice has a time of reading exactly when it was read. Please tell an administrator."
    ),
    "sprint overlap": (
        "These days overlap with another sprint. Sprints may share only the day one ends and the next"
        " starts; `/sprint list` shows them."
    ),
    "cover overlap": (
        "These days are covered already. A project manager can revoke that cover with `/cover revoke` first."
    ),
    "audit log is append-only": "The audit log cannot be changed or shortened, by anybody.",
}
"""CHECK constraints on several columns by name, and triggers by the text they raise."""

TAKEN: dict[str, str] = {
    "users.discord_id": "This member is known already. Look again before you repeat it.",
    "settings.key": "This setting exists already. Change it instead of adding it.",
    "audit_logs.id": "The audit log has an entry with this number already. Please try again.",
    "requests.request_id": "This request was answered already. Look at the result before you repeat it.",
    "job_runs.job, job_runs.run_key": "This job has run for this time already; it need not run again.",
    "db_errors.id": "An error is logged under this number already. Please try again.",
    "backups.id": "There is a backup with this number already. Please try again.",
    "backups.path": "There is a backup at this path already. Please try again.",
    "health_samples.at": "A health sample was taken in this second already; it need not be taken again.",
    "disciplines.key": "There is a discipline with this key already. Choose another key.",
    "user_disciplines.id": "There is a place on a roster with this number already. Please try again.",
    "user_disciplines.user_id, user_disciplines.discipline": (
        "This member is on that roster already. `/roster show` lists who is."
    ),
    "user_disciplines.discipline, user_disciplines.position": (
        "This place on the roster is taken. Look at it with `/roster show` and try again."
    ),
    "sprints.id": "There is a sprint with this number already. Please try again.",
    "sprints.sprint_index": (
        "There is a sprint with this number already. `/sprint list` shows them; please try again."
    ),
    "assignments.sprint_id, assignments.discipline": (
        "Somebody holds this turn already. `/oncall now` shows who; please try again."
    ),
    "current_state.id": "There is only one current state. Please try again.",
    "current_holders.discipline": "Somebody is on duty in this discipline already. Please try again.",
    "cover_cards.message_id": "This message is known already.",
    "overrides.id": "There is a cover request with this number already. Please try again.",
    "overrides.sprint_id, overrides.discipline, overrides.requested_by, overrides.replacement_id": (
        "The same cover was asked for already. `/cover list` shows the request."
    ),
    (
        "overrides.sprint_id, overrides.discipline, overrides.requested_by, overrides.replacement_id,"
        " overrides.first_day, overrides.last_day"
    ): "The same cover of these days was asked for already. `/cover list` shows the request.",
    "overrides.sprint_id, overrides.discipline, overrides.requested_by": (
        "An open call for this turn is waiting already. `/cover list` shows it."
    ),
    (
        "overrides.sprint_id, overrides.discipline, overrides.requested_by, overrides.first_day,"
        " overrides.last_day"
    ): "An open call for these days is waiting already. `/cover list` shows it.",
    "notifications.id": "There is a notice with this number already. Please try again.",
    "notifications.user_id, notifications.dedupe_key": (
        "This notice is queued already; nobody needs it twice."
    ),
    "notification_prefs.user_id, notification_prefs.type": (
        "There is a preference for these notices already. Change it instead of adding it."
    ),
    "quarantined_rows.id": "There is a quarantined row with this number already. Please try again.",
}
"""UNIQUE constraints, unique indexes and primary keys, by the columns SQLite names."""

TEXTS: dict[str, str] = {
    "users": "a member",
    "settings": "a setting",
    "audit_logs": "an entry of the audit log",
    "requests": "a stored request",
    "job_runs": "the run of a job",
    "db_errors": "a logged error",
    "backups": "a backup",
    "health_samples": "a health sample",
    "disciplines": "a discipline",
    "user_disciplines": "a place on a roster",
    "sprints": "a sprint",
    "assignments": "the assignment of a turn",
    "current_state": "the current state",
    "current_holders": "somebody's duty",
    "overrides": "a cover request",
    "cover_cards": "a message of a cover request",
    "notifications": "a notice",
    "notification_prefs": "a preference for notices",
    "quarantined_rows": "a quarantined row",
}
"""What a row of each table is called."""

NEEDED: dict[str, str] = {
    "channel_id": "the channel",
    "cover_id": "the cover request",
    "message_id": "the message",
    "shown_at": "the time",
    "action": "what is done",
    "actor": "who asked",
    "at": "the time",
    "attempt": "the number of the attempt",
    "attempts": "the number of attempts",
    "base_id": "the full copy it belongs to",
    "bytes": "the size",
    "command": "the command",
    "changed_at": "the time of the change",
    "created_at": "the time it was made",
    "db_bytes": "the size of the database",
    "deliver_after": "the time of delivery",
    "delivery": "the way of delivery",
    "discipline": "the discipline",
    "end_date": "the last day",
    "error_type": "the type of the error",
    "errors": "the number of errors",
    "first_day": "the first day",
    "found_at": "the time it was found",
    "is_active": "whether it is active",
    "is_read": "whether it was read",
    "job": "the job",
    "key": "the key",
    "kind": "the kind",
    "label": "the name people read",
    "last_day": "the last day",
    "message": "the text",
    "mode": "the mode",
    "name": "the name",
    "operation": "the operation",
    "original_id": "whose turn it is",
    "path": "the path",
    "payload_hash": "the fingerprint of the contents",
    "position": "the position",
    "prev_hash": "the link to the entry before",
    "queries": "the number of queries",
    "record_id": "the record",
    "reason": "the reason",
    "reference": "the reference",
    "requested_by": "who asked",
    "request_id": "the number of the request",
    "retry_count": "the number of tries",
    "row": "the contents of the row",
    "row_hash": "the fingerprint of the entry",
    "run_key": "the key of the run",
    "scheduler": "the kind of rotation",
    "severity": "the severity",
    "sha256": "the checksum",
    "since": "the time it began",
    "source": "the source",
    "sprint_id": "the sprint",
    "start_date": "the first day",
    "started_at": "the time it started",
    "status": "the status",
    "table_name": "the table",
    "timezone": "the time zone",
    "title": "the title",
    "to_at": "the time it reaches to",
    "type": "the type",
    "updated_at": "the time of the last change",
    "user_id": "the member",
    "username": "the member's name",
    "value": "the value",
    "version": "the version",
    "wal_bytes": "the size of the write-ahead log",
}
"""Columns that must be filled, in the words for what is missing."""

FIELDS: dict[str, str] = {
    "away_from": "first day away",
    "away_to": "last day away",
    "cover_id": "number of the cover request",
    "discipline": "discipline",
    "data": "imported rota",
    "days_before": "days before a turn",
    "disciplines": "list of disciplines",
    "discord_id": "member",
    "end": "last day",
    "error": "error",
    "expected": "confirmation code",
    "first_day": "first day of the cover",
    "last_day": "last day of the cover",
    "for_user": "member whose turn it is",
    "id": "number of the notice",
    "ids": "list of notices",
    "key": "key",
    "label": "label",
    "member_id": "member",
    "message_id": "message",
    "message_ids": "messages",
    "channel_id": "channel",
    "kind": "kind of message",
    "count": "number of sprints",
    "name": "name",
    "placeholder_id": "number of the imported person",
    "position": "position",
    "reason": "reason",
    "replacement_id": "replacement",
    "retry_at": "time of the next try",
    "role": "role",
    "role_id": "Discord role",
    "scheduler": "kind of rotation",
    "sprint_id": "sprint",
    "start": "first day",
    "text": "text",
    "username": "name",
}
"""Fields of operations, in the words of the commands that fill them."""
