"""Files of AI Scrum Master: tables are recognised; what cannot be read is named by file, line and column."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.staff_import.model.source import Place
from modelus_bot.subjects.staff_import.rules import reading
from modelus_bot.subjects.staff_import.rules.mapping import accounts_of, people_of, read_accounts
from modelus_bot.subjects.staff_import.rules.reading import read_files, tables_of, text_of

TASKS = "id,title,end_date\n"
ACCOUNT = 2**58


def problem(name: str, text: str) -> str:
    """Return the sentence that a file's text meets."""
    with pytest.raises(ImportProblem) as caught:
        tables_of(name, text)
    return str(caught.value)


def test_a_json_file_holds_several_tables_each_row_with_its_place() -> None:
    """Tables go by any of their names; what is none of them is passed over; other columns are named."""
    text = (
        '{"users": [{"id": 1, "username": "a", "email": "e"}],\n'
        ' "projects": {"deep": [[1]]},\n "messages": [\n  {"id": 2, "sender_id": 1,\n   "content": "x"}]}'
    )
    users, messages = tables_of("all.json", text)

    assert (users.name, users.untaken) == ("users", ("email",))
    assert users.rows[0].values == {"id": 1, "username": "a"}
    assert messages.rows[0].place == Place("all.json", 4, 3)
    assert messages.rows[0].values == {"id": 2, "sender_id": 1, "message": "x"}


@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_a_csv_file_is_told_by_its_name_or_its_columns(divider: str) -> None:
    """Any usual divider; a record over several lines keeps the line on which it begins; empty is no value."""
    lines = ["id,title,due_date,password_hash", '1,"two\nlines",2025-01-02,x', "2,b,\\N,"]
    text = "\r\n".join(lines).replace(",", divider)
    for name in ("public.tasks-2025.csv", "export.csv"):
        (table,) = tables_of(name, text)
        assert (table.name, table.untaken) == ("tasks", ("password_hash",))
        assert [row.place.line for row in table.rows] == [2, 4]
        assert table.rows[0].values == {"id": "1", "title": "two\nlines", "end_date": "2025-01-02"}
        assert table.rows[1].values["end_date"] is None


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("tasks.csv", "", "tasks.csv, line 1, column 1: the file is empty"),
        ("tasks.csv", "id,title\n1,a", "tasks.csv, line 1, column 3: the column end_date is missing"),
        ("tasks.csv", "id,title,due,end_date\n", "tasks.csv, line 1, column 4: the column end_date is there"),
        ("tasks.csv", TASKS + "1,a\n", "tasks.csv, line 2, column 3: there are 2 fields, but 3 columns"),
        ("tasks.csv", TASKS + '1,"a,2\n', "tasks.csv, line 2, column 1: this is not CSV"),
        ("tasks.csv", TASKS + f"1,{'a' * 1_000_001},2", "tasks.csv, line 2, column 1: this is not CSV"),
        ("what.csv", "a,b\n1,2", "what.csv, line 1, column 1: neither the file's name nor its columns"),
        ("a.json", '{"users": [\n {"id": 1,}]}', "a.json, line 2, column 11: this is not JSON"),
        ("a.json", '{"users": [{"id": NaN}]}', "NaN is not JSON"),
        ("a.json", '{"users": [\n{"id": 1, "id": 2}]}', "a.json, line 2, column 1: this is not JSON"),
        ("a.json", '{"users": [3]}', "a.json, line 1, column 12: a row is expected here"),
        ("a.json", '{"users": [], "people": []}', "a.json, line 1, column 15: the table users is"),
        ("a.json", '{"other": []}', "a.json, line 1, column 1: none of the tables"),
        ("a.json", "{}", "a.json, line 1, column 1: none of the tables"),
        ("a.json", "[{}]", "a.json, line 1, column 1: neither the file's name nor its first row"),
        ("a.json", '{"users": []} x', "a.json, line 1, column 15: this is not JSON that can be read"),
        ("a.json", '{"users": [' + "[" * 100_000, "a.json, line 1, column 12: this is not JSON"),
        ("a.json", '{"users": [{"id": ' + "1" * 5000 + "}]}", "a.json, line 1, column 12: this is not JSON"),
        ("a.json", '{"users": [{"name": "a", "login": "b"}]}', "the column username is there twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_place(name: str, text: str, told: str) -> None:
    """One sentence, with the file, the line and the column."""
    assert told in problem(name, text)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"id,title\n1,caf\xe9", "tasks.csv, line 2, column 6: this is not UTF-8"),
        (b"id,title\n1,a\0b", "tasks.csv, line 2, column 4: there is a NUL"),
        ("id,title".encode("utf-16"), "tasks.csv, line 1, column 1: this is UTF-16"),
    ],
)
def test_a_file_in_another_encoding_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    """It says where, and what to do; a mark at the beginning of UTF-8 is no part of the text."""
    file = tmp_path / "tasks.csv"
    file.write_bytes(content)
    with pytest.raises(ImportProblem, match=told):
        text_of(file)
    file.write_bytes(b"\xef\xbb\xbf" + TASKS.encode())
    assert read_files([file])[0].name == "tasks"


