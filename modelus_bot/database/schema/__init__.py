"""The schema of the file: migrations bring it up to date, the validator says what is not as it should be."""

from typing import TYPE_CHECKING

from modelus_bot.database.late import late_names

if TYPE_CHECKING:
    from modelus_bot.database.schema.migrations import BeforeMigrating, MigrationStatus, Migrator
    from modelus_bot.database.schema.reading import read_shape
    from modelus_bot.database.schema.report import Difference, DriftReport
    from modelus_bot.database.schema.shape import Shape
    from modelus_bot.database.schema.validator import SchemaValidator

__all__ = [
    "BeforeMigrating",
    "Difference",
    "DriftReport",
    "MigrationStatus",
    "Migrator",
    "SchemaValidator",
    "Shape",
    "read_shape",
]

__getattr__ = late_names(
    __name__,
    {
        "BeforeMigrating": "migrations",
        "Difference": "report",
        "DriftReport": "report",
        "MigrationStatus": "migrations",
        "Migrator": "migrations",
        "SchemaValidator": "validator",
        "Shape": "shape",
        "read_shape": "reading",
    },
)
