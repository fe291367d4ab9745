"""When the machine's clock is believed: whatever it is set to, whoever confirms or contradicts it."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.clock.belief import STARTING_SECONDS, DoubtReason, Past
from modelus_bot.clock.clock import Clock
from modelus_bot.clock.memory import Memory
from modelus_bot.config import ClockSettings

HOUR, DAY, YEAR = 3600.0, 86_400.0, 31_557_600.0
LIMITS = ClockSettings()
STEADY = LIMITS.steady_minutes * 60
START = 1_800_000_000.0


@dataclass
class Machine:
    """A machine whose clock can be set; ``passed`` are seconds since it was started."""

    wall: float = START
    passed: float = 1000.0
    boot: str = "first"
    kept: Past | None = None
    saved: list[Past] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.passed += seconds

    def clock(self) -> Clock:
        """Return what a program that is started now has."""
        return Clock(
            _Memory(self), LIMITS, wall=lambda: self.wall, steady=lambda: self.passed, boot=self.boot
        )

    def restarted(self, away: float, shown: float) -> Clock:
        """Start the machine anew after ``away`` seconds, with ``shown`` seconds passed on its clock."""
        self.wall, self.passed, self.boot = self.wall + shown, 5.0, self.boot + "'"
        del away
        return self.clock()


class _Memory(Memory):
    """Keeps what is remembered in the machine instead of a file."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def load(self) -> Past | None:
        """Return what was kept."""
        return self._machine.kept

    def save(self, past: Past) -> None:
        """Keep it."""
        self._machine.kept = past
        self._machine.saved.append(past)


def test_a_clock_that_goes_evenly_is_believed() -> None:
    """Hours, suspended nights and small corrections raise no doubt."""
    machine = Machine()
    clock = machine.clock()
    for _ in range(1000):
        machine.wait(HOUR)
        machine.wall += 20.0
        assert clock.believable
    assert not clock.news


def test_a_jump_is_noticed_by_the_next_question_and_forgotten_when_put_right() -> None:
    """Nothing is old while it is doubted; put right, it is believed at once, and its jump is nothing."""
    machine = Machine()
    clock = machine.clock()
    stamp = machine.wall
    machine.wait(10.0)
    machine.wall += YEAR
    assert not clock.older(stamp, 1.0)
    assert clock.cutoff(1.0) is None
    assert not clock.ready
    machine.wait(60.0)
    machine.wall -= YEAR
    assert clock.believable
    assert clock.age(stamp) == 70.0
    assert clock.older(stamp, 60.0)
    assert [news.over for news in clock.news] == [False, True]


def test_a_jump_that_stays_is_believed_but_makes_nothing_older() -> None:
    """After the configured while it is right; what was saved before is as old as it really is."""
    machine = Machine()
    clock = machine.clock()
    stamp = machine.wall
    machine.wait(100.0)
    machine.wall += YEAR
    clock.look()
    machine.wait(STEADY - 1)
    assert not clock.believable
    machine.wait(1.0)
    assert clock.believable
    assert not clock.confirmed
    assert clock.age(stamp) == 100.0 + STEADY
    assert clock.age(machine.wall - 5.0) == 5.0
    cutoff = clock.cutoff(HOUR)
    assert cutoff is not None
    assert stamp < cutoff


def test_one_hour_back() -> None:
    """It is doubted; what was made before is of the future, and no older than nothing."""
    machine = Machine()
    clock = machine.clock()
    stamp = machine.wall
    machine.wall -= HOUR
    assert clock.doubt is not None
    assert clock.doubt.why is DoubtReason.BEHIND
    assert clock.age(stamp) == 0.0
    before = clock.steady()
    machine.wait(7.0)
    assert clock.steady() - before == 7.0


def test_discord_ends_a_doubt_or_begins_one() -> None:
    """Its time counts for more than waiting: it confirms a jump, and a contradiction never expires."""
    machine = Machine()
    clock = machine.clock()
    machine.wall += 3 * DAY
    assert not clock.believable
    clock.told(machine.wall - 1.0)
    assert clock.confirmed
    clock.told(machine.wall - 2 * HOUR)
    assert clock.doubt is not None
    assert clock.doubt.why is DoubtReason.CONTRADICTED
    machine.wait(10 * STEADY)
    assert not clock.believable
    machine.wall -= 2 * HOUR
    assert clock.confirmed


