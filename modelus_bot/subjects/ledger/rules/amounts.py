"""How amounts and what moved them are written. Pure."""

from __future__ import annotations

from modelus_bot.subjects.ledger.model import AccountName, TxnKind

__all__ = ["ACCOUNTS", "KINDS", "exact", "signed"]

ACCOUNTS: dict[AccountName, str] = {
    "treasury": "treasury",
    "debt": "debt",
    "receivable": "lent to others",
    "invested": "invested",
    "world": "the world",
}
KINDS: dict[TxnKind, str] = {
    "opening": "Opening balance",
    "adjustment": "Set by an administrator",
    "income": "Income",
    "interest": "Interest",
    "loan": "Loan",
    "payment": "Payment",
    "writeoff": "Written off",
    "invest": "Investment",
    "disaster": "Disaster",
    "law": "Law",
    "reversal": "Reversal",
}


def exact(value: int) -> str:
    """Write an amount to the last dollar: “$1,234”, “−$5”."""
    return f"−${-value:,}" if value < 0 else f"${value:,}"


def signed(value: int) -> str:
    """Write what an account gained or lost: “+$5”, “−$5”."""
    return f"+{exact(value)}" if value > 0 else exact(value)
