"""Any sequence of steps on the cover requests of one turn, against a model that fits on a page."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import product

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.covers.writes.steps import RequestCover
from tests.subjects.covers.cover_cases import STEPS
from tests.subjects.rota import (
    ADA,
    ADMIN,
    BEN,
    CLEO,
    DAN,
    FIRST_DAY,
    MANAGER,
    SECOND_MANAGER,
    Rota,
    copied,
    fill_roster,
    made,
    plan_sprints,
    staff,
)

MANAGERS = {MANAGER, SECOND_MANAGER, ADMIN}
EVERYBODY = [ADA, BEN, CLEO, DAN, MANAGER, SECOND_MANAGER, ADMIN]
PENDING = {"open", "taken"}


Span = tuple[int, int] | None
TODAY = 2
"""The day of the turn on which everything happens."""
ALL_DAYS = (0, 13)


def meet(item: Span, other: Span) -> bool:
    """Say whether two covers have a day in common."""
    return bool({*range(*span(item))} & {*range(*span(other))})


def span(days: Span) -> tuple[int, int]:
    """Return the first day, and the one after the last."""
    first, last = days or ALL_DAYS
    return first, last + 1


@dataclass(frozen=True)
class Request:
    """A request for cover of Ada's turn, or of days of it counted from 0."""

    by: int
    replacement: int | None
    days: Span = None
    status: str = "open"
    attempts: int = 1
    decided_by: int | None = None


class No(Exception):
    """The model refuses."""


class Model:
    """What should become of every step, without a database."""

    def __init__(self) -> None:
        """Begin without requests."""
        self.requests: list[Request] = []

    def approved(self, days: Span) -> Request | None:
        """The request whose replacement has one of the days."""
        return next(
            (
                request
                for request in self.requests
                if request.status == "approved" and meet(request.days, days)
            ),
            None,
        )

    def ask(self, by: int, replacement: int | None, days: Span) -> None:
        """Ask, or ask again."""
        number = self.earlier(by, replacement, days)
        found = self.requests[number] if number is not None else Request(by, replacement, days, attempts=0)
        if found.status != "approved" and self.approved(days) is not None:
            raise No
        again = replace(found, attempts=found.attempts + 1)
        if found.status not in {"approved", *PENDING}:
            again = replace(again, status="open", decided_by=None)
        if number is None:
            self.requests.append(again)
        else:
            self.requests[number] = again

    def earlier(self, by: int, replacement: int | None, days: Span) -> int | None:
        """Return the number of the request that asking again would repeat."""
        same = [
            number
            for number, request in enumerate(self.requests)
            if (request.by, request.days) == (by, days)
            and (
                request.replacement == replacement
                if replacement is not None
                else request.replacement is None or request.status == "taken"
            )
        ]
        order = {"open": 2, "taken": 1}
        return max(
            same,
            key=lambda number: (
                replacement is None and order.get(self.requests[number].status, 0),
                number,
            ),
            default=None,
        )

    def step(self, name: str, number: int, actor: int) -> None:
        """Take a step, or refuse it."""
        found = self.requests[number]
        if name in {"approve", "decline", "revoke"}:
            self.decide(name, number, actor)
        elif name == "take":
            self.take(number, actor)
        elif name == "untake":
            self.untake(number, actor)
        elif name == "withdraw":
            if actor not in {found.by, ADA} or found.status not in {"withdrawn", *PENDING}:
                raise No
            if found.status != "withdrawn":
                self.requests[number] = replace(found, status="withdrawn", decided_by=actor)
        elif found.replacement != actor:
            raise No
        elif found.status in PENDING:
            self.requests[number] = replace(found, status="declined", decided_by=None)
        elif found.status != "declined" or found.decided_by is not None:
            raise No

    def decide(self, name: str, number: int, actor: int) -> None:
        """Approve, decline or revoke."""
        found = self.requests[number]
        after = {"approve": "approved", "decline": "declined", "revoke": "revoked"}[name]
        if actor not in MANAGERS or actor in {found.by, found.replacement}:
            raise No
        if found.status == after:
            return
        if found.status not in ({"approved"} if name == "revoke" else PENDING):
            raise No
        if name == "approve" and (found.replacement is None or self.approved(found.days) is not None):
            raise No
        self.requests[number] = replace(found, status=after, decided_by=actor)

    def take(self, number: int, actor: int) -> None:
        """Step in, continuing an earlier request to the same person."""
        found = self.requests[number]
        if (found.status, found.replacement) == ("taken", actor):
            return
        if found.status != "open" or found.replacement not in {None, actor} or actor not in {BEN, CLEO}:
            raise No
        same = self.earlier(found.by, actor, found.days)
        if found.replacement is None and same is not None:
            earlier = self.requests[same]
            if earlier.status in {"approved", *PENDING}:
                raise No
            self.requests[number] = replace(found, status="withdrawn", decided_by=found.by)
            number, found = same, replace(earlier, attempts=earlier.attempts + 1)
        self.requests[number] = replace(found, status="taken", replacement=actor, decided_by=None)

    def untake(self, number: int, actor: int) -> None:
        """Step back; where another open call waits, this one ends."""
        found = self.requests[number]
        if found.status != "taken" or actor not in {found.replacement, *MANAGERS}:
            raise No
        call = any(item == (found.by, None, "open", found.days) for item in self.calls())
        if call:
            self.requests[number] = replace(found, status="withdrawn", decided_by=actor)
        else:
            self.requests[number] = replace(found, status="open", replacement=None)

    def possible(self) -> list[tuple[str, int, int]]:
        """Return the steps that would change something: step, author, number."""
        found = []
        for name, actor, number in product(sorted(STEPS), EVERYBODY, range(len(self.requests))):
            after = Model()
            after.requests = list(self.requests)
            with suppress(No):
                after.step(name, number, actor)
            if after.requests != self.requests:
                found.append((name, actor, number))
        return found

    def calls(self) -> list[tuple[int, int | None, str, Span]]:
        """Return requester, replacement, status and days of every request."""
        return [(request.by, request.replacement, request.status, request.days) for request in self.requests]


