"""The schema of the file: migrations bring it up to date, the validator says what is not as it should be."""

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
