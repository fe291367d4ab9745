"""Loans from their offer to their end, with both treasuries and the books."""

from __future__ import annotations

import sqlite3

import pytest

from modelus_bot.database import Viewer
from modelus_bot.database.core.errors import ConstraintViolated
from modelus_bot.domain.refusals import NotAllowed, NotFound
from modelus_bot.domain.sentences import sentence_for
from modelus_bot.subjects.ledger.queries import balances, statement
from modelus_bot.subjects.ledger.writes.reversing import ReverseTransaction
from modelus_bot.subjects.loans.queries import loan_sheet, loans, named_loans
from modelus_bot.subjects.loans.rules.schedule import compounded, schedule
from modelus_bot.subjects.loans.writes.offering import AnswerLoan, CancelLoan, OfferLoan
from modelus_bot.subjects.loans.writes.paying import DefaultLoan, ForgiveLoan, PayLoan, VoidLoan
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation
from modelus_bot.subjects.nations.writes.offices import EndOffice
from modelus_bot.subjects.people.model import BOT_ITSELF
from tests.subjects.ledger.ledger_cases import BILLION, booked, figures, grant
from tests.subjects.loans.loan_cases import led, lend, loan, offer, turn
from tests.subjects.nations.nation_cases import DAKOTA, TEXAS
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, Rota


def check(rota: Rota) -> None:
    """Check that figures are booked, and every invariant holds."""
    assert figures(rota) == booked(rota)
    rota.check()


def test_a_loan_is_paid_as_its_schedule_says(staffed: Rota) -> None:
    """Instalment by instalment, turn by turn; both treasuries and both books move, and GDP never does."""
    rota = staffed
    led(rota)
    code = lend(rota)
    gdp = rota.rows("SELECT gdp FROM nations ORDER BY id")
    assert figures(rota) == [(7 * BILLION, 0), (2 * BILLION, 2 * BILLION)]
    assert rota.ask(balances, Viewer(ADA), TEXAS).receivable == 2 * BILLION
    grant(rota, DAKOTA, BILLION)
    rows = schedule("amortizing", 2 * BILLION, 1200, 4)
    paid = 0
    for row in rows:
        turn(rota)
        paid += row.payment
        assert loan(rota, code).balance == row.balance
        assert figures(rota) == [(7 * BILLION + paid, 0), (3 * BILLION - paid, row.balance)]
        check(rota)
    assert loan(rota, code).status == "paid"
    assert rota.ask(balances, Viewer(ADA), TEXAS).receivable == 0
    assert rota.rows("SELECT gdp FROM nations ORDER BY id") == gdp
    lines = rota.ask(statement, Viewer(CLEO), DAKOTA)
    assert lines[0].loan == code
    assert f"Loan {code} is paid" in rota.notices(ADA)


def test_a_compound_loan_grows_until_it_is_due(staffed: Rota) -> None:
    """Nothing is taken before; what is owed is the formula's in each turn."""
    rota = staffed
    led(rota)
    code = lend(rota, repayment="compound", rate_bp=5000, term_months=3)
    grant(rota, DAKOTA, BILLION)
    for months in (1, 2):
        turn(rota)
        assert loan(rota, code).balance == compounded(2 * BILLION, 5000, months)
    total = compounded(2 * BILLION, 5000, 3)
    turn(rota)
    assert (loan(rota, code).status, figures(rota)) == (
        "paid", [(7 * BILLION + total, 0), (3 * BILLION - total, 0)]
    )  # fmt: skip
    check(rota)


def test_paying_early_makes_the_rest_smaller(staffed: Rota) -> None:
    """Interest first; what is left is divided anew, and all of it at once ends the loan."""
    rota = staffed
    led(rota)
    code = lend(rota)
    grant(rota, DAKOTA, BILLION)
    turn(rota)
    rota.do(PayLoan(code=code, amount=500_000_000), CLEO)
    left = loan(rota, code).balance
    rest = schedule("amortizing", left, 1200, 3)
    turn(rota)
    assert loan(rota, code).balance == rest[0].balance
    assert rota.refusal(PayLoan(code=code, amount=left), CLEO).rule == "loan.too_much"
    assert isinstance(rota.refusal(PayLoan(code=code, amount=1), ADA), NotAllowed)
    rota.do(PayLoan(code=code.lower(), amount=rest[0].balance), CLEO)
    assert loan(rota, code).status == "paid"
    assert rota.refusal(PayLoan(code=code, amount=1), CLEO).rule == "loan.not_open"
    check(rota)


