"""What loans cost equals the formulas to the dollar, at the ends of every range and anywhere between."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelus_bot.subjects.loans.rules.schedule import (
    compounded,
    instalment,
    month_interest,
    schedule,
    total_of,
)
from modelus_bot.subjects.loans.rules.settling import risk_of

AMOUNTS = st.integers(10**8, 10**12)
RATES = st.integers(0, 5000)
TERMS = st.integers(1, 360)


def by_formula(amount: int, rate_bp: int, months: int) -> tuple[Decimal, Decimal]:
    """Return P(1 + i)^n and P·i(1 + i)^n / ((1 + i)^n − 1) with 60 digits."""
    with localcontext() as context:
        context.prec = 60
        i = Decimal(rate_bp) / 120_000
        grown = (1 + i) ** months
        return amount * grown, amount * i * grown / (grown - 1) if rate_bp else Decimal(amount) / months


@given(AMOUNTS, RATES, TERMS)
@example(10**8, 0, 1)
@example(10**8, 5000, 360)
@example(10**12, 0, 360)
@example(10**12, 5000, 360)
@example(10**12, 5000, 1)
@example(10**8, 1, 360)
@settings(max_examples=100, deadline=None)
def test_schedules_are_the_formulas(amount: int, rate_bp: int, months: int) -> None:
    """To the dollar; what is paid of the amount is all of it, and the last instalment takes the rounding."""
    total, each = by_formula(amount, rate_bp, months)
    half = Decimal("0.5000001")
    assert abs(compounded(amount, rate_bp, months) - total) <= half
    assert abs(instalment(amount, rate_bp, months) - each) <= half

    one, *more = schedule("compound", amount, rate_bp, months)
    assert (one.payment, one.interest, one.balance, more) == (
        compounded(amount, rate_bp, months), one.payment - amount, 0, []
    )  # fmt: skip
    rows = schedule("amortizing", amount, rate_bp, months)
    assert len(rows) == months
    assert {row.payment for row in rows[:-1]} <= {instalment(amount, rate_bp, months)}
    assert sum(row.payment - row.interest for row in rows) == amount
    assert all(row.interest >= 0 and row.payment > 0 for row in rows)
    assert [row.balance >= 0 for row in rows] == [True] * months
    assert rows[-1].balance == 0
    for number in {1, (months + 1) // 2, months}:
        assert rows[number - 1].interest == month_interest(amount, rate_bp, months, number)
    assert abs(rows[-1].payment - each) <= months + 1
    assert total_of("amortizing", amount, rate_bp, months) == sum(row.payment for row in rows)
    if rate_bp == 0:
        assert sum(row.payment for row in rows) == amount


@pytest.mark.parametrize(
    ("rate_bp", "months", "word"),
    [(3000, 61, "Extreme"), (3000, 60, None), (2999, 121, "High"), (2000, 121, "High"), (2000, 120, None),
     (1999, 360, None), (5000, 360, "Extreme"), (0, 1, None)],
)  # fmt: skip
def test_risks(rate_bp: int, months: int, word: str | None) -> None:
    """A dear loan for long is warned of."""
    found = risk_of(rate_bp, months)
    assert (found is None) if word is None else (found is not None and found.startswith(word))