def fill(rota: Rota) -> None:
    """Enter people, a roster and two sprints."""
    staff(rota)
    fill_roster(rota, ADA, BEN, CLEO)
    plan_sprints(rota, 2)


@cache
def prepared() -> bytes:
    """Return a file with that, to be written anew for each example."""
    return made(fill)


class Covers(RuleBasedStateMachine):
    """The real rota and the model, side by side."""

    @initialize()
    def begin(self) -> None:
        """Open a copy of the file."""
        self.open = ExitStack()
        self.rota = self.open.enter_context(copied(prepared()))
        self.model = Model()

    def teardown(self) -> None:
        """Check the audit chain and close."""
        if hasattr(self, "rota"):
            self.rota.check()
            self.open.close()

    @rule(
        by=st.sampled_from([ADA, ADA, MANAGER]),
        replacement=st.sampled_from([None, None, BEN, BEN, CLEO]),
        days=st.sampled_from([None, None, (2, 4), (2, 2), (4, 6)]),
    )
    def ask(self, by: int, replacement: int | None, days: Span) -> None:
        """Ask for cover of Ada's turn, in her name or as a manager."""
        wish = RequestCover(
            sprint_id=self.rota.sprint_id(0),
            discipline="account",
            replacement_id=replacement,
            for_user=None if by == ADA else ADA,
            first_day=FIRST_DAY + timedelta(days=days[0]) if days else None,
            last_day=FIRST_DAY + timedelta(days=days[1]) if days else None,
        )
        self.compare(lambda: self.rota.do(wish, by), lambda: self.model.ask(by, replacement, days))

    @rule(choice=st.integers(0, 10_000))
    def step_that_works(self, choice: int) -> None:
        """Take one of the steps that change something."""
        possible = self.model.possible()
        if possible:
            self.step(*possible[choice % len(possible)])

    @rule(name=st.sampled_from(sorted(STEPS)), actor=st.sampled_from(EVERYBODY), number=st.integers(0, 5))
    def any_step(self, name: str, actor: int, number: int) -> None:
        """Take any step on any request as anybody."""
        self.step(name, actor, number)

    def step(self, name: str, actor: int, number: int) -> None:
        """Take a step on one of the requests there are."""
        if not self.model.requests:
            return
        number %= len(self.model.requests)
        write = STEPS[name](number + 1)
        self.compare(lambda: self.rota.do(write, actor), lambda: self.model.step(name, number, actor))

    def compare(self, real: object, model: object) -> None:
        """Let both do it; both refuse, or neither."""
        outcomes = []
        for action in (real, model):
            assert callable(action)
            try:
                action()
                outcomes.append("done")
            except (Refusal, No):
                outcomes.append("refused")
        assert outcomes in (["done", "done"], ["refused", "refused"])

    @invariant()
    def both_have_the_same_requests(self) -> None:
        """Row by row."""
        if hasattr(self, "rota"):
            rows = self.rota.rows(
                "SELECT requested_by, replacement_id, julianday(first_day) - julianday(?),"
                " julianday(last_day) - julianday(?), status, attempts, decided_by"
                " FROM overrides ORDER BY id",
                str(FIRST_DAY),
                str(FIRST_DAY),
            )
            assert [
                Request(by, to, None if first is None else (first, last), *rest)
                for by, to, first, last, *rest in rows
            ] == self.model.requests

    @invariant()
    def duty_follows_the_approved_request(self) -> None:
        """The replacement of the approved one that has today, else Ada."""
        if hasattr(self, "rota"):
            approved = self.model.approved((TODAY, TODAY))
            assert self.rota.on_duty() == (approved.replacement if approved is not None else ADA)


TestCovers = Covers.TestCase
TestCovers.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
