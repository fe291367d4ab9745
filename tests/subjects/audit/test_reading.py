"""Feature: the audit log: what was changed of a nation, in words, and records found as their id is typed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.domain.table_words import row_of, value_called
from modelus_bot.subjects.audit.cards import entries_card
from modelus_bot.subjects.audit.model import AuditView, Recorded
from modelus_bot.subjects.audit.queries import (
    member_history,
    named,
    nation_entries,
    record_history,
    recorded,
)
from modelus_bot.subjects.audit.rules.values import references_in
from modelus_bot.subjects.nations.writes.cities import AddCity
from modelus_bot.subjects.nations.writes.editing import EditNation, UndoChange
from modelus_bot.subjects.nations.writes.leading import SetTax
from modelus_bot.subjects.wars.writes import EndWar, LeaveWar, StartWar
from tests.daily_size import FULL
from tests.subjects.laws.law_cases import legislated
from tests.subjects.nations.nation_cases import DAKOTA, TEXAS
from tests.subjects.rota import ADA, ADMIN, BEN, GUEST, MANAGER, Rota, copied, made, staff
from tests.subjects.wars.war_cases import DAY

ADMINISTRATOR = Viewer(ADMIN)
EVIL = "[evil](https://evil.ex)"


def page(rota: Rota, entries: tuple[AuditView, ...]) -> str:
    """Return entries as they are read."""
    people = {("users", entry.changed_by or 0) for entry in entries}
    names = rota.ask(named, ADMINISTRATOR, tuple(references_in(entries) | people))
    return entries_card("Changes", entries, names).text.replace("**", "")


@pytest.fixture
def history(staffed: Rota) -> Rota:
    """Return a file in which much was changed of Texas, and of others."""
    rota = staffed
    legislated(rota)
    rota.do(AddCity(name="Austin"), ADA)
    rota.do(SetTax(tax_bp=2150), BEN)
    edit = EditNation(nation_id=TEXAS, metric="gdp", mode="set", value=2_500_000_000_000)
    last = rota.do(edit, ADMIN, reason=f"a census {EVIL}").history[0]
    rota.do(UndoChange(history_id=last), ADMIN)
    rota.do(StartWar(name="River War", side_a=(TEXAS,), side_b=(DAKOTA,), on=DAY), ADMIN)
    return rota


def test_all_that_was_changed_of_a_nation(history: Rota) -> None:
    """With its offices, cities, laws and wars, the newest first, old → new as people say it."""
    rota = history
    entries = rota.ask(nation_entries, ADMINISTRATOR, TEXAS, 99)
    assert {entry.table for entry in entries} == {
        "nations",
        "nation_offices",
        "nation_cities",
        "laws",
        "wars",
    }
    assert [entry.id for entry in entries] == sorted((entry.id for entry in entries), reverse=True)
    text = page(rota, entries)
    assert "Ann Admin changed war 1 (River War): who joined: Texas, side: A, day: 2026-01-09" in text
    assert "Ann Admin took back a change of nation 1 (Texas): GDP: $2.5 T → $2.4 T" in text
    assert r"GDP: $2.4 T → $2.5 T — a census \[evil\](https\://evil\.ex)" in text
    assert "Ben changed nation 1 (Texas): tax rate: 20 % → 21.5 %" in text
    assert "Ada added city 1: name: Austin" in text
    assert "member: Ben, office: vice president" in text
    assert "added law 2 (Militia Plan): name: Militia Plan, whether it is public: no, status: draft" in text
    assert "time it came into force: none → <t:" in text
    assert (
        "added law 1 (Water Act): name: Water Act, whether it is public: yes, status: draft, tags: water"
        in text
    )
    dakota = rota.ask(nation_entries, ADMINISTRATOR, DAKOTA, 99)
    assert {entry.table for entry in dakota} == {"nations", "wars"}
    assert "Texas" not in page(rota, dakota)


def test_a_nation_that_leaves_and_a_war_that_ends(history: Rota) -> None:
    """Of a war a nation's history has its own part; all of it is in the war's."""
    rota = history
    start = StartWar(name="Hill War", side_a=(TEXAS,), side_b=(DAKOTA,), on=DAY)
    war = rota.do(start, ADMIN).after.war.id
    rota.refusal(LeaveWar(war_id=war, nation_id=TEXAS, on=DAY), ADMIN)
    rota.do(EndWar(war_id=war, reason="Peace", on=DAY), ADMIN)
    text = page(rota, rota.ask(record_history, ADMINISTRATOR, "wars", str(war)))
    assert "status: active → ended, last day: none → 2026-01-09, how it ended: none → Peace" in text
    assert "side A: Texas, side B: Dakota" in text


def test_pages_begin_below_a_number_and_are_for_administrators(history: Rota) -> None:
    """As other histories are."""
    rota = history
    found = rota.ask(nation_entries, ADMINISTRATOR, TEXAS, 5)
    assert len(found) == 5
    assert rota.ask(nation_entries, ADMINISTRATOR, TEXAS, 2, found[2].id) == found[3:5]
    assert rota.ask(nation_entries, ADMINISTRATOR, 99) == ()
    for viewer in (Viewer(MANAGER), Viewer(ADA), Viewer(GUEST)):
        with pytest.raises(NotAllowed):
            rota.ask(nation_entries, viewer, TEXAS)


NAMES = {("users", 7): "Ada", ("nations", 1): "Texas", ("tags", 1): "Water"}


def test_values_in_words() -> None:
    """People, nations, moments, yes and no, several, hours; what is hostile or long is harmless."""
    values: dict[str, Any] = {
        "user_id": 7, "requested_by": 8, "nation_id": 1, "until": 86400, "is_active": 0, "quiet_from": 1320,
        "tags": [1, 2], "thread_state": "not_wanted", "note": "x" * 500, "label": EVIL, "A": [1, 2],
        "gdp": 5, "anything_else": {"a": 1}, "is_public": True, "empty": "", "slack_id": None,
    }  # fmt: skip
    entry = AuditView(5, "pins", "3", "UPDATE", {}, values, None, None, 1, 60)
    text = entries_card("T", [entry], NAMES).text.replace("**", "")
    assert text.startswith("`5` <t:60:f> the bot changed record of another kind (pins) 3: member: Ada,")
    one = [
        entries_card("T", [replace(entry, table="users", record_id="7", operation="INSERT", old=None,
                                   new={key: value}, changed_by=7)], NAMES).text.replace("**", "")
        for key, value in values.items()
    ]  # fmt: skip
    said = "\n".join(one)
    for words in (
        "added member 7 (Ada): member: Ada", "who asked: member 8", "nation: Texas",
        "whether it is active: no", "time it ends: <t:86400:f>", "start of the quiet hours: 22:00",
        "tags: Water, tag 2", "not wanted",
        r"\[evil\](https\://evil\.ex)", "side A: Texas, nation 2", "GDP: 5", "anything else: {'a': 1}", "yes",
        "empty: nothing",
    ):  # fmt: skip
        assert words in said, words
    assert max(map(len, one)) <= 380
    assert (row_of("laws"), value_called("to"), value_called("b_c")) == ("law", "whom it was for", "b c")


def test_records_are_found_as_their_id_is_typed(history: Rota) -> None:
    """Those that were changed lately, or whose id begins so, with what they are called; no pattern counts."""
    rota = history
    assert rota.ask(recorded, "nations", "") == (Recorded("1", "Texas"), Recorded("2", "Dakota"))
    assert rota.ask(recorded, "laws", "2") == (Recorded("2", "Militia Plan"),)
    assert rota.ask(recorded, "wars", "1") == (Recorded("1", "River War"),)
    assert rota.ask(recorded, "laws", "%") == ()
    assert rota.ask(recorded, "laws", "_") == ()
    assert rota.ask(recorded, "wars", "9") == ()
    people = rota.ask(recorded, "users", str(ADA)[:5])
    assert Recorded(str(ADA), "Ada") in people
    assert [one.record_id for one in people] == sorted(one.record_id for one in people)


MANY, QUICK, SUGGESTED = 200_000 if FULL else 20_000, 0.005, 0.02
_ENTRIES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)
INSERT INTO audit_logs(table_name, record_id, operation, nation_id, old_values, new_values, changed_by,
    changed_at, prev_hash, row_hash)
SELECT CASE i % 3 WHEN 0 THEN 'nations' WHEN 1 THEN 'laws' ELSE 'wars' END, i % 977, 'UPDATE',
    iif(i % 4, 1 + i % 28, NULL), '{"name": "Old", "gdp": 5}', '{"name": "New ' || i || '", "gdp": 6}',
    iif(i % 5, :ada, :ben), i, randomblob(32), randomblob(32)
FROM n
"""


