"""Money moves between two accounts, books and figures together; what was booked is only ever reversed."""

from __future__ import annotations

import sqlite3

import pytest

from modelus_bot.database import Viewer
from modelus_bot.database.core.errors import ConstraintViolated
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, NotFound
from modelus_bot.subjects.ledger.queries import balances, journal, statement
from modelus_bot.subjects.ledger.writes.posting import MOST
from modelus_bot.subjects.ledger.writes.reversing import ReverseTransaction
from modelus_bot.subjects.members.writes.erasing import EraseMember
from modelus_bot.subjects.nations.writes.editing import EditNation, UndoChange
from tests.subjects.ledger.ledger_cases import BILLION, booked, figures, grant, granted, paid
from tests.subjects.nations.nation_cases import DAKOTA, TEXAS, president
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, Rota


def test_a_payment_is_booked_on_both_sides(staffed: Rota) -> None:
    """One leaves what the other gets, each with the history that says why, and GDP stays as it was."""
    rota = staffed
    granted(rota)
    posted = paid(rota)
    assert posted.moved == (
        (TEXAS, "treasury", 9 * BILLION, 7 * BILLION),
        (DAKOTA, "treasury", 0, 2 * BILLION),
    )
    assert figures(rota) == booked(rota) == [(7 * BILLION, 0), (2 * BILLION, 0)]
    history = rota.rows(
        "SELECT nation_id, metric, old, new, cause, cause_id, turn, reason FROM nation_history"
        " WHERE cause = 'loan' ORDER BY id"
    )
    assert [tuple(row) for row in history] == [
        (TEXAS, "treasury", 9 * BILLION, 7 * BILLION, "loan", posted.txn, 3, "Thanks"),
        (DAKOTA, "treasury", 0, 2 * BILLION, "loan", posted.txn, 3, "Thanks"),
    ]
    lines = rota.ask(statement, Viewer(ADA), TEXAS)
    assert [(line.txn, line.amount, line.other, line.kind) for line in lines] == [
        (2, -2 * BILLION, "Dakota", "payment"),
        (1, 9 * BILLION, None, "adjustment"),
    ]
    assert rota.ask(statement, Viewer(BEN), TEXAS, 1, 1) == lines[1:]
    found = rota.ask(balances, Viewer(ADA), TEXAS)
    assert (found.treasury, found.debt, found.receivable, found.income) == (7 * BILLION, 0, 0, 40 * BILLION)
    rota.check()


def test_only_leaders_and_administrators_read_the_books(staffed: Rota) -> None:
    """Each their own nation's; the whole journal is for administrators."""
    granted(staffed)
    for nobody, nation in ((CLEO, TEXAS), (ADA, DAKOTA)):
        for question in (balances, statement):
            with pytest.raises(NotAllowed):
                staffed.ask(question, Viewer(nobody), nation)
    with pytest.raises(NotAllowed):
        staffed.ask(journal, Viewer(ADA))
    with pytest.raises(NotFound):
        staffed.ask(balances, Viewer(ADMIN), 99)
    assert len(staffed.ask(journal, Viewer(ADMIN))) == 1


def test_nobody_spends_what_is_not_there(staffed: Rota) -> None:
    """Refused with both amounts, and the schema refuses it, too."""
    granted(staffed)
    with pytest.raises(InvalidInput, match=r"has \$9,000,000,000, and \$9,000,000,001 would have"):
        paid(staffed, 9 * BILLION + 1)
    with pytest.raises(sqlite3.IntegrityError, match="treasury overdrawn"):
        staffed.connection.execute("UPDATE nations SET treasury = -1 WHERE id = 1")
    assert figures(staffed) == booked(staffed) == [(9 * BILLION, 0), (0, 0)]


@pytest.mark.parametrize(
    "statement_of_change",
    [
        "UPDATE ledger_transfers SET amount = 1",
        "DELETE FROM ledger_transfers",
        "UPDATE ledger_transactions SET at = 1",
        "DELETE FROM ledger_transactions",
    ],
)
def test_what_is_booked_stays(staffed: Rota, statement_of_change: str) -> None:
    """The schema refuses to change and to delete it."""
    granted(staffed)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        staffed.connection.execute(statement_of_change)


