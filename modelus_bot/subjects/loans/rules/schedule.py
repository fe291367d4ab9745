"""What a loan costs: instalments and balances, equal to the formulas to the dollar. Pure.

The rate is a year's, in hundredths of a percent; a twelfth of it is a month's, which is one turn's. Growth
is counted with whole numbers from what was owed at the beginning, so nothing is lost by rounding on the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

from modelus_bot.subjects.loans.model import Instalment, LoanKind

__all__ = ["compounded", "instalment", "month_interest", "schedule", "total_of"]

WHOLE_YEAR = 120_000
"""Hundredths of a percent in the whole, times the months of a year."""


def compounded(amount: int, rate_bp: int, months: int) -> int:
    """Return what an amount has grown to: amount · (1 + i)^months."""
    return _rounded(amount * (WHOLE_YEAR + rate_bp) ** months, WHOLE_YEAR**months)


def instalment(amount: int, rate_bp: int, months: int) -> int:
    """Return the equal payment of an amortizing loan: amount · i(1 + i)^n / ((1 + i)^n − 1)."""
    if rate_bp == 0:
        return _rounded(amount, months)
    grown, whole = (WHOLE_YEAR + rate_bp) ** months, WHOLE_YEAR**months
    return _rounded(amount * rate_bp * grown, WHOLE_YEAR * (grown - whole))


def month_interest(amount: int, rate_bp: int, months: int, number: int) -> int:
    """Return the interest within instalment ``number``, from 1, of an amortizing loan.

    That is a month's interest on amount · ((1 + i)^n − (1 + i)^(number − 1)) / ((1 + i)^n − 1).
    """
    if rate_bp == 0:
        return 0
    grown, whole = (WHOLE_YEAR + rate_bp) ** months, WHOLE_YEAR**months
    before = (WHOLE_YEAR + rate_bp) ** (number - 1) * WHOLE_YEAR ** (months - number + 1)
    return _rounded(amount * (grown - before) * rate_bp, WHOLE_YEAR * (grown - whole))


def schedule(kind: LoanKind, amount: int, rate_bp: int, months: int) -> tuple[Instalment, ...]:
    """Return every instalment; of a compound loan there is one, at the end.

    All of an amortizing loan are equal but the last, which pays what rounding has left.
    """
    if kind == "compound":
        total = compounded(amount, rate_bp, months)
        return (Instalment(months, total, total - amount, 0),)
    payment, balance, found = instalment(amount, rate_bp, months), amount, []
    for number, interest in enumerate(_interests(amount, rate_bp, months), 1):
        paid = balance + interest if number == months else payment
        balance += interest - paid
        found.append(Instalment(number, paid, interest, balance))
    return tuple(found)


def total_of(kind: LoanKind, amount: int, rate_bp: int, months: int) -> int:
    """Return what is paid in all if every instalment is paid when it is due."""
    return sum(one.payment for one in schedule(kind, amount, rate_bp, months))


def _interests(amount: int, rate_bp: int, months: int) -> Iterator[int]:
    """Yield ``month_interest`` of every instalment, each power of the one after made of that before."""
    if rate_bp == 0:
        yield from repeat(0, months)
        return
    grown, before = (WHOLE_YEAR + rate_bp) ** months, WHOLE_YEAR**months
    divisor = WHOLE_YEAR * (grown - before)
    for _ in range(months):
        yield _rounded(amount * (grown - before) * rate_bp, divisor)
        before = before * (WHOLE_YEAR + rate_bp) // WHOLE_YEAR


def _rounded(numerator: int, denominator: int) -> int:
    """Return a quotient of positive numbers, halves rounded up."""
    return (2 * numerator + denominator) // (2 * denominator)
