"""Feature: nations: what always holds of figures, rankings, waits, undoing and names."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from functools import cache
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.operation import Write
from modelus_bot.domain.refusals import InvalidInput, Refusal
from modelus_bot.subjects.nations.model import Metric, NationChange, RankMetric
from modelus_bot.subjects.nations.queries.lookup import nation_called
from modelus_bot.subjects.nations.queries.ranking import ranking
from modelus_bot.subjects.nations.queries.records import nation
from modelus_bot.subjects.nations.queries.undoable import undoable_changes
from modelus_bot.subjects.nations.rules.figures import EDITABLE, FIGURES, parsed, percent_change, shown
from modelus_bot.subjects.nations.rules.waiting import WAITS, Waiting, ready_at
from modelus_bot.subjects.nations.writes.aliases import AddAlias
from modelus_bot.subjects.nations.writes.cities import AddCity
from modelus_bot.subjects.nations.writes.editing import EditableMetric, EditNation, UndoChange
from modelus_bot.subjects.nations.writes.leading import SetTax
from modelus_bot.subjects.nations.writes.naming import RenameNation
from modelus_bot.subjects.wars.queries import war_sheet
from modelus_bot.subjects.wars.writes import StartWar
from tests.daily_size import FULL
from tests.subjects.laws.law_cases import write_law
from tests.subjects.nations.nation_cases import DAKOTA, TEXAS, president
from tests.subjects.rota import ADA, ADMIN, BEN, Rota, copied, instant, made, staff

EXAMPLES = 2000 if FULL else 100
ZONES = ("America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "UTC")
HANDOVERS = [
    instant(day, clock) + seconds
    for day in (date(2026, 3, 8), date(2026, 11, 1))
    for clock in ("01:59", "03:00")
    for seconds in (-WAITS["tax"], 0)
]
"""Around the nights in which the clocks of New York change."""
STATE = (
    "SELECT gdp, population, stability_bp, tax_bp, ground, naval, air, budget, gdp_per_capita FROM nations"
)


def fill(rota: Rota) -> None:
    """Enter people, two nations, and Ada as president of the first."""
    staff(rota)
    president(rota)


@cache
def prepared() -> bytes:
    """Return a file with that."""
    return made(fill)


def tried(rota: Rota, write: Write[NationChange], *allowed: str) -> tuple[int, ...]:
    """Do something as an administrator and return its changes' numbers; ``allowed`` refusals are none."""
    try:
        return rota.do(write, ADMIN).history
    except Refusal as refusal:
        if refusal.rule not in allowed:
            raise
        return ()


def is_undoable(rota: Rota, number: int) -> bool:
    """Say whether a change could be undone now."""
    try:
        rota.preview(UndoChange(history_id=number), ADMIN)
    except Refusal:
        return False
    return True


def values(metric: Metric) -> st.SearchStrategy[int]:
    """Draw what a figure may be, often at the ends of its range."""
    figure = FIGURES[metric]
    ends = [figure.least, figure.least + 1, figure.most - 1, figure.most]
    return st.sampled_from(ends) | st.integers(figure.least, figure.most)


def test_formulas_hold_at_the_ends_of_every_range() -> None:
    """Budget, dollars a head and changes are exact in Python and in SQL, whatever the figures are."""
    with copied(prepared()) as rota:

        @settings(max_examples=EXAMPLES, deadline=None)
        @given(gdp=values("gdp"), people=values("population"), tax=values("tax_bp"))
        def hold(gdp: int, people: int, tax: int) -> None:
            sql = "UPDATE nations SET gdp = ?, population = ?, tax_bp = ? WHERE id = 1"
            rota.connection.execute(sql, (gdp, people, tax))
            seen = rota.ask(nation, TEXAS)
            assert seen is not None
            columns = rota.rows("SELECT budget, gdp_per_capita FROM nations WHERE id = 1")
            assert columns == [(seen.budget, seen.gdp_per_capita)]
            assert seen.budget == int(Decimal(gdp) * tax / 10_000)
            assert seen.gdp_per_capita == (int(Decimal(gdp) / people) if people else None)

        hold()


@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data(), metric=st.sampled_from(EDITABLE))
def test_what_is_typed_is_kept_exactly(data: st.DataObject, metric: Metric) -> None:
    """Any figure can be typed to its last place; one place more is refused and never rounded."""
    value = data.draw(values(metric))
    figure = FIGURES[metric]
    written = f"{Decimal(value) / figure.unit:f}"
    assert parsed(metric, written) == value
    grouped = f"{Decimal(value) / figure.unit:,f}"
    assert parsed(metric, grouped) == value
    finer = f"{Decimal(value) / figure.unit + Decimal(1) / (10 * figure.unit):f}"
    with pytest.raises(InvalidInput):
        parsed(metric, finer)
    assert shown(metric, value)


@settings(max_examples=EXAMPLES, deadline=None)
@given(old=values("gdp"), new=values("gdp"))
def test_changes_in_percent(old: int, new: int) -> None:
    """(new - old) / old, and nothing where there was nothing."""
    change = percent_change(old, new)
    assert (change is None) == (old == 0)
    if change is not None:
        assert abs(change * old - Decimal(new - old) * 100) <= Decimal(old) / 10**12


