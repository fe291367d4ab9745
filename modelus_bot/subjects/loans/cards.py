"""A loan's card, its schedule, and lists of loans. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from modelus_bot.subjects.ledger.rules.amounts import exact
from modelus_bot.subjects.loans.model import Instalment, Loan, LoanChange, LoanName, LoanSheet
from modelus_bot.subjects.loans.rules.schedule import schedule, total_of
from modelus_bot.subjects.loans.rules.settling import MISSES, risk_of
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card

__all__ = ["change_card", "list_card", "loan_card", "offer_card", "schedule_card"]

STATES = {
    "pending": "offered, not answered yet",
    "active": "runs",
    "paid": "paid",
    "defaulted": "in default",
    "declined": "declined",
    "cancelled": "taken back",
    "forgiven": "forgiven",
    "voided": "void",
}
KINDS = {"compound": "everything at the end, with compound interest", "amortizing": "equal instalments"}


def loan_card(sheet: LoanSheet) -> Card:
    """Return a loan with what it costs and what is owed."""
    loan = sheet.loan
    text = f"{plain(sheet.lender)} → {plain(sheet.borrower)}: {STATES[loan.status]}"
    if loan.description:
        text += f"\n> {plain(loan.description)}"
    card = cards.info(f"Loan {loan.code}", text)
    card = card.with_field("Amount", exact(loan.principal), inline=True)
    card = card.with_field("Interest", f"{loan.rate_bp / 100:g} % a year", inline=True)
    card = card.with_field("Term", f"{loan.term_months} {_turns(loan.term_months)}", inline=True)
    if loan.balance:
        card = card.with_field("Owed now", exact(loan.balance), inline=True)
    if loan.status == "active" and loan.due_turn is not None:
        left = loan.due_turn - sheet.turn
        when = f"in {left} {_turns(left)}" if left > 0 else "due"
        card = card.with_field("The last instalment", when, inline=True)
    if loan.missed:
        card = card.with_field("Missed in a row", f"{loan.missed} of {MISSES}", inline=True)
    return card.with_field("Paid back as", _cost(loan))


def offer_card(sheet: LoanSheet) -> Card:
    """Return what somebody agrees to who accepts a loan, with its risk."""
    loan = sheet.loan
    risk = risk_of(loan.rate_bp, loan.term_months)
    rules = (
        f"Instalments are taken from the treasury with the turns. {MISSES} in a row that it does not have put"
        " the loan in default, and staff decide what becomes of it."
    )
    text = f"{loan_card(sheet).text}\n\n{f'**{risk}**' if risk else ''}\n{rules}"
    card = loan_card(sheet)
    return Card(f"Accept the loan {loan.code}?", text, "warning" if risk else "question", card.fields)


def schedule_card(sheet: LoanSheet, page: Sequence[Instalment]) -> Card:
    """Return a page of a loan's instalments, as they are if each is paid when it is due."""
    lines = [
        f"`{one.number}` {exact(one.payment)}, of it {exact(one.interest)} interest;"
        f" {exact(one.balance)} are left"
        for one in page
    ]
    return cards.info(f"Loan {sheet.loan.code}: the instalments", cards.lines(lines, empty="None."))


def list_card(found: Sequence[LoanName]) -> Card:
    """Return a page of loans."""
    lines = [
        f"**{one.code}** {plain(one.lender)} → {plain(one.borrower)}: {STATES[one.status]}"
        + (f", {exact(one.balance)} owed" if one.balance else "")
        for one in found
    ]
    return cards.info("Loans", cards.lines(lines, empty="There is no loan that you can see."))


def change_card(change: LoanChange) -> Card:
    """Return what was done with a loan, and what moved by it."""
    before, after = change.before, change.after.loan
    names = {after.lender_id: change.after.lender, after.borrower_id: change.after.borrower}
    lines = []
    if before is None:
        lines.append("It is offered. Whoever leads the other nation is told, and accepts or declines.")
    elif before.status != after.status:
        lines.append(f"{STATES[before.status].capitalize()} → {STATES[after.status]}")
    if before is not None and before.balance != after.balance:
        lines.append(f"**Owed:** {exact(before.balance)} → {exact(after.balance)}")
    for number, account, old, new in change.posted.moved if change.posted is not None else ():
        if account == "treasury":
            lines.append(f"**Treasury of {plain(names[number])}:** {exact(old)} → {exact(new)}")
    card = loan_card(change.after)
    return Card(card.title, "\n".join([card.text, "", *lines]), "success", card.fields)


def _cost(loan: Loan) -> str:
    terms = (loan.kind, loan.principal, loan.rate_bp, loan.term_months)
    first, total = schedule(*terms)[0], total_of(*terms)
    each = f"{exact(first.payment)} each turn, " if loan.kind == "amortizing" else ""
    return f"{KINDS[loan.kind].capitalize()}: {each}{exact(total)} in all"


def _turns(count: int) -> str:
    return "turn" if count == 1 else "turns"
