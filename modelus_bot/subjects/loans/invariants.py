"""What is owed of a loan is what its lender's books say."""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_BOOKED = Invariant(
    "loans_match_books",
    """
    SELECT 'loans', l.id, 'says that something else is owed than its books' FROM loans AS l
    WHERE l.status IN ('active', 'defaulted') AND l.balance <> (
        SELECT coalesce(sum(CASE WHEN t.debit_account = 'receivable' THEN t.amount ELSE 0 END
            - CASE WHEN t.credit_account = 'receivable' THEN t.amount ELSE 0 END), 0)
        FROM ledger_transfers AS t WHERE t.loan_id = l.id)
    """,
    "The balance of an open loan is the sum of what was booked for it. Please tell an administrator.",
    repair="""
    UPDATE loans SET (balance, interest) = (
        SELECT max(0, b.owed), min(loans.interest, max(0, b.owed)) FROM (
            SELECT coalesce(sum(CASE WHEN t.debit_account = 'receivable' THEN t.amount ELSE 0 END
                - CASE WHEN t.credit_account = 'receivable' THEN t.amount ELSE 0 END), 0) AS owed
            FROM ledger_transfers AS t WHERE t.loan_id = loans.id) AS b)
    WHERE status IN ('active', 'defaulted') AND balance <> (
        SELECT coalesce(sum(CASE WHEN t.debit_account = 'receivable' THEN t.amount ELSE 0 END
            - CASE WHEN t.credit_account = 'receivable' THEN t.amount ELSE 0 END), 0)
        FROM ledger_transfers AS t WHERE t.loan_id = loans.id)
    """,
)

INVARIANTS = (_BOOKED,)