def test_rankings_are_in_order_and_pages_fit_together() -> None:
    """By each figure: falling, equal ones on one place by number, pages as one list, own place right."""
    with copied(prepared()) as rota:

        @settings(max_examples=EXAMPLES, deadline=None)
        @given(seed=st.integers(0, 2**32), by=st.sampled_from(get_args(RankMetric)))
        def hold(seed: int, by: RankMetric) -> None:
            dice = random.Random(seed)
            rota.connection.execute("BEGIN")
            rota.connection.execute("DELETE FROM nations WHERE id > 2")
            for number in range(3, 15):
                row = [number, f"N{number}", *(dice.randint(0, 3) for _ in range(7))]
                rota.connection.execute(
                    "INSERT INTO nations(id, name, gdp, population, stability_bp, tax_bp, ground, naval, air,"
                    " status, created_at, updated_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
                    [*row, dice.choice(["active", "active", "leave", "archived"])],
                )
            whole = rota.ask(ranking, by, ADA, 50)
            pages = [rota.ask(ranking, by, ADA, 4, skip) for skip in range(0, 16, 4)]
            rota.connection.execute("ROLLBACK")
            assert whole.places == tuple(place for page in pages for place in page.places)
            assert whole.count == len(whole.places)
            order = [(-1 if item.value is None else item.value, -item.nation_id) for item in whole.places]
            assert order == sorted(order, reverse=True)
            for item in whole.places:
                better = [one for one, _ in order if one > (-1 if item.value is None else item.value)]
                assert item.place == len(better) + 1
            assert whole.own == next(item for item in whole.places if item.nation_id == TEXAS)

        hold()


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    command=st.sampled_from(get_args(Waiting)), at=st.integers(0, 2**40), later=st.integers(-(10**8), 10**8)
)
def test_waits_go_by_the_clock(command: Waiting, at: int, later: int) -> None:
    """A wait lasts its seconds, no more and no less; none that a wrong clock began holds anybody up."""
    until = at + WAITS[command]
    ready = ready_at(until, at + later, command)
    assert ready == (until if 0 <= later < WAITS[command] else None)


def test_undoing_in_reverse_restores_the_exact_state() -> None:
    """Whatever was changed and undone between: backwards, each can be undone, and nothing is left.

    What is suggested on the way is what can be undone, no more and no less.
    """

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(seed=st.integers(0, 2**32), count=st.integers(1, 12))
    def hold(seed: int, count: int) -> None:
        dice = random.Random(seed)
        with copied(prepared()) as rota:
            begun = rota.rows(STATE)
            stack: list[int] = []
            for _ in range(count):
                metrics: list[EditableMetric] = ["gdp", "tax_bp", "ground"]
                metric = dice.choice(metrics)
                nation_id = dice.choice([TEXAS, DAKOTA])
                value = dice.randint(0, 100)
                edit = EditNation(nation_id=nation_id, metric=metric, mode="set", value=value)
                stack += tried(rota, edit, "nation.unchanged")
                if stack and dice.random() < 0.4:
                    undo = UndoChange(history_id=dice.choice(stack))
                    stack += tried(rota, undo, "undo.depends", "undo.undone")
            suggested = {entry.id for _, entry in rota.ask(undoable_changes, "").newest}
            assert suggested == {number for number in stack if is_undoable(rota, number)}
            for number in reversed(stack):
                tried(rota, UndoChange(history_id=number), "undo.undone")
            assert rota.rows(STATE) == begun
            rota.check()

    hold()


def refer(rota: Rota) -> None:
    """Enter whatever refers to a nation: offices, a city, a law, a war, an alias, changes, a wait."""
    fill(rota)
    rota.do(AddCity(name="Austin"), ADA)
    rota.do(SetTax(tax_bp=1), ADA)
    write_law(rota, "Water Act")
    rota.do(StartWar(name="War", side_a=(TEXAS,), side_b=(DAKOTA,), on=date(2026, 1, 5)), ADMIN)
    rota.do(AddAlias(nation_id=TEXAS, name="Lone Star"), ADMIN)


@cache
def referred() -> bytes:
    """Return a file with that."""
    return made(refer)


REFERRING = (
    "nation_offices", "nation_cities", "nation_history", "cooldowns", "laws", "law_revisions", "wars",
    "war_sides", "war_events",
)  # fmt: skip


def test_new_names_break_no_reference() -> None:
    """Whatever it is called, everything of a nation stays with it, and every name it had finds it."""

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(names=st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=8))
    def hold(names: list[str]) -> None:
        with copied(referred()) as rota:
            before = [rota.rows(f"SELECT * FROM {table}") for table in REFERRING]
            had = {"Texas", "Lone Star"}
            for name in names:
                tried(rota, RenameNation(name=f"Land {name}", nation_id=TEXAS), "nation.unchanged")
                had.add(f"Land {name}")
            assert [rota.rows(f"SELECT * FROM {table}") for table in REFERRING] == before
            assert {rota.ask(nation_called, name.upper()) for name in had} == {TEXAS}
            assert rota.value("SELECT count(*) FROM nation_names") == len(had) - 1
            assert rota.ask(war_sheet, 1).sides[0].nation == f"Land {names[-1]}"
            rota.check()

    hold()


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    at=st.sampled_from(HANDOVERS) | st.integers(instant(date(2020, 1, 1)), instant(date(2030, 1, 1))),
    after=st.sampled_from([0, WAITS["tax"] - 1, WAITS["tax"]]) | st.integers(0, 3 * WAITS["tax"]),
    zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)),
)
def test_a_tax_is_set_again_after_seven_days_wherever_one_is(
    at: int, after: int, zones: tuple[str, str]
) -> None:
    """By seconds that have passed: a night in which the clocks change lasts as long as any other."""
    with copied(prepared()) as rota:
        rota.at = at
        rota.do(SetTax(tax_bp=1), ADA, zone=zones[0])
        rota.at += after
        again = SetTax(tax_bp=2)
        if after >= WAITS["tax"]:
            rota.do(again, BEN, zone=zones[1])
            return
        with pytest.raises(InvalidInput, match=f"<t:{at + WAITS['tax']}:R>"):
            rota.do(again, BEN, zone=zones[1])
