"""Cover requests brought to each status, and each step as a person would take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from modelus_bot.database.core.operation import Write
from modelus_bot.subjects.covers.model import CoverChange
from modelus_bot.subjects.covers.queries import cover
from modelus_bot.subjects.covers.writes.steps import (
    ApproveCover,
    DeclineCover,
    ExpireCovers,
    RefuseCover,
    RequestCover,
    RevokeCover,
    TakeCover,
    UntakeCover,
    WithdrawCover,
)
from modelus_bot.subjects.oncall.writes import Handoff
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, GUEST, MANAGER, SPRINT_DAYS, Rota

PERSONS = {
    "requester": ADA,
    "replacement": BEN,
    "rostered": CLEO,
    "staff": DAN,
    "manager": MANAGER,
    "admin": ADMIN,
    "guest": GUEST,
}
STEPS: dict[str, Callable[[int], Write[CoverChange]]] = {
    "take": lambda number: TakeCover(cover_id=number),
    "untake": lambda number: UntakeCover(cover_id=number),
    "withdraw": lambda number: WithdrawCover(cover_id=number),
    "refuse": lambda number: RefuseCover(cover_id=number),
    "approve": lambda number: ApproveCover(cover_id=number),
    "decline": lambda number: DeclineCover(cover_id=number, reason="no"),
    "revoke": lambda number: RevokeCover(cover_id=number, reason="no"),
}
STATUSES = ("call", "open", "taken", "approved", "declined", "withdrawn", "expired", "revoked")
"""``call`` is an open request to anybody, ``open`` one to a person; all others name a replacement."""


@dataclass(frozen=True)
class Seen:
    """How a request stands: status, replacement, who decided, and the number of times it was made."""

    status: str
    replacement: int | None
    decided_by: int | None
    attempts: int


def seen(rota: Rota, number: int) -> Seen:
    """Return how a request stands."""
    found = rota.ask(cover, number)
    assert found is not None
    return Seen(found.status, found.replacement_id, found.decided_by, found.attempts)


def ask(rota: Rota, replacement: int | None = BEN, *, number: int = 0, by: int = ADA) -> int:
    """Ask for cover of Ada's turn in a sprint, in her name or as a manager, and return the number."""
    change = rota.do(
        RequestCover(
            sprint_id=rota.sprint_id(number),
            discipline="account",
            replacement_id=replacement,
            reason="ill",
            for_user=None if by == ADA else ADA,
        ),
        by,
    )
    return change.cover.id


def bring_to(rota: Rota, status: str) -> int:
    """Make a request of Ada's to Ben that has a status, and return its number."""
    number = ask(rota, None if status == "call" else BEN)
    if status == "expired":
        rota.at += SPRINT_DAYS * 86400
        rota.do(Handoff())
        assert rota.do(ExpireCovers()) == 1
    for step, person in {
        "taken": [("take", BEN)],
        "approved": [("approve", MANAGER)],
        "declined": [("decline", MANAGER)],
        "withdrawn": [("withdraw", ADA)],
        "revoked": [("approve", MANAGER), ("revoke", MANAGER)],
    }.get(status, []):
        rota.do(STEPS[step](number), person)
    assert seen(rota, number).status == ("open" if status == "call" else status)
    return number
