"""Declares the subject `ledger`: what nations have, and what moved it."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.ledger.invariants import INVARIANTS
from modelus_bot.subjects.ledger.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.ledger.commands.group import EconomyCommands

    return Screens(commands=(EconomyCommands,))


_ACCOUNT = "the world, or a nation's treasury, debt, receivable or invested"
_WHOSE = "Every account but the world's belongs to a nation. Please tell an administrator."
_WORDING = Wording(
    rows={"ledger_transactions": "transactions", "ledger_transfers": "transfers of money"},
    row={"ledger_transactions": "a transaction", "ledger_transfers": "a transfer of money"},
    told={
        "reverses": "the transaction that it takes back",
        "total": "the amount together",
        "transfers": "how many transfers",
    },
    ranges={
        "ledger_transactions_kind_known": ("The kind of a transaction", "one that is known"),
        "ledger_transactions_memo_length": ("What a transaction is about", "1 to 300 characters long"),
        "ledger_transactions_turn_range": ("The turn of a transaction", "0 or more"),
        "ledger_transfers_debit_known": ("The account that gains", _ACCOUNT),
        "ledger_transfers_credit_known": ("The account that loses", _ACCOUNT),
        "ledger_transfers_amount_range": ("An amount", "more than nothing and at most 4 quintillion dollars"),
    },
    sentences={
        "ledger_transactions_reversal": (
            "A reversal says which transaction it takes back, and nothing else does. Please tell an"
            " administrator."
        ),
        "ledger_transfers_debit_whose": _WHOSE,
        "ledger_transfers_credit_whose": _WHOSE,
        "ledger_transfers_two_accounts": (
            "Money moves between two accounts that are not the same. Please tell an administrator."
        ),
        "the ledger is append-only": (
            "What was booked stays as it is. Take it back with `/economy reverse` instead."
        ),
        "treasury overdrawn": (
            "There is not enough in the treasury for this. Nothing was changed; look at `/economy balance`."
        ),
    },
    taken={
        "ledger_transactions.id": "There is a transaction with this number already. Please try again.",
        "ledger_transactions.reverses": "This transaction was reversed already.",
        "ledger_transfers.id": "There is a transfer with this number already. Please try again.",
    },
    columns={
        "amount": "the amount",
        "at": "the time",
        "credit_account": "the account that loses",
        "debit_account": "the account that gains",
        "kind": "the kind",
        "turn": "the turn",
        "txn": "the transaction",
    },
    fields={"txn": "number of the transaction"},
)

_PERSONAL = (
    PersonalRows(
        table="ledger_transactions",
        exported="SELECT * FROM ledger_transactions WHERE by_user = :id ORDER BY id",
        erased=(
            (
                "UPDATE ledger_transactions SET memo = NULL WHERE by_user = :id AND memo IS NOT NULL"
                " RETURNING id, memo"
            ),
        ),
        stays="That you moved money of nations, under your number, without your words.",
    ),
)

SUBJECT = Subject(
    name="ledger",
    topic=Topic("economy", "Economy", "what nations have, lend and owe", 2),
    needs={
        "economy": "admin",
        "economy balance": "anyone",
        "economy statement": "anyone",
    },
    audited=("ledger_transactions",),
    invariants=INVARIANTS,
    visible=VISIBLE,
    personal=_PERSONAL,
    wording=_WORDING,
    screens=_screens,
)