def test_three_missed_instalments_are_a_default(staffed: Rota) -> None:
    """Both nations are told of each; the third makes one item for staff, and nothing is due any more."""
    rota = staffed
    led(rota)
    code = lend(rota)
    grant_back = rota.value("SELECT treasury FROM nations WHERE id = ?", DAKOTA)
    other = lend(rota, principal=BILLION, term_months=12)
    rota.do(PayLoan(code=other, amount=BILLION), CLEO)
    rota.do(PayLoan(code=code, amount=grant_back - 1), CLEO)
    rota.do(PayLoan(code=code, amount=1), CLEO)
    assert loan(rota, code).status == "paid"

    code = lend(rota, repayment="compound", term_months=1)
    spent = lend(rota, principal=BILLION)
    rota.do(PayLoan(code=spent, amount=BILLION), CLEO)
    assert turn(rota, 2)
    assert (loan(rota, code).status, loan(rota, code).missed) == ("active", 2)
    assert rota.value("SELECT count(*) FROM triage_items") == 0
    turn(rota, 2)
    found = loan(rota, code)
    assert (found.status, found.missed, found.balance) == ("defaulted", 3, compounded(2 * BILLION, 1200, 3))
    items = rota.rows("SELECT id, title, reporter_id FROM triage_items")
    assert [tuple(item) for item in items] == [(found.triage_id, f"Loan {code} is in default", BOT_ITSELF)]
    missed = [title for title in rota.notices(CLEO) if "missed" in title]
    assert missed == [f"Loan {code}: an instalment was missed"] * 3
    check(rota)
    forgiven = rota.do(ForgiveLoan(code=code, reason="A flood"), ADMIN)
    assert (forgiven.after.loan.status, figures(rota)[1][1]) == ("forgiven", 0)
    check(rota)


def test_who_pays_again_in_time_begins_anew(staffed: Rota) -> None:
    """Only misses in a row count; what was missed is divided among the instalments that are left."""
    rota = staffed
    led(rota)
    code = lend(rota, term_months=6)
    spent = lend(rota, principal=7 * BILLION, repayment="compound", term_months=360, rate_bp=0)
    rota.do(PayLoan(code=spent, amount=7 * BILLION), CLEO)
    rota.do(PayLoan(code=code, amount=1_900_000_000), CLEO)
    before = loan(rota, code).balance
    rota.do(DefaultLoan(code=lend(rota, principal=10**8), reason="x"), ADMIN)
    rota.connection.execute("UPDATE nations SET name = name")
    turn(rota)
    assert loan(rota, code).missed == 0
    assert loan(rota, code).balance < before
    check(rota)


def test_an_offer_is_answered_once(staffed: Rota) -> None:
    """By the president of the borrower; the second answer reads what the first one was."""
    rota = staffed
    led(rota)
    code = offer(rota)
    for person in (ADA, DAN):
        assert isinstance(rota.refusal(AnswerLoan(code=code, accept=True), person), NotAllowed)
    rota.do(AnswerLoan(code=code, accept=True), CLEO)
    for answer in (True, False):
        late = rota.refusal(AnswerLoan(code=code, accept=answer), CLEO)
        assert (late.rule, "it is active" in str(late)) == ("loan.answered", True)
    assert rota.refusal(CancelLoan(code=code), ADA).rule == "loan.answered"
    other = offer(rota)
    rota.do(AnswerLoan(code=other, accept=False), CLEO)
    third = offer(rota)
    rota.do(CancelLoan(code=third), ADA)
    assert [loan(rota, one).status for one in (code, other, third)] == ["active", "declined", "cancelled"]
    assert len({code, other, third}) == 3
    with pytest.raises(sqlite3.IntegrityError):
        rota.connection.execute("UPDATE loans SET code = ? WHERE code = ?", (code.lower(), other))
    check(rota)


