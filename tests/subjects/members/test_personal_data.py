"""What is kept of a person: all of it goes out when they ask, and what is theirs is blanked when they go."""

from __future__ import annotations

import io
import json
import re
import zipfile
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotAllowed, NotFound, Stale
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.covers.writes.requests import RequestCover
from modelus_bot.subjects.members.queries import personal_rows
from modelus_bot.subjects.members.rules import archived, what_stays
from modelus_bot.subjects.members.writes.erasing import EraseMember
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from tests.commands.acting import confirmed, rows, words_of
from tests.conftest import BotEnv
from tests.subjects.rota import (
    ADA,
    ADMIN,
    BEN,
    CLEO,
    DAN,
    GUEST,
    MANAGER,
    NAMES,
    Rota,
    copied,
    fill_roster,
    made,
    plan_sprints,
    staff,
)

SECRET = "my sister's wedding"

PERSON = re.compile(r"(_by|actor|user_id|discord_id|sender_id|recipient_id|reporter_id|author_id)$")
"""Ends of the names of columns that hold somebody's number."""
NOT_OF_PEOPLE = {"chat_search", "cover_cards", "quarantined_rows"}
"""Tables with such a column in which it is a message's or a table's, or that show another's."""


def people_columns(rota: Rota) -> set[tuple[str, str]]:
    """Return every column of the schema that refers to somebody, by foreign key or by its name."""
    tables = [name for (name,) in rota.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    keys = {
        (table, column)
        for table in tables
        for column, other in rota.rows('SELECT "from", "table" FROM pragma_foreign_key_list(?)', table)
        if other == "users"
    }
    named = {
        (table, column)
        for table in tables
        for (column,) in rota.rows("SELECT name FROM pragma_table_info(?)", table)
        if PERSON.search(column) and not table.startswith(("_yoyo", "yoyo", "sqlite_"))
    }
    return keys | {(table, column) for table, column in named if table not in NOT_OF_PEOPLE}


@cache
def filled() -> bytes:
    """Return a file with a rota of three, to be copied."""

    def fill(rota: Rota) -> None:
        staff(rota)
        fill_roster(rota, ADA, BEN, CLEO)
        plan_sprints(rota, 10)

    return made(fill)


MOMENT = "2026-01-07 12:00 UTC"


def asked_for_cover(rota: Rota, by: int = BEN, sprint: int = 1, replacement: int | None = CLEO) -> None:
    """Let somebody ask for cover of their turn, for a reason that is theirs."""
    request = RequestCover(
        sprint_id=rota.sprint_id(sprint), discipline="account", replacement_id=replacement, reason=SECRET
    )
    rota.do(request, by)


def test_no_table_about_people_is_forgotten(rota: Rota) -> None:
    """Every table with a column that holds somebody's number is declared by a subject."""
    declared = {rows.table for rows in DECLARED.personal}

    assert {table for table, _ in people_columns(rota)} <= declared
    assert len(declared) == len(DECLARED.personal)


def test_what_stays_is_said_of_every_table_that_is_not_emptied() -> None:
    """Whoever is erased reads why something is left."""
    for item in DECLARED.personal:
        emptied = any(statement.startswith("DELETE") for statement in item.erased)
        assert emptied or item.stays or item.table == "current_holders", item.table
    assert all(sentence.endswith(".") for sentence in what_stays())


@settings(max_examples=100, deadline=None)
@given(
    requests=st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from([BEN, CLEO, ADA]), st.booleans()), max_size=4
    ),
    told=st.lists(st.sampled_from([ADA, BEN, DAN]), max_size=4),
    person=st.sampled_from([ADA, BEN, CLEO, DAN, ADMIN]),
)
def test_an_export_has_every_row_that_refers_to_the_person(
    requests: list[tuple[int, int, bool]], told: list[int], person: int
) -> None:
    """Compared with what the schema's own foreign keys find, and nobody else's inbox is in it."""
    with copied(filled()) as rota:
        for sprint, by, open_call in requests:
            holder = rota.holders()[sprint]
            if holder == by:
                asked_for_cover(
                    rota, by, sprint, None if open_call else next(item for item in (ADA, CLEO) if item != by)
                )
        for number, somebody in enumerate(told):
            rota.call(notify, somebody, "system", f"Notice {number}", SECRET)

        found = rota.ask(personal_rows, Viewer(person), person)

        for table, column in people_columns(rota):
            wanted = rota.value(f'SELECT count(*) FROM "{table}" WHERE "{column}" = ?', person)
            given = [row for row in found[table] if row.get(column) == person]
            assert len(given) == wanted, (table, column)
        assert {row["user_id"] for row in found["notifications"]} <= {person}


def test_the_file_is_json_by_table_with_an_explanation(rota: Rota) -> None:
    """A zip that any program opens; the same rows give the same bytes."""
    asked_for_cover(rota)
    rows_of_ben = rota.ask(personal_rows, Viewer(BEN), BEN)

    content = archived(rows_of_ben, MOMENT)

    assert content == archived(rows_of_ben, MOMENT)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("overrides.json"))[0]["reason"] == SECRET
        assert json.loads(archive.read("users.json"))[0]["username"] == NAMES[BEN]
        words = archive.read("READ ME.txt").decode()
    assert MOMENT in words
    assert all(sentence in words for sentence in what_stays())
    assert {f"{table}.json" for table in rows_of_ben} | {"READ ME.txt"} == set(archive.namelist())