def test_files_that_are_none_and_huge_ones_are_refused(tmp_path: Path) -> None:
    """A missing one, a folder, and one that is too large to be true."""
    for path, told in ((tmp_path, "is a folder"), (tmp_path / "none.csv", "is not there")):
        with pytest.raises(ImportProblem, match=told):
            text_of(path)
    large = tmp_path / "large.csv"
    with large.open("wb") as stream:
        stream.truncate(reading.LARGEST + 1)
    with pytest.raises(ImportProblem, match=r"large.csv is larger than 64 MB\. Split it"):
        text_of(large)


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from('{}[]",:\\ntasku\n 1é\ud800')), st.sampled_from(["tasks.csv", "x.json"]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    """Nothing but the one kind of error comes out."""
    with contextlib.suppress(ImportProblem):
        assert tables_of(name, text)


def test_people_are_mapped_by_name_github_id_or_number() -> None:
    """Case does not matter; what fits nobody is told; a file is JSON or CSV."""
    users = [
        {"id": 1, "username": "Ann", "github_id": "gh1"},
        {"id": 2, "username": "Ben"},
        {"id": 3, "username": "Cleo"},
    ]
    tables = tables_of("users.json", json.dumps(users))
    named = accounts_of("people.csv", f"name,id\nann,{ACCOUNT}\n2,{ACCOUNT + 1}\nZed,{ACCOUNT + 2}\n")
    people = people_of(tables, named)

    assert people.accounts == {"1": ACCOUNT, "2": ACCOUNT + 1}
    assert people.strange == ("Zed",)
    assert people_of(tables, {"GH1": ACCOUNT}).accounts == {"1": ACCOUNT}
    assert accounts_of("p.json", f'{{"Ann": "{ACCOUNT}"}}') == {"Ann": ACCOUNT}
    assert read_accounts(None, [f"An=n={ACCOUNT}"]) == {"An=n": ACCOUNT}
    assert people_of((), {"7": ACCOUNT}).accounts == {"7": ACCOUNT}


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        ({}, "People there have no Discord accounts.*The files name: Ann, Ann, Cleo"),
        ({"Ann": ACCOUNT}, "Several people are called Ann"),
        ({"1": ACCOUNT, "Cleo": ACCOUNT}, "contradict each other"),
        ({"Cleo": ACCOUNT, "3": ACCOUNT + 1}, "contradict each other"),
    ],
)
def test_a_mapping_that_decides_nothing_or_contradicts_itself_is_refused(
    accounts: dict[str, int], told: str
) -> None:
    """It is asked for plainly, with the names that it has to have."""
    users = [{"id": number, "username": name} for number, name in enumerate(("Ann", "Ann", "Cleo"), 1)]
    with pytest.raises(ImportProblem, match=told):
        people_of(tables_of("users.json", json.dumps(users)), accounts)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,id\nAnn,12\n", "people.csv, line 2, column 2: 12 is no Discord id"),
        ("Ann,1.5e17", "people.csv, line 1, column 2: 1.5e17 is not an id"),
        (f"Ann,{ACCOUNT}\nAnn,{ACCOUNT + 1}", "line 2, column 2: Ann is given two Discord accounts"),
        ('{"Ann": 123456789012345678.0}', "is not an id"),
        ('{"Ann": }', "line 1, column 9: this is not JSON"),
    ],
)
def test_accounts_are_taken_to_the_last_digit_or_refused(text: str, told: str) -> None:
    """As everywhere: a number with a point has lost digits."""
    with pytest.raises(ImportProblem, match=told.replace(".", r"\.")):
        accounts_of("people.csv", text)
    with pytest.raises(ImportProblem, match="write it as name="):
        read_accounts(None, ["Ann"])
