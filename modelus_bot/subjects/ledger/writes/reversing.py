"""Transactions booked by mistake are not changed: another one takes them back, once."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Reason
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.ledger.model import Entry, Reversal
from modelus_bot.subjects.ledger.queries import nation_names, require_transaction
from modelus_bot.subjects.ledger.writes.posting import post

__all__ = ["ReverseTransaction"]


class ReverseTransaction(Write[Reversal]):
    """Take a transaction back by one that names it."""

    txn: Annotated[int, Field(ge=1, lt=2**63)]
    reason: Reason

    def apply(self, tx: Transaction) -> Reversal:
        """Book it; refused once it was taken back, or when what it gave is spent."""
        require_admin(tx)
        found = require_transaction(tx, self.txn)
        if found.reverses is not None:
            raise InvalidInput(
                f"Transaction {found.txn} is itself a reversal, of transaction {found.reverses}."
                " Set what is wrong with `/nation-admin edit`.",
                rule="transaction.reversal",
            )
        if found.reversed_by is not None:
            raise InvalidInput(
                f"Transaction {found.txn} was reversed already, by transaction {found.reversed_by}.",
                rule="transaction.reversed",
            )
        if any(transfer.loan_id is not None for transfer in found.transfers):
            raise InvalidInput(
                f"Transaction {found.txn} belongs to a loan, which would not be what it says any more."
                " Use `/loan-admin void` or `/loan-admin forgive` instead.",
                rule="transaction.loan",
            )
        back = tuple(transfer.back() for transfer in reversed(found.transfers))
        posted = post(tx, Entry("reversal", back, "admin", self.reason, reverses=found.txn))
        numbers = {side.nation_id for transfer in back for side, _ in transfer.sides()} - {None}
        return Reversal(posted, found, nation_names(tx, json.dumps(sorted(filter(None, numbers)))))
