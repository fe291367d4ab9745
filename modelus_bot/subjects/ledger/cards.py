"""What is in a nation's accounts and what moved it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from modelus_bot.subjects.ledger.model import Account, Balances, Reversal, StatementLine, Transfer
from modelus_bot.subjects.ledger.rules.amounts import ACCOUNTS, KINDS, exact, signed
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment

__all__ = ["balances_card", "reversal_card", "statement_card"]

MOST_SHOWN = 10


def balances_card(found: Balances) -> Card:
    """Return the accounts of a nation, to the dollar."""
    worth = found.treasury + found.receivable + found.invested - found.debt
    return (
        cards.info(f"The accounts of {plain(found.nation)}", f"All in all: **{exact(worth)}**")
        .with_field("Treasury", exact(found.treasury), inline=True)
        .with_field("Debt", exact(found.debt), inline=True)
        .with_field("Lent to others", exact(found.receivable), inline=True)
        .with_field("Invested", exact(found.invested), inline=True)
        .with_field("Income a turn", exact(found.income), inline=True)
    )


def statement_card(nation: str, lines: Sequence[StatementLine]) -> Card:
    """Return a page of what moved a nation's accounts."""
    text = cards.lines(map(_line, lines), empty="Nothing was booked yet.")
    return cards.info(f"Statement of {plain(nation)}", text)


def reversal_card(done: Reversal) -> Card:
    """Return what was taken back, and what each nation has before and after."""
    names = dict(done.names)
    transfers = done.reversed.transfers
    lines = [_transfer(one.back(), names) for one in transfers[:MOST_SHOWN]]
    if len(transfers) > MOST_SHOWN:
        lines.append(f"… and {len(transfers) - MOST_SHOWN} more")
    lines += [
        f"**{plain(names[number])}:** {account} {exact(old)} → {exact(new)}"
        for number, account, old, new in done.posted.moved[:MOST_SHOWN]
    ]
    title = f"Transaction {done.reversed.txn} is reversed"
    return cards.success(title, "\n".join(lines)).with_footer(f"Booked as transaction {done.posted.txn}")


def _line(line: StatementLine) -> str:
    other = plain(line.other) if line.other is not None else ACCOUNTS["world"]
    loan = f" {line.loan}" if line.loan is not None else ""
    account = f" · {ACCOUNTS[line.account]}" if line.account != "treasury" else ""
    memo = f" · {plain(line.memo)}" if line.memo else ""
    amount = -line.amount if line.account == "debt" else line.amount
    head = f"`{line.txn}` {moment(line.at, 'd')} **{signed(amount)}**{account}"
    return f"{head} · {_what(line)}{loan} ({other}){memo}"


def _what(line: StatementLine) -> str:
    """Return what a line is: a turn adds interest to what is owed in the transaction of its payments."""
    owed_more = (line.account == "debt" and line.amount < 0) or (
        line.account == "receivable" and line.amount > 0
    )
    return KINDS["interest" if line.kind == "payment" and owed_more else line.kind]


def _transfer(transfer: Transfer, names: dict[int, str]) -> str:
    source, target = (_account(side, names) for side in (transfer.credit, transfer.debit))
    return f"{exact(transfer.amount)}: {source} → {target}"


def _account(account: Account, names: dict[int, str]) -> str:
    if account.nation_id is None:
        return ACCOUNTS["world"]
    return f"{plain(names[account.nation_id])} ({ACCOUNTS[account.name]})"
