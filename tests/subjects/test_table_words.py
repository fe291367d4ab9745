"""Every table has a word for its rows, and no word is the name of a table in disguise."""

from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.domain.table_words import ROWS, rows_of
from modelus_bot.subjects.audit.queries import TABLES


def test_every_table_has_a_word() -> None:
    """Those of the schema, and those that the audit trail names."""
    assert {*SchemaValidator().expected.tables, *TABLES} == set(ROWS)
    assert len(set(ROWS.values())) == len(ROWS)


def test_no_word_has_an_underscore() -> None:
    """A table that nobody knows is told as such, with its name."""
    assert all("_" not in words for words in ROWS.values())
    assert rows_of("tickets") == "other records (tickets)"