def test_an_administrator_ends_a_contradiction_also_for_later_starts() -> None:
    """The same difference is not held against the clock again; another one is."""
    machine = Machine()
    clock = machine.clock()
    clock.told(machine.wall - HOUR)
    clock.trust()
    clock.told(machine.wall - HOUR)
    assert clock.confirmed
    clock.remember()
    clock = machine.clock()
    clock.told(machine.wall - HOUR)
    assert clock.believable
    clock.told(machine.wall - DAY)
    assert not clock.believable


def test_a_program_started_anew_knows_how_much_has_passed() -> None:
    """Within one start of the machine the clock cannot move unnoticed while the program was away."""
    for moved, believed in ((0.0, True), (YEAR, False), (-HOUR, False)):
        machine = Machine()
        machine.clock().remember()
        machine.wait(10 * DAY)
        machine.wall += moved
        assert machine.clock().believable is believed


def test_a_machine_started_anew() -> None:
    """Less than before is doubted, long absence, too; otherwise somebody has a minute to confirm it."""
    for shown, why in (
        (-HOUR, DoubtReason.BEHIND),
        (30 * DAY, DoubtReason.ABSENT),
        (60.0, DoubtReason.STARTING),
    ):
        machine = Machine()
        machine.clock().remember()
        clock = machine.restarted(60.0, shown)
        assert clock.doubt is not None
        assert clock.doubt.why is why
        machine.wait(STARTING_SECONDS)
        assert clock.believable is (why is DoubtReason.STARTING)


def test_an_absence_that_is_confirmed_has_passed() -> None:
    """What was saved thirty days ago is that old when Discord says so, and not when nobody does."""
    for confirmed in (True, False):
        machine = Machine()
        machine.clock().remember()
        stamp = machine.wall
        clock = machine.restarted(30 * DAY, 30 * DAY)
        assert not clock.older(stamp, DAY)
        if confirmed:
            clock.told(machine.wall)
        else:
            machine.wait(STEADY)
        assert clock.older(stamp, DAY) is confirmed


def test_times_of_files_stand_in_for_what_was_not_remembered() -> None:
    """A clock behind what has been written is doubted at the first start of this version, too."""
    machine = Machine(kept=Past(START + DAY))
    assert not machine.clock().believable
    machine = Machine(kept=Past(START - HOUR))
    clock = machine.clock()
    assert clock.believable
    clock.found(START + DAY)
    assert not clock.believable


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, float]]:
    """Return what happens to a clock: time passes, it is set, the program is started anew."""
    return draw(
        st.lists(
            st.one_of(
                st.tuples(st.just("wait"), st.floats(1, 3 * DAY)),
                st.tuples(st.just("set"), st.floats(-2 * YEAR, 2 * YEAR)),
                st.tuples(st.just("again"), st.just(0.0)),
                st.tuples(st.just("hour"), st.just(STEADY)),
                st.tuples(st.just("trust"), st.just(0.0)),
            ),
            max_size=12,
        )
    )


@given(history=histories(), limit=st.floats(60, 30 * DAY))
def test_nothing_is_ever_taken_for_older_than_it_is(history: list[tuple[str, float]], limit: float) -> None:
    """Whatever the clock is set to, and whoever trusts it: what is younger than a limit is not beyond."""
    machine = Machine()
    clock = machine.clock()
    stamps: list[tuple[float, float]] = []
    for what, seconds in history:
        if what in {"wait", "hour"}:
            machine.wait(seconds)
        elif what == "set":
            machine.wall = max(0.0, machine.wall + seconds)
        elif what == "trust":
            clock.trust()
        else:
            clock.remember()
            clock = machine.clock()
        cutoff = clock.cutoff(limit)
        slack = (LIMITS.jump_seconds + 1) * (1 + len(history))
        for stamp, passed in stamps:
            if clock.older(stamp, limit) or (cutoff is not None and stamp < cutoff):
                assert machine.passed - passed > limit - slack
        stamps.append((machine.wall, machine.passed))