def fill(rota: Rota) -> None:
    """Enter staff and many entries that only look like a chain."""
    staff(rota)
    with rota.transaction() as connection:
        connection.execute(_ENTRIES, {"many": MANY, "ada": ADA, "ben": BEN})
    rota.connection.execute("ANALYZE")


@pytest.fixture(scope="module")
def long_log() -> Iterator[Rota]:
    """Return a file with a long log, only read."""
    with copied(made(fill)) as rota:
        yield rota


QUESTIONS: list[tuple[Any, Callable[[int], tuple[Any, ...]], float]] = [
    (nation_entries, lambda number: (ADMINISTRATOR, 1 + number % 28, 11), QUICK),
    (nation_entries, lambda number: (ADMINISTRATOR, 1 + number % 28, 111), QUICK),
    (record_history, lambda number: (ADMINISTRATOR, "laws", str(number), 11), QUICK),
    (member_history, lambda number: (ADMINISTRATOR, (ADA, BEN)[number % 2], 11), QUICK),
    (recorded, lambda number: ("wars", str(number % 100)), SUGGESTED),
    (recorded, lambda number: (("wars", "sprints")[number % 2], ""), SUGGESTED),
]


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_a_long_log_is_read_quickly(long_log: Rota, number: int) -> None:
    """Each page within five thousandths of a second, suggestions within twenty, 99 of 100 times."""
    question, values, limit = QUESTIONS[number]
    taken = []
    for turn in range(100):
        tx = ReadTransaction(long_log.connection)
        started = time.process_time()
        question(tx, *values(turn))
        taken.append(time.process_time() - started)
    assert sorted(taken)[98] < limit
