"""What is told about the mode, over any sequence of changes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.health.incidents import AlertPace
from modelus_bot.database.health.modes import ModeNews, ModeWatch, Said, watched

NORMAL, READ_ONLY, DEGRADED = Mode.NORMAL, Mode.READ_ONLY, Mode.DEGRADED
PACE = AlertPace(quiet=600.0, remind=3600.0)
HOUR = 3600.0


def followed(seen: list[tuple[float, Mode]]) -> list[tuple[float, ModeNews]]:
    """Return what is told when the mode is looked at at these moments."""
    watch = ModeWatch()
    told = []
    for at, mode in seen:
        watch, news = watched(watch, mode, at, PACE)
        if news is not None:
            told.append((at, news))
    return told


def words(told: list[tuple[float, ModeNews]]) -> list[tuple[float, Said, Mode]]:
    """Return moment, kind and mode of what was told."""
    return [(at, news.said, news.mode) for at, news in told]


def every_second(*parts: tuple[float, Mode]) -> list[tuple[float, Mode]]:
    """Return a look a second, through parts of (seconds, mode)."""
    seen, at = [], 0.0
    for seconds, mode in parts:
        end = at + seconds
        while at < end:
            seen.append((at, mode))
            at += 1.0
    return seen


def test_an_outage_is_told_once_and_its_end_at_once() -> None:
    """Each change is told the moment it is seen."""
    told = followed(every_second((10, NORMAL), (30, READ_ONLY), (2000, NORMAL)))
    assert words(told) == [(10, Said.CHANGED, READ_ONLY), (40, Said.CHANGED, NORMAL)]


def test_an_outage_that_gets_worse_and_better_is_told_step_by_step() -> None:
    """Three modes, three alerts."""
    told = followed(every_second((10, NORMAL), (30, READ_ONLY), (30, DEGRADED), (2000, NORMAL)))
    assert words(told) == [
        (10, Said.CHANGED, READ_ONLY),
        (40, Said.CHANGED, DEGRADED),
        (70, Said.CHANGED, NORMAL),
    ]


def test_an_hour_of_flapping_makes_four_alerts() -> None:
    """Gone, back, then that it keeps changing, then where it settled; nothing for the changes between."""
    parts = [(10.0, READ_ONLY if number % 2 else NORMAL) for number in range(1, 361)]
    told = followed(every_second(*parts, (2000, NORMAL)))
    assert words(told) == [
        (0, Said.CHANGED, READ_ONLY),
        (10, Said.CHANGED, NORMAL),
        (20, Said.FLAPPING, READ_ONLY),
        (3590 + 600, Said.SETTLED, NORMAL),
    ]
    assert told[-1][1].changes == 360


def test_a_worse_mode_is_told_even_while_it_flaps() -> None:
    """That nothing works any more is worth an alert of its own, once."""
    parts = [(10.0, READ_ONLY if number % 2 else NORMAL) for number in range(1, 21)]
    worse = [(10.0, DEGRADED if number % 2 else NORMAL) for number in range(1, 21)]
    told = followed(every_second(*parts, *worse, (700, DEGRADED)))
    assert words(told) == [
        (0, Said.CHANGED, READ_ONLY),
        (10, Said.CHANGED, NORMAL),
        (20, Said.FLAPPING, READ_ONLY),
        (200, Said.CHANGED, DEGRADED),
        (1000, Said.SETTLED, DEGRADED),
    ]


def test_a_long_outage_is_reminded_of_with_growing_pauses() -> None:
    """After one, three and seven hours; its end is told at once."""
    told = followed([(float(at), DEGRADED) for at in range(0, 36_000, 60)] + [(36_000.0, NORMAL)])
    assert words(told) == [
        (0, Said.CHANGED, DEGRADED),
        (HOUR, Said.LASTING, DEGRADED),
        (3 * HOUR, Said.LASTING, DEGRADED),
        (7 * HOUR, Said.LASTING, DEGRADED),
        (36_000, Said.CHANGED, NORMAL),
    ]
    assert told[-1][1].since == 0


def test_two_outages_far_apart_are_two() -> None:
    """After the quiet time a new one is told like the first."""
    told = followed(every_second((30, READ_ONLY), (700, NORMAL), (30, READ_ONLY), (700, NORMAL)))
    assert [news.said for _, news in told] == [Said.CHANGED] * 4


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0.5, 900), st.sampled_from(Mode)), max_size=120))
def test_alerts_are_few_however_it_flaps_and_the_last_one_is_true(steps: list[tuple[float, Mode]]) -> None:
    """An hour has a bounded number, and once it has been quiet people know the mode that it is."""
    at, seen = 0.0, []
    for pause, mode in steps:
        at += pause
        seen.append((at, mode))
    last = seen[-1][1] if seen else NORMAL
    seen += [(at + PACE.quiet, last), (at + PACE.quiet + 1, last)]
    told = followed(seen)
    for start, _ in told:
        assert sum(start <= moment < start + HOUR for moment, _ in told) <= 6 * (HOUR / PACE.quiet)
    assert (told[-1][1].mode if told else NORMAL) is last
    for (_, item), (_, other) in pairwise(told):
        assert not (
            item.said is Said.FLAPPING and other.said is Said.FLAPPING and item.changes == other.changes
        )