def test_what_cannot_be_offered(staffed: Rota) -> None:
    """Not to oneself, not what is not there, not what would outgrow all money, and not by a deputy."""
    rota = staffed
    led(rota)
    terms = {"principal": 2 * BILLION, "rate_bp": 1200, "term_months": 4, "repayment": "amortizing"}
    huge = terms | {"rate_bp": 5000, "term_months": 360, "repayment": "compound"}
    for fields, rule in (
        ({"borrower_id": TEXAS, **terms}, "loan.self"),
        ({"borrower_id": 99, **terms}, "nation.unknown"),
        ({"borrower_id": DAKOTA, **terms, "principal": 10 * BILLION}, "treasury.short"),
        ({"borrower_id": DAKOTA, **huge}, "loan.total"),
    ):
        assert rota.refusal(OfferLoan(**fields), ADA).rule == rule
    assert isinstance(rota.refusal(OfferLoan(borrower_id=DAKOTA, **terms), BEN), NotAllowed)
    code = offer(rota, principal=9 * BILLION)
    spent = offer(rota, principal=BILLION)
    rota.do(AnswerLoan(code=spent, accept=True), CLEO)
    assert rota.refusal(AnswerLoan(code=code, accept=True), CLEO).rule == "treasury.short"
    assert loan(rota, code).status == "pending"
    check(rota)


def test_an_administrator_ends_loans(staffed: Rota) -> None:
    """Void takes all back on both sides, default leaves it owed; one transaction alone stays."""
    rota = staffed
    led(rota)
    code = lend(rota)
    grant(rota, DAKOTA, BILLION)
    turn(rota)
    last = rota.value("SELECT max(txn) FROM ledger_transfers WHERE loan_id IS NOT NULL")
    assert rota.refusal(ReverseTransaction(txn=last, reason="x"), ADMIN).rule == "transaction.loan"
    for write in (VoidLoan, ForgiveLoan, DefaultLoan):
        assert isinstance(rota.refusal(write(code=code, reason="x"), ADA), NotAllowed)
    assert rota.preview(VoidLoan(code=code, reason="x"), ADMIN).after.loan.status == "voided"
    assert loan(rota, code).status == "active"
    rota.do(DefaultLoan(code=code, reason="x"), ADMIN)
    owed = loan(rota, code).balance
    turn(rota, 2)
    assert loan(rota, code).balance == owed
    rota.do(PayLoan(code=code, amount=owed - 1), CLEO)
    assert loan(rota, code).status == "defaulted"
    rota.do(VoidLoan(code=code, reason="Never agreed"), ADMIN)
    assert figures(rota) == [(9 * BILLION, 0), (BILLION, 0)]
    assert rota.refusal(VoidLoan(code=code, reason="x"), ADMIN).rule == "loan.not_open"
    check(rota)


def test_a_nation_with_open_loans_is_not_archived(staffed: Rota) -> None:
    """The schema itself refuses it; afterwards it is."""
    rota = staffed
    led(rota)
    code = lend(rota)
    rota.do(EndOffice(user_id=CLEO), ADMIN)
    with pytest.raises(ConstraintViolated) as refused:
        rota.do(ArchiveNation(nation_id=DAKOTA), ADMIN)
    assert "loans that are not over" in sentence_for(refused.value)
    rota.do(ForgiveLoan(code=code, reason="x"), ADMIN)
    rota.do(ArchiveNation(nation_id=DAKOTA), ADMIN)


def test_loans_are_for_those_whom_they_concern(staffed: Rota) -> None:
    """The leaders of both nations, the deputy too, and administrators."""
    rota = staffed
    led(rota)
    code = lend(rota)
    for person in (ADA, BEN, CLEO, ADMIN):
        assert rota.ask(loan_sheet, Viewer(person), code).borrower == "Dakota"
        assert [one.code for one in rota.ask(loans, Viewer(person), DAKOTA, "active")] == [code]
    with pytest.raises(NotFound):
        rota.ask(loan_sheet, Viewer(DAN), code)
    assert rota.ask(named_loans, Viewer(DAN)) == rota.ask(loans, Viewer(DAN)) == ()
