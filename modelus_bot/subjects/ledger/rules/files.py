"""Statements as CSV, and the whole journal for an independent double-entry program. Pure."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

from modelus_bot.subjects.ledger.model import (
    Account,
    AccountName,
    JournalBalance,
    JournalTransfer,
    StatementLine,
)
from modelus_bot.subjects.ledger.rules.amounts import KINDS

__all__ = ["journal_text", "statement_csv"]

_HEAD = (
    "at_utc",
    "transaction",
    "kind",
    "account",
    "amount",
    "balance",
    "other_nation",
    "other_account",
    "loan",
    "turn",
    "memo",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLACES = {"treasury": "Assets", "receivable": "Assets", "invested": "Assets", "debt": "Liabilities"}


def statement_csv(lines: Iterable[StatementLine]) -> bytes:
    """Return a nation's statement from the oldest line on, each account with its balance after the line."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    balances: dict[AccountName, int] = defaultdict(int)
    for line in lines:
        balances[line.account] += line.amount
        writer.writerow(
            (
                datetime.fromtimestamp(line.at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
                line.txn,
                line.kind,
                line.account,
                line.amount,
                balances[line.account],
                _cell(line.other or "world"),
                line.other_account,
                line.loan or "",
                line.turn,
                _cell(line.memo or ""),
            )
        )
    return out.getvalue().encode("utf-8-sig")


def journal_text(transfers: Sequence[JournalTransfer], nations: Sequence[JournalBalance]) -> str:
    """Return every transaction in the format of Beancount, with what the bot itself says each nation has.

    That stands there as assertions of the day after, so whoever reads it finds out if the two differ.
    """
    return "\n".join(_journal(transfers, nations)) + "\n"


def _journal(transfers: Sequence[JournalTransfer], nations: Sequence[JournalBalance]) -> Iterator[str]:
    yield '; Money in whole dollars. Days are UTC. "World" is whatever is no nation.'
    yield 'option "operating_currency" "USD"'
    yield ""
    used = {side for one in transfers for side, _ in one.transfer.sides()}
    used |= {Account(one.nation_id, name) for one in nations for name in ("treasury", "debt")}
    names = {one.nation_id: one.nation for one in nations}
    for account in sorted(used, key=lambda one: (one.nation_id or 0, one.name)):
        yield f"1970-01-01 open {_account(account)} USD"
        if account.nation_id is not None:
            yield f'  nation: "{_quoted(names.get(account.nation_id, ""))}"'
    for _, group in groupby(transfers, key=lambda one: one.txn):
        yield ""
        yield from _transaction(list(group))
    last = max((one.at for one in transfers), default=0)
    day = (datetime.fromtimestamp(last, UTC) + timedelta(days=1)).date().isoformat()
    yield ""
    for one in nations:
        yield f"{day} balance {_account(Account(one.nation_id, 'treasury'))} {one.treasury} USD"
        yield f"{day} balance {_account(Account(one.nation_id, 'debt'))} {-one.debt} USD"


def _transaction(group: Sequence[JournalTransfer]) -> Iterator[str]:
    first = group[0]
    day = datetime.fromtimestamp(first.at, UTC).date().isoformat()
    text = KINDS[first.kind] + (f": {first.memo}" if first.memo else "")
    yield f'{day} * "{_quoted(text)}"'
    yield f"  number: {first.txn}"
    for one in group:
        for account, amount in one.transfer.sides():
            yield f"  {_account(account)}  {amount} USD"


def _account(account: Account) -> str:
    if account.nation_id is None:
        return "Equity:World"
    return f"{_PLACES[account.name]}:N{account.nation_id}:{account.name.capitalize()}"


def _quoted(text: str) -> str:
    """Return a text for a place between quotation marks, on one line."""
    return " ".join(text.replace("\\", "\\\\").replace('"', '\\"').split())


def _cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