def test_a_reversal_takes_both_sides_back_once(staffed: Rota) -> None:
    """It names what it takes back; by administrators alone, and not when the money is spent."""
    rota = staffed
    granted(rota)
    txn = paid(rota).txn
    take_back = ReverseTransaction(txn=txn, reason="A typing error")
    assert isinstance(rota.refusal(take_back, ADA), NotAllowed)
    seen = rota.preview(take_back, ADMIN)
    assert figures(rota)[1] == (2 * BILLION, 0)
    done = rota.do(take_back, ADMIN)
    assert done == seen
    assert figures(rota) == booked(rota) == [(9 * BILLION, 0), (0, 0)]
    assert rota.refusal(take_back, ADMIN).rule == "transaction.reversed"
    for wrong, rule in ((done.posted.txn, "transaction.reversal"), (99, "transaction.unknown")):
        assert rota.refusal(ReverseTransaction(txn=wrong, reason="x"), ADMIN).rule == rule
    with pytest.raises(sqlite3.IntegrityError):
        rota.connection.execute(
            "INSERT INTO ledger_transactions(kind, reverses, at) VALUES('reversal', ?, 0)", (txn,)
        )
    paid(rota, 9 * BILLION)
    assert rota.refusal(ReverseTransaction(txn=1, reason="x"), ADMIN).rule == "treasury.short"
    rota.check()


def test_what_administrators_set_is_booked(staffed: Rota) -> None:
    """Treasury and debt set, taken back and undone move the books as well."""
    rota = staffed
    granted(rota)
    first = rota.value("SELECT max(id) FROM nation_history")
    rota.do(EditNation(nation_id=DAKOTA, metric="debt", mode="set", value=5), ADMIN, reason="An old debt")
    rota.do(EditNation(nation_id=TEXAS, metric="treasury", mode="subtract", value=4), ADMIN)
    assert figures(rota) == booked(rota) == [(9 * BILLION - 4, 0), (0, 5)]
    rota.do(UndoChange(history_id=first + 1), ADMIN)
    rota.do(UndoChange(history_id=first + 2), ADMIN)
    assert figures(rota) == booked(rota) == [(9 * BILLION, 0), (0, 0)]
    below = EditNation(nation_id=TEXAS, metric="treasury", mode="set", value=-1)
    assert rota.refusal(below, ADMIN).rule == "nation.treasury"
    paid(rota)
    one_side = UndoChange(history_id=rota.value("SELECT max(id) FROM nation_history"))
    assert rota.refusal(one_side, ADMIN).rule == "undo.booked"
    rota.check()


def test_a_treasury_beyond_all_debts_is_booked(staffed: Rota) -> None:
    """One that grew beyond what can be set or owed is set down all the same."""
    rota = staffed
    president(rota)
    for nation in (TEXAS, DAKOTA):
        grant(rota, nation, MOST)
    paid(rota, MOST)
    rota.do(EditNation(nation_id=DAKOTA, metric="treasury", mode="set", value=5), ADMIN)
    assert figures(rota) == booked(rota) == [(0, 0), (5, 0)]
    rota.check()


def test_who_is_erased_leaves_the_books_whole(staffed: Rota) -> None:
    """Their words go, their transactions stay."""
    granted(staffed)
    staffed.do(ReverseTransaction(txn=1, reason="My words"), ADMIN)
    staffed.do(EraseMember(discord_id=ADMIN), ADMIN)
    rows = staffed.rows("SELECT memo, by_user FROM ledger_transactions ORDER BY id")
    assert [tuple(row) for row in rows] == [(None, ADMIN), (None, ADMIN)]


def test_the_schema_knows_no_half_transfer(staffed: Rota) -> None:
    """Every row has two ends and an amount above zero, so that nothing sums to anything but zero."""
    granted(staffed)
    insert = (
        "INSERT INTO ledger_transfers"
        "(debit_nation, debit_account, credit_nation, credit_account, amount, txn) VALUES(?, ?, ?, ?, ?, ?)"
    )
    for row in (
        (1, "treasury", None, "treasury", 5, 1),
        (None, "world", None, "world", 5, 1),
        (1, "treasury", 1, "treasury", 5, 1),
        (1, "treasury", None, "world", 0, 1),
        (1, "treasury", None, "world", 5, 9),
    ):
        with pytest.raises((sqlite3.IntegrityError, ConstraintViolated)):
            staffed.connection.execute(insert, row)
    sums = staffed.rows("SELECT txn, sum(amount) AS rest FROM ledger GROUP BY txn HAVING rest <> 0")
    assert sums == []
    grant(staffed, DAKOTA, 1)
    assert booked(staffed)[1] == (1, 0)
