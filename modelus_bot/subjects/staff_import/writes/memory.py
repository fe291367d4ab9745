"""What is remembered of AI Scrum Master's rows, and whose account somebody of it has."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.imports.writes.memory import LeftOut, SourceMemory, ensure_not_erased
from modelus_bot.subjects.staff_import.model.rows import PersonRef

__all__ = ["MEMORY", "account_of"]

MEMORY = SourceMemory("scrum")


def account_of(tx: Transaction, who: PersonRef, what: str) -> int:
    """Return somebody's Discord account; raises ``LeftOut`` without one, and for who was erased."""
    before = MEMORY.found(tx, "users", who.number)
    account = before.id if before is not None else who.account
    if account is None:
        raise LeftOut(f"{what} has no Discord account yet: user {who.number}")
    ensure_not_erased(tx, account, what, who.number)
    return account
