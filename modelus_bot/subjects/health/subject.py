"""Declares the subject `health`: how the database is doing."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Wording
from modelus_bot.subjects.health.model import TOPIC
from modelus_bot.subjects.health.pruning import PRUNINGS
from modelus_bot.subjects.health.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.health.commands.group import HealthCommands
    from modelus_bot.subjects.health.jobs.health import Health, HealthSamples
    from modelus_bot.subjects.health.jobs.plans import Plans
    from modelus_bot.subjects.health.jobs.statistics import Statistics

    return Screens(
        commands=(HealthCommands,),
        jobs=(
            Health,
            HealthSamples,
            Plans,
            Statistics,
        ),
    )


_WORDING = Wording(
    rows={
        "db_errors": "logged errors",
        "health_samples": "health samples",
    },
    row={
        "db_errors": "a logged error",
        "health_samples": "a health sample",
    },
    ranges={
        "db_errors_error_type_known": ("The type of a logged error", "one of the seven known types"),
        "db_errors_severity_known": ("The severity of a logged error", "LOW, MEDIUM, HIGH or CRITICAL"),
        "db_errors_sqlite_code_length": ("The code of a logged error", "1 to 40 characters long"),
        "db_errors_message_length": ("The text of a logged error", "1 to 500 characters long"),
        "db_errors_operation_length": ("The operation of a logged error", "1 to 64 characters long"),
        "db_errors_reference_length": ("The reference of a logged error", "1 to 16 characters long"),
        "health_samples_mode_known": ("The mode of a health sample", "normal, read_only or degraded"),
    },
    taken={
        "db_errors.id": "An error is logged under this number already. Please try again.",
        "health_samples.at": "A health sample was taken in this second already; it need not be taken again.",
    },
    columns={
        "at": "the time",
        "db_bytes": "the size of the database",
        "error_type": "the type of the error",
        "errors": "the number of errors",
        "mode": "the mode",
        "queries": "the number of queries",
        "reference": "the reference",
        "retry_count": "the number of tries",
        "severity": "the severity",
        "wal_bytes": "the size of the write-ahead log",
    },
)

SUBJECT = Subject(
    name="health",
    topic=TOPIC,
    needs={"dbhealth": "admin"},
    prunings=PRUNINGS,
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)
