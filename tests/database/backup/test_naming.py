"""A copy's name says what it is, and nothing else is taken for a copy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.database.backup.naming import CopyName, is_leftover, parse_name

STEMS = st.text(
    st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=30
)
NAMES = st.builds(
    CopyName,
    stem=STEMS,
    made_at=st.integers(0, 253_402_300_799),
    kind=st.sampled_from(["scheduled", "manual", "pre_migration", "pre_restore"]),
    number=st.integers(1, 200),
)


@given(name=NAMES)
def test_a_name_is_read_as_it_was_written(name: CopyName) -> None:
    """Whatever the database is called and whenever the copy was made, its name says so again."""
    assert parse_name(name.stem, str(name)) == name
    assert not is_leftover(name.stem, str(name))
    assert is_leftover(name.stem, f"{name}.partial")
    assert is_leftover(name.stem, f"{name}.json.partial")
    assert not is_leftover(name.stem, f"{name}.json")


@given(name=NAMES, stem=STEMS)
def test_copies_of_another_database_are_not_ours(name: CopyName, stem: str) -> None:
    """Two databases may share a folder, also when one name begins with the other."""
    if stem != name.stem:
        assert parse_name(stem, str(name)) is None


@pytest.mark.parametrize(
    "name",
    [
        "modelus-before-the-upgrade.db",
        "modelus.db",
        "modelus-20260331T120000Z-manual.db.bak",
        "modelus-20260331T120000Z-friday.db",
        "modelus-20261331T120000Z-manual.db",
        "modelus-20260331T120000Z-manual-1.db",
        "modelus-old-20260331T120000Z-manual.db",
        "modelus-20260331T120000Z-manual.db\n",
        "",
    ],
)
def test_what_somebody_put_there_is_left_alone(name: str) -> None:
    """A file that is only called similarly is neither a copy nor what a copy leaves behind."""
    assert parse_name("modelus", name) is None
    assert not is_leftover("modelus", name)
    assert not is_leftover("modelus", f"{name}.partial")
