"""Turns come once and in order, whenever the bot comes to them, and whatever cuts them off."""

from __future__ import annotations

import random
import sqlite3
from typing import Any

import pytest

from modelus_bot.database import Viewer
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation, SendOnLeave
from modelus_bot.subjects.nations.writes.editing import EditNation
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.turns import writes
from modelus_bot.subjects.turns.queries import clock, turn_preview
from modelus_bot.subjects.turns.writes import PauseTurns, ResumeTurns, StepTurn
from tests.subjects.ledger.ledger_cases import BILLION, booked, figures
from tests.subjects.loans.loan_cases import DAY, led, lend, loan, turn
from tests.subjects.nations.nation_cases import DAKOTA, TEXAS
from tests.subjects.rota import ADA, ADMIN, Rota
from tests.tuning import Tuning


def catch_up(rota: Rota) -> list[int]:
    """Step until nothing is due; return the turns that came to their end."""
    over = []
    while (step := rota.do(StepTurn(seconds=DAY))) is not None:
        over += [step.turn] if step.over else []
    return over


def earn(rota: Rota) -> None:
    """Let both earn: Texas 600 and Dakota 60 dollars a turn."""
    for nation, gdp in ((TEXAS, 72_000), (DAKOTA, 7_200)):
        for metric, value in (("gdp", gdp), ("tax_bp", 1000)):
            rota.do(EditNation(nation_id=nation, metric=metric, mode="set", value=value), ADMIN)


@pytest.mark.parametrize("missed", [1, 7, 400])
def test_missed_turns_come_once_and_in_order(staffed: Rota, missed: int) -> None:
    """However many there were; the one after them comes when it always would have."""
    rota = staffed
    led(rota)
    earn(rota)
    assert catch_up(rota) == []
    begun = rota.at
    rota.at += missed * DAY + DAY // 2
    assert catch_up(rota) == list(range(1, missed + 1))
    assert catch_up(rota) == []
    assert figures(rota) == booked(rota) == [(9 * BILLION + 600 * missed, 0), (60 * missed, 0)]
    found = rota.ask(clock)
    assert (found.turn, found.phase, found.next_at) == (missed, "idle", begun + (missed + 1) * DAY)
    turns = rota.rows(
        "SELECT turn, kind, count(*) FROM ledger_transactions WHERE turn > 0 GROUP BY turn, kind"
    )
    assert turns == [(number, "income", 1) for number in range(1, missed + 1)]
    assert rota.rows("SELECT count(*), min(status) FROM job_runs WHERE job = 'turn'") == [
        (missed, "delivered")
    ]
    history = "SELECT DISTINCT turn FROM nation_history WHERE cause = 'turn' ORDER BY id"
    assert [row[0] for row in rota.rows(history)] == list(range(1, missed + 1))
    rota.check()


def dump_of(rota: Rota) -> dict[str, list[tuple[Any, ...]]]:
    """Return what turns change."""
    tables = ("ledger_transactions", "ledger_transfers", "nation_history", "simulation_clock", "loans")
    return {
        "nations": rota.rows("SELECT id, treasury, debt FROM nations"),
        **{table: rota.rows(f"SELECT * FROM {table} ORDER BY id") for table in tables},
    }


def test_a_turn_that_is_cut_off_anywhere_goes_on(staffed: Rota, tuning: Tuning) -> None:
    """Interrupted inside of any statement, step after step: in the end all is as if it never was."""
    rota = staffed
    tuning(writes.NATIONS.at(1), writes.LOANS.at(1))
    led(rota)
    earn(rota)
    codes = [lend(rota, principal=10**8, term_months=months) for months in (1, 2, 3)]
    connection = rota.connection
    whole = sqlite3.connect(":memory:", isolation_level=None)
    whole.row_factory = sqlite3.Row
    connection.backup(whole)
    twin = Rota(whole, rota.at)
    turn(twin)

    dice, cuts, patience = random.Random(3), 0, 40
    step = None
    while step is None or not step.over:
        found = rota.ask(clock)
        left = dice.randint(0, patience)

        def cut() -> int:
            nonlocal left
            left -= 1
            return int(left == 0)

        connection.set_progress_handler(cut, 7)
        try:
            step = rota.do(StepTurn(seconds=DAY, begin=found is None or found.phase == "idle"))
        except (DatabaseError, sqlite3.Error):
            cuts += 1
            patience += 2
        connection.set_progress_handler(None, 0)
        if connection.in_transaction:  # it was its end that was cut off
            connection.execute("ROLLBACK")
        assert cuts < 2000
    assert cuts > 20
    assert dump_of(rota) == dump_of(twin)
    assert loan(rota, codes[0]).status == "paid"
    rota.check()
    whole.close()


def test_a_preview_says_what_comes_and_writes_nothing(staffed: Rota) -> None:
    """Its figures are those of the turn that follows; for administrators."""
    rota = staffed
    led(rota)
    earn(rota)
    lend(rota, principal=10**8, term_months=2)
    with pytest.raises(NotAllowed):
        rota.ask(turn_preview, Viewer(ADA))
    for _ in range(5):
        before = rota.dump()
        seen = rota.ask(turn_preview, Viewer(ADMIN))
        assert rota.dump() == before
        turn(rota)
        sums = dict(
            rota.rows(
                "SELECT kind || debit_account, sum(amount) FROM ledger_transactions AS x"
                " JOIN ledger_transfers AS t ON t.txn = x.id WHERE turn = ? GROUP BY kind, debit_account",
                seen.turn,
            )
        )
        assert (seen.income, seen.interest, seen.paid) == (
            sums["incometreasury"], sums.get("paymentreceivable", 0), sums.get("paymenttreasury", 0)
        )  # fmt: skip
        assert seen.nations == 2


def test_turns_are_held_and_go_on(staffed: Rota) -> None:
    """The time of the pause does not count; an administrator can let one come at any time."""
    rota = staffed
    led(rota)
    catch_up(rota)
    due = rota.ask(clock).next_at
    for write in (PauseTurns(seconds=DAY), ResumeTurns(), StepTurn(seconds=DAY, begin=True)):
        assert isinstance(rota.refusal(write, ADA), NotAllowed)
    assert rota.refusal(ResumeTurns(), ADMIN).rule == "turn.running"
    rota.do(PauseTurns(seconds=DAY), ADMIN)
    assert rota.refusal(PauseTurns(seconds=DAY), ADMIN).rule == "turn.paused"
    rota.at += 9 * DAY
    assert catch_up(rota) == []
    rota.do(ResumeTurns(), ADMIN)
    assert rota.ask(clock).next_at == due + 9 * DAY
    turn(rota)
    assert (rota.ask(clock).turn, rota.ask(clock).next_at) == (1, rota.at + DAY)
    assert catch_up(rota) == []


def test_who_is_archived_earns_nothing(staffed: Rota) -> None:
    """A nation on leave does."""
    rota = staffed
    led(rota)
    earn(rota)
    rota.do(CreateNation(name="Utah", gdp=1_200, population=1, tax_bp=10_000), ADMIN)
    rota.do(ArchiveNation(nation_id=3), ADMIN)
    rota.do(SendOnLeave(nation_id=DAKOTA), ADMIN)
    turn(rota)
    assert [treasury for treasury, _ in figures(rota)] == [9 * BILLION + 600, 60, 0]
