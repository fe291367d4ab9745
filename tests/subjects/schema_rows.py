"""For every table a row that fits, and for every CHECK and UNIQUE rule what breaks exactly that rule."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

BLOB = bytes(32)

FITTING: dict[str, Row] = {
    "users": {"discord_id": 500, "username": "Ada", "created_at": 0, "updated_at": 0},
    "settings": {"key": "k", "value": "1", "updated_at": 0},
    "audit_logs": {
        "id": 500,
        "table_name": "users",
        "record_id": "1",
        "operation": "INSERT",
        "changed_at": 0,
        "prev_hash": BLOB,
        "row_hash": BLOB,
    },
    "requests": {"request_id": "r", "command": "c", "actor": 0, "payload_hash": BLOB, "created_at": 0},
    "job_runs": {"job": "j", "run_key": "k", "status": "running", "started_at": 0},
    "db_errors": {
        "id": 500,
        "error_type": "QUERY_FAILED",
        "severity": "LOW",
        "message": "m",
        "reference": "R",
        "at": 0,
    },
    "backups": {
        "id": 500,
        "kind": "full",
        "path": "p",
        "bytes": 1,
        "sha256": "0" * 64,
        "to_at": 0,
        "status": "SUCCESS",
        "created_at": 0,
    },
    "health_samples": {"at": 500, "mode": "normal", "queries": 0, "errors": 0, "db_bytes": 0, "wal_bytes": 0},
    "disciplines": {"key": "new", "label": "New"},
    "user_disciplines": {"id": 500, "user_id": 1, "discipline": "d", "position": 1, "updated_at": 0},
    "sprints": {
        "id": 500,
        "sprint_index": 5,
        "name": "S",
        "start_date": "2027-01-01",
        "end_date": "2027-01-15",
        "updated_at": 0,
    },
    "assignments": {"sprint_id": 1, "discipline": "d", "user_id": 1, "source": "rotation", "updated_at": 0},
    "current_state": {"id": 1, "sprint_id": 1, "updated_at": 0},
    "current_holders": {"discipline": "d", "user_id": 1, "source": "rotation", "since": 0},
    "overrides": {
        "id": 500,
        "sprint_id": 1,
        "discipline": "d",
        "requested_by": 1,
        "original_id": 1,
        "replacement_id": 2,
        "created_at": 0,
        "updated_at": 0,
    },
    "cover_cards": {"message_id": 500, "channel_id": 1, "cover_id": 1, "kind": "card", "shown_at": 0},
    "notifications": {
        "id": 500,
        "user_id": 1,
        "type": "system",
        "title": "T",
        "message": "M",
        "dedupe_key": "k",
        "deliver_after": 0,
        "created_at": 0,
    },
    "notification_prefs": {"user_id": 1, "type": "cover", "delivery": "dm"},
    "quarantined_rows": {
        "id": 500,
        "table_name": "users",
        "record_id": "1",
        "row": "{}",
        "reason": "breaks valid_role",
        "found_at": 0,
    },
}
"""Rows beside which users 1, 2 and 3, sprint 1 (the year 2026) and discipline ``d`` exist."""

APPROVED: Row = {"status": "approved", "decided_by": 3, "decided_at": 0}

DAYS: Row = {"first_day": "2026-01-05", "last_day": "2026-01-06"}

UNCHECKED: dict[str, Row] = {
    "users_username_length": {"username": ""},
    "valid_role": {"role": "king"},
    "users_timezone_length": {"timezone": ""},
    "users_quiet_from_range": {"quiet_from": 1440, "quiet_to": 0},
    "users_quiet_to_range": {"quiet_from": 0, "quiet_to": -1},
    "users_is_active_flag": {"is_active": 2},
    "users_quiet_both": {"quiet_from": 0},
    "settings_key_length": {"key": "k" * 65},
    "settings_value_json": {"value": "{"},
    "audit_logs_table_name_length": {"table_name": ""},
    "audit_logs_record_id_length": {"record_id": "1" * 65},
    "audit_logs_operation_known": {"operation": "GUESS"},
    "audit_logs_old_values_json": {"old_values": "{"},
    "audit_logs_new_values_json": {"new_values": "{"},
    "audit_logs_reason_length": {"reason": "r" * 301},
    "audit_logs_request_id_length": {"request_id": ""},
    "requests_request_id_length": {"request_id": ""},
    "requests_command_length": {"command": ""},
    "requests_outcome_json": {"outcome": "{"},
    "job_runs_job_length": {"job": ""},
    "job_runs_run_key_length": {"run_key": ""},
    "job_runs_status_known": {"status": "lost"},
    "job_runs_details_json": {"details": "{"},
    "db_errors_error_type_known": {"error_type": "ODD"},
    "db_errors_severity_known": {"severity": "MILD"},
    "db_errors_sqlite_code_length": {"sqlite_code": ""},
    "db_errors_message_length": {"message": "m" * 501},
    "db_errors_operation_length": {"operation": ""},
    "db_errors_reference_length": {"reference": "R" * 17},
    "backups_kind_known": {"kind": "half"},
    "backups_path_length": {"path": ""},
    "backups_bytes_range": {"bytes": -1},
    "backups_sha256_length": {"sha256": "0"},
    "backups_status_known": {"status": "MAYBE"},
    "backups_wal_has_base": {"kind": "wal"},
    "health_samples_mode_known": {"mode": "dreaming"},
    "disciplines_key_length": {"key": "k" * 33},
    "disciplines_label_length": {"label": ""},
    "disciplines_scheduler_known": {"scheduler": "dice"},
    "disciplines_is_active_flag": {"is_active": -1},
    "user_disciplines_is_active_flag": {"is_active": 2},
    "user_disciplines_away_from_date": {"away_from": "2026-02-30"},
    "user_disciplines_away_to_date": {"away_from": "2026-01-01", "away_to": "tomorrow"},
    "user_disciplines_away_order": {"away_from": "2026-02-02", "away_to": "2026-02-01"},
    "sprints_sprint_index_range": {"sprint_index": -1},
    "sprints_name_length": {"name": ""},
    "sprints_start_date_date": {"start_date": "2027-02-30", "end_date": "2027-03-15"},
    "sprints_end_date_date": {"end_date": "2027-02-30"},
    "sprint_date_order": {"end_date": "2027-01-01"},
    "assignments_source_known": {"source": "dice"},
    "unique_current_state": {"id": 2},
    "current_holders_source_known": {"source": "dice"},
    "overrides_status_known": {"status": "lost"},
    "overrides_first_day_date": {"first_day": "2026-02-30", "last_day": "2026-03-01"},
    "overrides_last_day_date": {"first_day": "2026-02-01", "last_day": "soon"},
    "override_days_both": {"first_day": "2026-01-05"},
    "override_days_order": {"first_day": "2026-01-06", "last_day": "2026-01-05"},
    "overrides_reason_length": {"reason": ""},
    "cover_cards_kind_known": {"kind": "poster"},
    "override_no_self_approval": {**APPROVED, "decided_by": 2},
    "override_distinct": {"replacement_id": 1},
    "override_approved_full": {**APPROVED, "decided_at": None},
    "valid_notification_type": {"type": "gossip"},
    "notifications_title_length": {"title": ""},
    "notifications_message_length": {"message": "m" * 2001},
    "notifications_ref_table_length": {"ref_table": ""},
    "notifications_dedupe_key_length": {"dedupe_key": "k" * 101},
    "notifications_is_read_flag": {"is_read": 2},
    "notifications_last_error_length": {"last_error": ""},
    "notifications_read_has_time": {"is_read": 1},
    "notification_prefs_type_length": {"type": ""},
    "notification_prefs_delivery_known": {"delivery": "pigeon"},
    "quarantined_rows_table_name_length": {"table_name": ""},
    "quarantined_rows_record_id_length": {"record_id": "1" * 65},
    "quarantined_rows_row_json": {"row": "{"},
    "quarantined_rows_reason_length": {"reason": ""},
    "quarantined_rows_request_id_length": {"request_id": ""},
}
"""For every CHECK constraint, by name, what breaks it and nothing before it."""

CLASHING: dict[str, tuple[Row, Row]] = {
    "audit_logs.id": ({}, {"row_hash": b"other"}),
    "backups.id": ({}, {"path": "q"}),
    "backups.path": ({}, {"id": 501}),
    "user_disciplines.id": ({}, {"user_id": 2, "position": 2}),
    "user_disciplines.user_id, user_disciplines.discipline": ({}, {"id": 501, "position": 2}),
    "user_disciplines.discipline, user_disciplines.position": ({}, {"id": 501, "user_id": 2}),
    "sprints.id": ({}, {"sprint_index": None}),
    "sprints.sprint_index": ({}, {"id": 501}),
    "overrides.id": ({}, {"replacement_id": 3}),
    "overrides.sprint_id, overrides.discipline, overrides.requested_by, overrides.replacement_id": (
        {},
        {"id": 501},
    ),
    (
        "overrides.sprint_id, overrides.discipline, overrides.requested_by, overrides.replacement_id,"
        " overrides.first_day, overrides.last_day"
    ): (DAYS, {**DAYS, "id": 501}),
    "overrides.sprint_id, overrides.discipline, overrides.requested_by": (
        {"replacement_id": None},
        {"replacement_id": None, "id": 501},
    ),
    (
        "overrides.sprint_id, overrides.discipline, overrides.requested_by, overrides.first_day,"
        " overrides.last_day"
    ): ({**DAYS, "replacement_id": None}, {**DAYS, "replacement_id": None, "id": 501}),
    "notifications.id": ({}, {"dedupe_key": "other"}),
    "notifications.user_id, notifications.dedupe_key": ({}, {"id": 501}),
}
"""For tables with several unique keys, two rows that share only one of them; else the same row twice."""
