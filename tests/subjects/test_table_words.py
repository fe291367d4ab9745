"""Every table has a word for its rows, and no word is the name of a table in disguise."""

from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.domain.table_words import rows_of
from modelus_bot.subjects import DECLARED


def test_every_table_has_a_word() -> None:
    """Those of the schema that have rows of their own, and those that the audit trail names."""
    of_rows = {name for name, table in SchemaValidator().expected.tables.items() if not table.virtual}
    assert {*of_rows, *DECLARED.audited} == set(DECLARED.rows)
    assert len(set(DECLARED.rows.values())) == len(DECLARED.rows)


def test_no_word_has_an_underscore() -> None:
    """A table that nobody knows is told as such, with its name."""
    assert all("_" not in words for words in DECLARED.rows.values())
    assert rows_of("tickets") == "other records (tickets)"
