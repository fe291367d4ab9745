"""Declares the subject `maintenance`: keeping the file in shape."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Wording
from modelus_bot.subjects.health.model import TOPIC
from modelus_bot.subjects.maintenance.pruning import PRUNINGS
from modelus_bot.subjects.maintenance.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.maintenance.commands import DatabaseCommands
    from modelus_bot.subjects.maintenance.jobs import MaintenanceJob

    return Screens(commands=(DatabaseCommands,), jobs=(MaintenanceJob,))


_WORDING = Wording(
    rows={
        "job_runs": "records of jobs",
        "quarantined_rows": "quarantined records",
    },
    row={
        "job_runs": "the run of a job",
        "quarantined_rows": "a quarantined row",
    },
    ranges={
        "job_runs_job_length": ("A job's name", "1 to 64 characters long"),
        "job_runs_run_key_length": ("The key of a job's run", "1 to 64 characters long"),
        "job_runs_status_known": ("A job's status", "running, delivered, skipped, deferred or error"),
        "job_runs_details_json": ("The details of a job's run", "text in JSON"),
        "quarantined_rows_table_name_length": (
            "The table a quarantined row is from",
            "1 to 64 characters long",
        ),
        "quarantined_rows_record_id_length": ("The number of a quarantined row", "1 to 64 characters long"),
        "quarantined_rows_row_json": ("The contents of a quarantined row", "text in JSON"),
        "quarantined_rows_reason_length": ("The reason of a quarantined row", "1 to 500 characters long"),
        "quarantined_rows_request_id_length": (
            "A request's number of a quarantined row",
            "1 to 64 characters long",
        ),
    },
    taken={
        "job_runs.job, job_runs.run_key": "This job has run for this time already; it need not run again.",
        "quarantined_rows.id": "There is a quarantined row with this number already. Please try again.",
    },
    columns={
        "found_at": "the time it was found",
        "job": "the job",
        "row": "the contents of the row",
        "run_key": "the key of the run",
        "started_at": "the time it started",
    },
    fields={
        "ids": "list of notices",
    },
)

SUBJECT = Subject(
    name="maintenance",
    topic=TOPIC,
    needs={"database": "admin"},
    prunings=PRUNINGS,
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)