def test_only_oneself_and_administrators_see_and_erase(rota: Rota) -> None:
    """Managers neither read nor erase others; administrators do both."""
    for nobody in (GUEST, CLEO, MANAGER):
        with pytest.raises(NotAllowed):
            rota.ask(personal_rows, Viewer(nobody), BEN)
        assert isinstance(rota.refusal(EraseMember(discord_id=BEN), nobody), NotAllowed)
    assert rota.ask(personal_rows, Viewer(ADMIN), BEN)["users"]
    assert rota.do(EraseMember(discord_id=BEN), ADMIN).rows["users"] == 1
    assert isinstance(rota.refusal(EraseMember(discord_id=GUEST), GUEST), NotFound)


def test_what_was_ones_own_is_blanked_and_the_rest_still_makes_sense(rota: Rota) -> None:
    """No name, reason or notice is left outside the log; the turn passes; the chain and all rules hold."""
    asked_for_cover(rota)
    rota.call(notify, BEN, "system", "For Ben", SECRET)

    erased = rota.do(EraseMember(discord_id=BEN), BEN)

    assert erased.rows == {"notifications": 2, "overrides": 1, "users": 1} | {
        "notifications": erased.rows["notifications"]
    }
    outside = [line for line in rota.dump() if not line.startswith('INSERT INTO "audit_logs"')]
    own = [line for line in outside if SECRET in line or f"'{NAMES[BEN]}'" in line]
    assert own == []
    assert rota.value("SELECT count(*) FROM notifications WHERE user_id = ?", BEN) == 0
    tombstone = rota.ask(member, BEN)
    assert tombstone is not None
    assert (tombstone.username, tombstone.role, tombstone.is_active) == ("Erased member", None, False)
    assert BEN not in rota.holders()[1:]


def test_the_log_says_what_was_blanked_without_what_stood_there(rota: Rota) -> None:
    """An entry for each row, by who asked, with the columns that were set and no earlier value."""
    asked_for_cover(rota)
    before = rota.value("SELECT max(id) FROM audit_logs")

    erased = rota.do(EraseMember(discord_id=BEN), BEN)

    entries = rota.rows(
        "SELECT table_name, operation, old_values, new_values FROM audit_logs"
        " WHERE id > ? AND changed_by = ? AND old_values IS NULL",
        before,
        BEN,
    )
    for table, count in erased.rows.items():
        assert len([entry for entry in entries if entry[0] == table]) >= count
    assert ("overrides", "UPDATE", None, '{"reason":null}') in entries
    assert not any(SECRET in str(entry) for entry in entries)


def test_what_was_shown_is_what_is_done(rota: Rota) -> None:
    """Other turns that would move than were confirmed are refused, and nothing is blanked."""
    shown = rota.preview(EraseMember(discord_id=BEN), BEN)
    rota.do(AddToRoster(member_id=DAN, name=NAMES[DAN], discipline="account"), ADMIN)
    stale = rota.refusal(EraseMember(discord_id=BEN, expected=shown.digest), BEN)
    assert isinstance(stale, Stale)


def test_erasing_twice_blanks_nothing_more_and_who_comes_back_is_known_again(rota: Rota) -> None:
    """It may be repeated; using the bot again makes a new beginning under the same number."""
    rota.do(EraseMember(discord_id=BEN), BEN)
    again = rota.do(EraseMember(discord_id=BEN), BEN)
    assert again.rows == {"users": 1}
    assert again.moves == ()
    assert rota.do(RegisterMember(discord_id=BEN, username="Benny"), BEN).username == "Benny"


async def test_export_comes_by_direct_message(rota_env: BotEnv) -> None:
    """/member export sends the file and says so privately."""
    env = rota_env
    bo = env.staff("bo")

    said = await bo.slash(env.channel, "member export")

    assert said.ephemeral
    assert "Sent by direct message" in words_of(said)


async def test_with_closed_messages_the_file_is_in_the_answer(rota_env: BotEnv) -> None:
    """Whoever takes no direct messages gets the file where only they see it."""
    env = rota_env
    env.simulation.inject_error(
        "POST", "/users/@me/channels", status=403, code=50007, message="Cannot send messages to this user"
    )

    said = await env.staff("bo").slash(env.channel, "member export")

    assert said.ephemeral
    assert said.response is not None
    assert [file.filename for file in said.response.attachments] == [f"member-{env.staff('bo').id}.zip"]


async def test_somebody_else_is_for_administrators(rota_env: BotEnv) -> None:
    """/member export and erase of another person are refused in a sentence."""
    env = rota_env
    for command in ("member export", "member erase"):
        said = await env.staff("avery").slash(env.channel, command, user=env.staff("bo"))
        assert "Only administrators" in words_of(said)


async def test_erase_asks_says_what_stays_and_erases(rota_env: BotEnv) -> None:
    """/member erase shows what goes and what stays before anything is blanked."""
    env = rota_env
    words = await confirmed(env, env.staff("bo"), "member erase", "Erase")
    assert "Erased" in words
    assert "What stays, and why" in words
    assert rows(env, "SELECT username FROM users WHERE discord_id = ?", env.staff("bo").id) == [
        ("Erased member",)
    ]
