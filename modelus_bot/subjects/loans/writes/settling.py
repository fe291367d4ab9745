"""What a turn does to loans: interest, instalments, and what becomes of those that are not paid."""

from __future__ import annotations

import json
from dataclasses import replace

from modelus_bot.database import Transaction
from modelus_bot.subjects.feed.writes.recording import happened
from modelus_bot.subjects.ledger.model import Entry
from modelus_bot.subjects.ledger.rules.amounts import exact
from modelus_bot.subjects.ledger.writes.posting import MOST, post
from modelus_bot.subjects.loans.model import Loan, SettledLoans, Settlement
from modelus_bot.subjects.loans.queries import due_loans, treasuries_of
from modelus_bot.subjects.loans.rules.settling import MISSES, settle_all
from modelus_bot.subjects.loans.writes.saving import interest_on, paying, save_many, tell_leaders
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.triage.writes.reports import report_by_itself
from modelus_bot.text.escaping import bare

__all__ = ["settle_due"]


def settle_due(tx: Transaction, turn: int, limit: int) -> SettledLoans:
    """Settle the next loans that a turn has not come to, at most ``limit``."""
    found = due_loans(tx, turn, limit)
    nations = {one.borrower_id for one in found} | {one.lender_id for one in found}
    done = settle_all(found, turn, treasuries_of(tx, json.dumps(sorted(nations))), MOST)
    interest = tuple(interest_on(one.before, one.interest) for one in done if one.interest)
    payments = tuple(part for one in done if one.paid for part in paying(one.before, one.paid))
    if interest or payments:
        post(tx, Entry("payment", (*interest, *payments), "turn", turn=turn))
    save_many(tx, [_told(tx, one) for one in done])
    return SettledLoans(
        len(done),
        sum(one.interest for one in done),
        sum(one.paid for one in done),
        sum(one.missed for one in done),
        sum(one.after.status == "defaulted" for one in done),
    )


def _told(tx: Transaction, done: Settlement) -> Loan:
    """Tell of a loan that is paid, or was not, and return it as it is to be kept."""
    before, after = done.before, done.after
    if after.status == "paid":
        _audit(tx, done)
        for nation in (after.lender_id, after.borrower_id):
            title = f"Loan {after.code} is paid"
            tell_leaders(tx, nation, title, "Nothing is owed any more.", key=f"loan:{after.code}:over")
    if not done.missed:
        return after
    _audit(tx, done)
    text = f"{exact(done.due)} were due, and the treasury did not have them. {exact(after.balance)} are owed."
    if after.status == "defaulted":
        text += f" It is the instalment number {MISSES} in a row that was not paid: the loan is in default."
    else:
        text += f" After {MISSES} in a row the loan is in default; `/loan pay` is possible at any time."
    title = f"Loan {after.code}: an instalment was missed"
    key = f"loan:{after.code}:missed:{after.accrued_turn}"
    for nation in (after.lender_id, after.borrower_id):
        tell_leaders(tx, nation, title, text, key=key)
    if after.status != "defaulted" or before.triage_id is not None:
        return after
    return replace(after, triage_id=_report(tx, after))


def _report(tx: Transaction, loan: Loan) -> int:
    """Let staff look at a loan in default, once, and everybody hear of it, without its figures."""
    lender = require_nation(tx, loan.lender_id, archived=True)
    borrower = require_nation(tx, loan.borrower_id, archived=True)
    headline = f"{borrower.name} is in default on a loan"
    happened(tx, "loan.defaulted", headline, nation_id=borrower.id, about=("loans", loan.id))
    text = (
        f"{bare(borrower.name)} did not pay {MISSES} instalments in a row of the loan {loan.code} from"
        f" {bare(lender.name)}; {exact(loan.balance)} are owed. Decide what becomes of it:"
        " `/loan-admin forgive`, `/loan-admin void`, or nothing, so that it stays owed."
    )
    return report_by_itself(tx, f"Loan {loan.code} is in default", text, "event").id


def _audit(tx: Transaction, done: Settlement) -> None:
    before, after = done.before, done.after
    old = {"status": before.status, "balance": before.balance, "missed": before.missed}
    new = {"status": after.status, "balance": after.balance, "missed": after.missed}
    tx.audit("loans", after.id, "UPDATE", old=old, new=new, nation_id=after.borrower_id)
