"""A nation's books are for its leaders and administrators."""

from __future__ import annotations

from modelus_bot.domain.visibility import ADMIN, those

__all__ = ["VISIBLE"]

_OWN_DEBIT = """debit_nation IN (
    SELECT own.nation_id FROM main.nation_offices AS own
    WHERE own.user_id = viewer_id() AND own.until IS NULL
)"""
_OWN_CREDIT = """credit_nation IN (
    SELECT own.nation_id FROM main.nation_offices AS own
    WHERE own.user_id = viewer_id() AND own.until IS NULL
)"""
_OF_SHOWN = "EXISTS (SELECT 1 FROM ledger_transfers AS t WHERE t.txn = ledger_transactions.id)"

VISIBLE = (
    those("ledger_transfers", _OWN_DEBIT, _OWN_CREDIT, ADMIN),
    those("ledger_transactions", _OF_SHOWN, ADMIN),
)
