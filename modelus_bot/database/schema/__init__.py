"""The schema of the file: migrations bring it up to date, the validator says what is not as it should be.

Promise: each migration and its mark are one transaction under one lock, checked before it is committed
(``safeguard``); two spellings of one declaration compare as equal (``tokens``, ``shape``); a newer file is
left alone.

Way in: ``Migrator`` and ``SchemaValidator``. Owner: whoever opens the file; both hold nothing open between
calls.
"""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.schema.drift import compare
    from modelus_bot.database.schema.expected import Script, read_scripts
    from modelus_bot.database.schema.migrations import BeforeMigrating, Migrator
    from modelus_bot.database.schema.reading import read_shape
    from modelus_bot.database.schema.report import Remedy
    from modelus_bot.database.schema.search_index import (
        broken_searches,
        is_about_searches,
        mend_searches,
        merge_searches,
    )
    from modelus_bot.database.schema.shape import Column, ForeignKey, Shape, TableShape
    from modelus_bot.database.schema.tokens import statements
    from modelus_bot.database.schema.validator import SchemaValidator, applied_migrations, newer_than_known

__all__ = [
    "BeforeMigrating",
    "Column",
    "ForeignKey",
    "Migrator",
    "Remedy",
    "SchemaValidator",
    "Script",
    "Shape",
    "TableShape",
    "applied_migrations",
    "broken_searches",
    "compare",
    "is_about_searches",
    "mend_searches",
    "merge_searches",
    "newer_than_known",
    "read_scripts",
    "read_shape",
    "statements",
]

__getattr__ = lazy_names(
    __name__,
    {
        "BeforeMigrating": "schema.migrations",
        "Column": "schema.shape",
        "ForeignKey": "schema.shape",
        "Migrator": "schema.migrations",
        "Remedy": "schema.report",
        "SchemaValidator": "schema.validator",
        "Script": "schema.expected",
        "Shape": "schema.shape",
        "TableShape": "schema.shape",
        "applied_migrations": "schema.validator",
        "broken_searches": "schema.search_index",
        "compare": "schema.drift",
        "is_about_searches": "schema.search_index",
        "mend_searches": "schema.search_index",
        "merge_searches": "schema.search_index",
        "newer_than_known": "schema.validator",
        "read_scripts": "schema.expected",
        "read_shape": "schema.reading",
        "statements": "schema.tokens",
    },
)
