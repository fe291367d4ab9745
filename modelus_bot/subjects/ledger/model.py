"""What an account, a transfer and a transaction are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

__all__ = [
    "WORLD",
    "Account",
    "AccountName",
    "Balances",
    "BookedTransaction",
    "Entry",
    "HistoryCause",
    "JournalBalance",
    "JournalTransfer",
    "Posted",
    "Reversal",
    "StatementLine",
    "Transfer",
    "TxnKind",
    "debt",
    "receivable",
    "treasury",
]

AccountName = Literal["treasury", "debt", "receivable", "invested", "world"]
TxnKind = Literal[
    "opening",
    "adjustment",
    "income",
    "interest",
    "loan",
    "payment",
    "writeoff",
    "invest",
    "disaster",
    "law",
    "reversal",
]
HistoryCause = Literal["admin", "law", "loan", "invest", "disaster", "turn", "import"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a nation, or the world's, which belongs to none.

    What a nation owns is above zero, what it owes below: its debt account is minus its debt.
    """

    nation_id: int | None
    name: AccountName


WORLD = Account(None, "world")
ACCOUNTS_KEPT = 16_384
"""A turn names the same accounts again and again."""


@lru_cache(ACCOUNTS_KEPT)
def treasury(nation_id: int) -> Account:
    """Return what a nation can spend."""
    return Account(nation_id, "treasury")


@lru_cache(ACCOUNTS_KEPT)
def debt(nation_id: int) -> Account:
    """Return what a nation owes."""
    return Account(nation_id, "debt")


@lru_cache(ACCOUNTS_KEPT)
def receivable(nation_id: int) -> Account:
    """Return what others owe a nation."""
    return Account(nation_id, "receivable")


@dataclass(frozen=True, slots=True)
class Transfer:
    """An amount above zero, in dollars, that ``debit`` has more afterwards and ``credit`` less.

    ``loan_id`` is the loan that it belongs to, if any.
    """

    debit: Account
    credit: Account
    amount: int
    loan_id: int | None = None

    def back(self) -> Transfer:
        """Return the transfer that undoes this one."""
        return Transfer(self.credit, self.debit, self.amount, self.loan_id)

    def sides(self) -> Iterator[tuple[Account, int]]:
        """Yield each account with what it gains."""
        yield self.debit, self.amount
        yield self.credit, -self.amount


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction to be booked; ``cause`` is what the history of nations' figures says of it."""

    kind: TxnKind
    transfers: tuple[Transfer, ...]
    cause: HistoryCause
    memo: str | None = None
    turn: int = 0
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A transaction that was booked: its number, and each treasury and debt before and after."""

    txn: int
    moved: tuple[tuple[int, AccountName, int, int], ...]


@dataclass(frozen=True, slots=True)
class BookedTransaction:
    """A transaction as it stands in the books; ``reversed_by`` is the one that undid it."""

    txn: int
    kind: TxnKind
    memo: str | None
    turn: int
    reverses: int | None
    reversed_by: int | None
    at: int
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True)
class Reversal:
    """What took a transaction back, that transaction, and the names of the nations in it."""

    posted: Posted
    reversed: BookedTransaction
    names: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Balances:
    """What is in a nation's accounts; ``debt`` is above zero where it owes, ``income`` is a turn's."""

    nation_id: int
    nation: str
    treasury: int
    debt: int
    receivable: int
    invested: int
    income: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What one account of a nation gained or lost, and who was at the other end (None: the world)."""

    txn: int
    kind: TxnKind
    memo: str | None
    turn: int
    account: AccountName
    amount: int
    other: str | None
    other_account: AccountName
    loan: str | None
    at: int


@dataclass(frozen=True, slots=True)
class JournalTransfer:
    """A transfer with its transaction, as the whole journal has it."""

    txn: int
    kind: TxnKind
    memo: str | None
    at: int
    transfer: Transfer


@dataclass(frozen=True, slots=True)
class JournalBalance:
    """What the bot itself says a nation has, so that a reader of the journal can compare."""

    nation_id: int
    nation: str
    treasury: int
    debt: int
