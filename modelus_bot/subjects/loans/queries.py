"""Loans by their codes, in lists, and the present turn."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, Row, viewer_query
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.loans.model import Loan, LoanName, LoanSheet, LoanStatus

__all__ = [
    "due_loans",
    "loan_sheet",
    "loans",
    "named_loans",
    "present_turn",
    "require_loan",
    "require_sheet",
    "treasuries_of",
]

_BY_CODE = """
SELECT id, code, lender_id, borrower_id, principal, rate_bp, term_months, kind, status, balance, interest,
    anchor, anchor_turn, accrued_turn, due_turn, missed, description, triage_id, offered_by, decided_by,
    version, created_at, decided_at
FROM loans WHERE code = ?
"""
_DUE = """
SELECT id, code, lender_id, borrower_id, principal, rate_bp, term_months, kind, status, balance, interest,
    anchor, anchor_turn, accrued_turn, due_turn, missed, description, triage_id, offered_by, decided_by,
    version, created_at, decided_at
FROM loans WHERE status = 'active' AND accrued_turn < ? ORDER BY accrued_turn, id LIMIT ?
"""
_LIST = """
SELECT l.code, a.name, b.name, l.balance, l.status
FROM loans AS l JOIN nations AS a ON a.id = l.lender_id JOIN nations AS b ON b.id = l.borrower_id
WHERE (:nation IS NULL OR :nation IN (l.lender_id, l.borrower_id)) AND (:status IS NULL OR l.status = :status)
ORDER BY l.id DESC LIMIT :limit OFFSET :offset
"""
_NAMED = """
SELECT l.code, a.name, b.name, l.balance, l.status
FROM loans AS l JOIN nations AS a ON a.id = l.lender_id JOIN nations AS b ON b.id = l.borrower_id
ORDER BY l.id DESC LIMIT ?
"""
_NATION = "SELECT name FROM nations WHERE id = ?"
_TREASURIES = "SELECT id, treasury, debt FROM nations WHERE id IN (SELECT value FROM json_each(?))"
_TURN = "SELECT turn FROM simulation_clock WHERE id = 1"
MOST_NAMED = 1000
"""Loans that suggestions choose from, the newest."""


def present_turn(tx: ReadTransaction) -> int:
    """Return the number of the turn that was begun last; 0 before the first."""
    return int(tx.fetch_value(_TURN) or 0)


def require_loan(tx: ReadTransaction, code: str) -> Loan:
    """Return a loan by its code, or raise ``NotFound``."""
    row = tx.fetch_one(_BY_CODE, (code.strip(),))
    if row is None:
        raise NotFound(
            "There is no loan of this code that you can see. `/loan list` shows them.", rule="loan.unknown"
        )
    return loan_of(row)


def require_sheet(tx: ReadTransaction, code: str) -> LoanSheet:
    """Return a loan with its nations, or raise ``NotFound``."""
    found = require_loan(tx, code)
    lender, borrower = (tx.fetch_value(_NATION, (one,)) for one in (found.lender_id, found.borrower_id))
    return LoanSheet(found, lender, borrower, present_turn(tx))


@viewer_query
def loan_sheet(tx: ReadTransaction, viewer: Viewer, code: str) -> LoanSheet:
    """Return a loan that the viewer may see; raises ``NotFound``."""
    del viewer  # whose rows there are
    return require_sheet(tx, code)


@viewer_query
def loans(
    tx: ReadTransaction,
    viewer: Viewer,
    nation_id: int | None = None,
    status: LoanStatus | None = None,
    limit: int = 10,
    offset: int = 0,
) -> tuple[LoanName, ...]:
    """Return the loans that the viewer may see, the newest first."""
    del viewer
    values = {"nation": nation_id, "status": status, "limit": limit, "offset": offset}
    return tuple(LoanName(*row) for row in tx.fetch_all(_LIST, values))


@viewer_query(confidential=True)
def named_loans(tx: ReadTransaction, viewer: Viewer) -> tuple[LoanName, ...]:
    """Return the newest loans that the viewer may see."""
    del viewer
    return tuple(LoanName(*row) for row in tx.fetch_all(_NAMED, (MOST_NAMED,)))


def treasuries_of(tx: ReadTransaction, numbers: str) -> dict[int, tuple[int, int]]:
    """Return treasury and debt of nations, whose numbers are given as JSON."""
    return {row[0]: (row[1], row[2]) for row in tx.fetch_all(_TREASURIES, (numbers,))}


def due_loans(tx: ReadTransaction, turn: int, limit: int) -> tuple[Loan, ...]:
    """Return active loans that a turn has not come to, in their order."""
    return tuple(map(loan_of, tx.fetch_all(_DUE, (turn, limit))))


def loan_of(row: Row) -> Loan:
    """Turn a row into a loan."""
    return Loan(*row)
