"""What operators' programs and screens use of the database besides its face: the second face.

Who answers people and keeps data needs ``modelus_bot.database`` only. The command line, ``/dbhealth``,
``/backup``, ``/database`` and the jobs around them look at copies, sums, statements and files that lie
there; what they need is named here, so that nobody imports a module of the database.
"""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.archive.archive import Archive
    from modelus_bot.database.archive.failures import MomentUnavailable
    from modelus_bot.database.backup.listing import BackupListing
    from modelus_bot.database.backup.manifest import BackupManifest
    from modelus_bot.database.checksums.report import ChecksumReport
    from modelus_bot.database.core.audit.anchors import Anchor, gather_anchors
    from modelus_bot.database.core.audit.entry import AuditOperation, command_entry
    from modelus_bot.database.core.audit.verification import ChainReport
    from modelus_bot.database.core.child_process import Report, run_child
    from modelus_bot.database.core.database_file import DatabaseFile
    from modelus_bot.database.core.operation_event import Failure
    from modelus_bot.database.core.state_file import StateFile
    from modelus_bot.database.engine.checkpoints import safe_beside_writers
    from modelus_bot.database.health.alert_book import AlertBook, Undelivered
    from modelus_bot.database.health.alert_rules import SIGNALS
    from modelus_bot.database.health.environment import Environment
    from modelus_bot.database.health.loop_delay import LoopDelay
    from modelus_bot.database.health.rolling import Percentiles
    from modelus_bot.database.health.rounds import HealthRounds
    from modelus_bot.database.health.sample_keeper import SampleKeeper
    from modelus_bot.database.health.samples import HealthSample, health_samples
    from modelus_bot.database.health.statements.advisor import StatementAdvisor
    from modelus_bot.database.health.statements.plan import QueryPlan
    from modelus_bot.database.health.statements.planning import IndexUse, StatementExamination
    from modelus_bot.database.health.statements.statistics import StatementSeen
    from modelus_bot.database.health.suggestions import setting_suggestions
    from modelus_bot.database.integrity.budget import Budget
    from modelus_bot.database.integrity.foreign_rows import ForeignDatabase, ForeignTable
    from modelus_bot.database.integrity.recognition import Nature, Recognised
    from modelus_bot.database.integrity.report import CheckReport
    from modelus_bot.database.maintenance.facts import FileFacts
    from modelus_bot.database.maintenance.run_request import (
        Rewriting,
        RunReport,
        RunRequest,
        TaskOutcome,
        Trigger,
    )
    from modelus_bot.database.offline.journal.entry import JournalEntry, JournalOutcome, Settled
    from modelus_bot.database.offline.journal.view import JournalContents
    from modelus_bot.database.offline.snapshot.folder import UnusableSnapshot
    from modelus_bot.database.offline.snapshot.view import last_known_rows
    from modelus_bot.database.recovery.audit_renewal import Renewal, RenewAuditChain
    from modelus_bot.database.recovery.audit_trail import trail_rows, verified_trail
    from modelus_bot.database.recovery.by_hand import changed_by_hand
    from modelus_bot.database.recovery.differences import TableDifference
    from modelus_bot.database.recovery.drill import DrillResult
    from modelus_bot.database.recovery.new_database import EarlierDatabase
    from modelus_bot.database.recovery.offline_migration import Migrate, migrated
    from modelus_bot.database.recovery.restore_request import Restored, RestorePlan, Restores
    from modelus_bot.database.salvage.report import SalvageReport
    from modelus_bot.database.schema.migrations import Migrator
    from modelus_bot.database.schema.report import Difference
    from modelus_bot.database.schema.validator import SchemaValidator

