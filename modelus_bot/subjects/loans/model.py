"""What a loan is, what it costs, and what a change did to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from modelus_bot.subjects.ledger.model import Posted

__all__ = [
    "OPEN",
    "Instalment",
    "Loan",
    "LoanChange",
    "LoanKind",
    "LoanName",
    "LoanSheet",
    "LoanStatus",
    "SettledLoans",
    "Settlement",
]

LoanKind = Literal["compound", "amortizing"]
LoanStatus = Literal["pending", "active", "paid", "defaulted", "declined", "cancelled", "forgiven", "voided"]
OPEN = ("active", "defaulted")
"""The statuses of loans of which something is owed."""


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan: dollars, hundredths of a percent a year, a month being one turn.

    ``balance`` is what is owed, ``interest`` how much of that is interest. What is owed grows from
    ``anchor``, which was owed in ``anchor_turn``; ``accrued_turn`` is the last turn that was counted.
    """

    id: int
    code: str
    lender_id: int
    borrower_id: int
    principal: int
    rate_bp: int
    term_months: int
    kind: LoanKind
    status: LoanStatus
    balance: int
    interest: int
    anchor: int
    anchor_turn: int | None
    accrued_turn: int | None
    due_turn: int | None
    missed: int
    description: str | None
    triage_id: int | None
    offered_by: int | None
    decided_by: int | None
    version: int
    created_at: int
    decided_at: int | None


@dataclass(frozen=True, slots=True)
class LoanSheet:
    """A loan with the names of its nations, and the present turn."""

    loan: Loan
    lender: str
    borrower: str
    turn: int


@dataclass(frozen=True, slots=True)
class LoanChange:
    """A loan before (None: it is new) and after a change, with the money that moved."""

    before: Loan | None
    after: LoanSheet
    posted: Posted | None = None


@dataclass(frozen=True, slots=True)
class LoanName:
    """A loan as suggestions show it."""

    code: str
    lender: str
    borrower: str
    balance: int
    status: LoanStatus


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is paid with a turn, how much of it is interest, and what is owed after it."""

    number: int
    payment: int
    interest: int
    balance: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a turn does to a loan: interest added, what was due, and whether that was paid."""

    before: Loan
    after: Loan
    interest: int
    due: int
    paid: int

    @property
    def missed(self) -> bool:
        """Whether what was due was not paid."""
        return self.due > self.paid


@dataclass(frozen=True, slots=True)
class SettledLoans:
    """What a turn did to some loans: how many, and how much of what."""

    count: int
    interest: int
    paid: int
    missed: int
    defaulted: int
