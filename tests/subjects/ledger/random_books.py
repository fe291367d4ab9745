"""Random movements of money, and what has to be true of the books after any of them."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from modelus_bot.database import Transaction, Viewer, Write
from modelus_bot.subjects.ledger.model import Account, AccountName, Entry, Transfer
from modelus_bot.subjects.ledger.queries import journal, journal_balances
from modelus_bot.subjects.ledger.rules.files import journal_text
from modelus_bot.subjects.ledger.writes.posting import post
from modelus_bot.subjects.ledger.writes.reversing import ReverseTransaction
from modelus_bot.subjects.nations.writes.editing import EditNation
from modelus_bot.subjects.nations.writes.founding import CreateNation
from tests.subjects.ledger.ledger_cases import booked, figures
from tests.subjects.rota import ADMIN, Rota

NATIONS = 12
_ACCOUNTS: tuple[AccountName, ...] = ("treasury", "debt", "receivable", "invested")


class Move(Write[int]):
    """Book one transfer, as whatever moves money does."""

    debit: tuple[int | None, AccountName]
    credit: tuple[int | None, AccountName]
    amount: int

    def apply(self, tx: Transaction) -> int:
        """Post it."""
        transfer = Transfer(Account(*self.debit), Account(*self.credit), self.amount)
        return post(tx, Entry("payment", (transfer,), "loan", "So it goes")).txn


def foundings() -> list[Write[Any]]:
    """Return what founds the nations."""
    return [CreateNation(name=f"Land {number}", gdp=10**12, population=1) for number in range(NATIONS)]


def movement(dice: random.Random, newest: int) -> Write[Any]:
    """Return a movement of money, half of which cannot be; ``newest`` is about the last transaction's."""
    nation, other = dice.sample(range(1, NATIONS + 1), 2)
    amount = dice.choice([dice.randint(1, 9), dice.randint(1, 10**12), dice.randint(1, 9 * 10**14)])
    if dice.random() < 0.2:
        return ReverseTransaction(txn=dice.randint(1, max(newest, 1)), reason="x")
    if dice.random() < 0.3:
        metric = dice.choice(["treasury", "debt"])
        mode = dice.choice(["add", "subtract", "set"])
        return EditNation(nation_id=nation, metric=metric, mode=mode, value=amount)
    debit = (nation, dice.choice(_ACCOUNTS))
    credit = dice.choice([(other, dice.choice(_ACCOUNTS)), (None, "world")])
    return Move(debit=debit, credit=credit, amount=amount)


def check_books(rota: Rota) -> None:
    """Fail unless every transaction sums to zero, figures are as booked, and no treasury is below zero."""
    assert rota.rows("SELECT txn FROM ledger GROUP BY txn HAVING sum(amount) <> 0") == []
    assert figures(rota) == booked(rota)
    assert rota.value("SELECT min(treasury) FROM nations") >= 0
    newest = rota.rows(
        "SELECT n.id FROM nations AS n JOIN nation_history AS h ON h.id ="
        " (SELECT max(id) FROM nation_history WHERE nation_id = n.id AND metric = 'treasury')"
        " WHERE h.new <> n.treasury"
    )
    assert newest == []


def write_journal(rota: Rota, path: Path) -> Path:
    """Write the journal as administrators get it."""
    viewer = Viewer(ADMIN, discord_admin=True)
    path.write_text(journal_text(rota.ask(journal, viewer), rota.ask(journal_balances, viewer)), "utf-8")
    return path


def beancount_says(path: Path) -> str:
    """Return what Beancount finds wrong with a journal; it has the balances that the bot says, asserted."""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "beancount.scripts.check", str(path)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    return run.stdout + run.stderr + (f"ended with {run.returncode}" if run.returncode else "")