__all__ = [
    "SIGNALS",
    "AlertBook",
    "Anchor",
    "Archive",
    "AuditOperation",
    "BackupListing",
    "BackupManifest",
    "Budget",
    "ChainReport",
    "CheckReport",
    "ChecksumReport",
    "DatabaseFile",
    "Difference",
    "DrillResult",
    "EarlierDatabase",
    "Environment",
    "Failure",
    "FileFacts",
    "ForeignDatabase",
    "ForeignTable",
    "HealthRounds",
    "HealthSample",
    "IndexUse",
    "JournalContents",
    "JournalEntry",
    "JournalOutcome",
    "LoopDelay",
    "Migrate",
    "Migrator",
    "MomentUnavailable",
    "Nature",
    "Percentiles",
    "QueryPlan",
    "Recognised",
    "RenewAuditChain",
    "Renewal",
    "Report",
    "RestorePlan",
    "Restored",
    "Restores",
    "Rewriting",
    "RunReport",
    "RunRequest",
    "SalvageReport",
    "SampleKeeper",
    "SchemaValidator",
    "Settled",
    "StateFile",
    "StatementAdvisor",
    "StatementExamination",
    "StatementSeen",
    "TableDifference",
    "TaskOutcome",
    "Trigger",
    "Undelivered",
    "UnusableSnapshot",
    "changed_by_hand",
    "command_entry",
    "gather_anchors",
    "health_samples",
    "last_known_rows",
    "migrated",
    "run_child",
    "safe_beside_writers",
    "setting_suggestions",
    "trail_rows",
    "verified_trail",
]

__getattr__ = lazy_names(
    __name__,
    {
        "AlertBook": "health.alert_book",
        "Anchor": "core.audit.anchors",
        "Archive": "archive.archive",
        "AuditOperation": "core.audit.entry",
        "BackupListing": "backup.listing",
        "BackupManifest": "backup.manifest",
        "Budget": "integrity.budget",
        "ChainReport": "core.audit.verification",
        "CheckReport": "integrity.report",
        "ChecksumReport": "checksums.report",
        "DatabaseFile": "core.database_file",
        "Difference": "schema.report",
        "DrillResult": "recovery.drill",
        "EarlierDatabase": "recovery.new_database",
        "Environment": "health.environment",
        "Failure": "core.operation_event",
        "FileFacts": "maintenance.facts",
        "ForeignDatabase": "integrity.foreign_rows",
        "ForeignTable": "integrity.foreign_rows",
        "HealthRounds": "health.rounds",
        "HealthSample": "health.samples",
        "IndexUse": "health.statements.planning",
        "JournalContents": "offline.journal.view",
        "JournalEntry": "offline.journal.entry",
        "JournalOutcome": "offline.journal.entry",
        "LoopDelay": "health.loop_delay",
        "Migrate": "recovery.offline_migration",
        "Migrator": "schema.migrations",
        "MomentUnavailable": "archive.failures",
        "Nature": "integrity.recognition",
        "Percentiles": "health.rolling",
        "QueryPlan": "health.statements.plan",
        "Recognised": "integrity.recognition",
        "RenewAuditChain": "recovery.audit_renewal",
        "Renewal": "recovery.audit_renewal",
        "Report": "core.child_process",
        "RestorePlan": "recovery.restore_request",
        "Restored": "recovery.restore_request",
        "Restores": "recovery.restore_request",
        "Rewriting": "maintenance.run_request",
        "RunReport": "maintenance.run_request",
        "RunRequest": "maintenance.run_request",
        "SIGNALS": "health.alert_rules",
        "SalvageReport": "salvage.report",
        "SampleKeeper": "health.sample_keeper",
        "SchemaValidator": "schema.validator",
        "Settled": "offline.journal.entry",
        "StateFile": "core.state_file",
        "StatementAdvisor": "health.statements.advisor",
        "StatementExamination": "health.statements.planning",
        "StatementSeen": "health.statements.statistics",
        "TableDifference": "recovery.differences",
        "TaskOutcome": "maintenance.run_request",
        "Trigger": "maintenance.run_request",
        "Undelivered": "health.alert_book",
        "UnusableSnapshot": "offline.snapshot.folder",
        "changed_by_hand": "recovery.by_hand",
        "command_entry": "core.audit.entry",
        "gather_anchors": "core.audit.anchors",
        "health_samples": "health.samples",
        "last_known_rows": "offline.snapshot.view",
        "migrated": "recovery.offline_migration",
        "run_child": "core.child_process",
        "safe_beside_writers": "engine.checkpoints",
        "setting_suggestions": "health.suggestions",
        "trail_rows": "recovery.audit_trail",
        "verified_trail": "recovery.audit_trail",
    },
)
