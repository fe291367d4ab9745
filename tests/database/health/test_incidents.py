"""Hysteresis and incidents as pure decisions, over any sequence of values and times."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.health.incidents import AlertPace, Incident, IncidentNews, continued
from modelus_bot.database.health.thresholds import Level, Threshold, judged

HOUR = 3600.0
PACE = AlertPace(quiet=600.0, remind=HOUR)

VALUES = st.one_of(st.none(), st.floats(0, 200))
STEPS = st.lists(st.tuples(st.floats(0.1, 400), VALUES), max_size=150)
THRESHOLDS = st.builds(
    lambda low, gap, high, held, calm: Threshold(
        "any", *((low + gap, low) if high else (low, low + gap)), held, calm
    ),
    st.floats(1, 100),
    st.floats(1, 50),
    st.booleans(),
    st.sampled_from([0.0, 30.0, 60.0]),
    st.sampled_from([0.0, 30.0, 60.0]),
)


def followed(
    threshold: Threshold, steps: list[tuple[float, float | None]]
) -> list[tuple[float, IncidentNews, Level]]:
    """Return what is told over a sequence of (pause before it, value)."""
    at, level = 0.0, Level()
    incident: Incident | None = None
    told = []
    for pause, value in steps:
        at += pause
        level = judged(threshold, level, value, at)
        incident, news = continued(
            incident, name="any", raised=level.raised, value=value or 0.0, at=at, pace=PACE
        )
        if news is not None:
            told.append((at, news, level))
    return told


def test_levels_must_differ() -> None:
    """Without a gap between them there is no hysteresis."""
    with pytest.raises(ValueError, match="must differ"):
        Threshold("any", 5, 5)


@pytest.mark.parametrize(
    ("raise_at", "clear_at", "bad", "between", "good"), [(100, 80, 120, 90, 70), (10, 20, 5, 15, 25)]
)
def test_a_level_holds_between_the_two(
    raise_at: float, clear_at: float, bad: float, between: float, good: float
) -> None:
    """High values are worse, or low ones; what lies between changes nothing."""
    threshold = Threshold("any", raise_at, clear_at, for_seconds=60, clear_after=30)
    level = judged(threshold, Level(), bad, 0)
    assert not level.raised
    assert not judged(threshold, level, between, 30).raised
    assert not judged(threshold, judged(threshold, level, between, 30), bad, 60).raised, "it was interrupted"
    raised = judged(threshold, level, bad, 60)
    assert raised.raised
    assert judged(threshold, raised, between, 500).raised
    level = judged(threshold, raised, good, 510)
    assert level.raised
    assert judged(threshold, level, None, 520) == Level(raised=True)
    assert not judged(threshold, level, good, 540).raised


def test_a_clock_that_goes_back_begins_anew() -> None:
    """Nothing is raised early or kept back for ever when the machine's clock is set."""
    threshold = Threshold("any", 100, 80, for_seconds=60)
    level = judged(threshold, Level(), 120, 10_000)
    level = judged(threshold, level, 120, 100)
    assert level == Level(turning_since=100)
    assert judged(threshold, level, 120, 160).raised


@settings(max_examples=200, deadline=None)
@given(THRESHOLDS, STEPS)
def test_never_two_raises_without_a_clear_between(
    threshold: Threshold, steps: list[tuple[float, float | None]]
) -> None:
    """A raise comes only after enough bad values in a row, a clear only after enough good ones."""
    at, level = 0.0, Level()
    run = 0.0
    was_turning = False
    for pause, value in steps:
        at += pause
        turning = value is not None and (threshold.well if level.raised else threshold.beyond)(value)
        run = run + pause if turning and was_turning else 0.0
        after = judged(threshold, level, value, at)
        if after.raised is not level.raised:
            assert turning
            assert run >= (threshold.clear_after if level.raised else threshold.for_seconds) - 1e-6
            was_turning, run = False, 0.0
        else:
            was_turning = turning
        level = after


@settings(max_examples=200, deadline=None)
@given(THRESHOLDS, STEPS)
def test_alerts_of_one_incident_are_few_however_it_flaps(
    threshold: Threshold, steps: list[tuple[float, float | None]]
) -> None:
    """Beginnings and ends take turns, at least the quiet time lies before an end, and an hour has few."""
    told = followed(threshold, steps)
    begun_or_over = [news for _, news, _ in told if news is not IncidentNews.LASTING]
    assert begun_or_over == [IncidentNews.BEGUN, IncidentNews.OVER] * (len(begun_or_over) // 2) + [
        IncidentNews.BEGUN
    ] * (len(begun_or_over) % 2)
    last = 0.0
    for at, news, level in told:
        if news is IncidentNews.OVER:
            assert not level.raised
            assert at - last >= PACE.quiet
        else:
            assert level.raised
        last = at
    for start, _, _ in told:
        within = [news for at, news, _ in told if start <= at < start + HOUR]
        assert len(within) <= 2 * (HOUR / PACE.quiet) + 2


def test_what_comes_back_within_the_quiet_time_joins() -> None:
    """One begin and one end, with how often it came, and the end only after the quiet time."""
    incident, news = continued(None, name="any", raised=True, value=9, at=0, pace=PACE)
    assert news is IncidentNews.BEGUN
    said = []
    for at in range(30, 3000, 30):
        incident, news = continued(
            incident, name="any", raised=at % 60 == 0, value=9, at=float(at), pace=PACE
        )
        said.append(news)
    assert set(said) == {None}
    assert incident is not None
    assert incident.times == 50
    calm = incident.calm_since or 3000.0
    for wait in (1, 599):
        incident, news = continued(incident, name="any", raised=False, value=0, at=calm + wait, pace=PACE)
        assert news is None
    incident, news = continued(incident, name="any", raised=False, value=0, at=calm + 600, pace=PACE)
    assert (incident, news) == (None, IncidentNews.OVER)


def test_reminders_come_after_one_two_and_four_hours() -> None:
    """Each pause is twice the one before, up to a day."""
    incident: Incident | None = None
    told = []
    for minute in range(60 * 24 * 6):
        incident, news = continued(incident, name="any", raised=True, value=9, at=minute * 60.0, pace=PACE)
        if news is not None:
            told.append((minute / 60, news))
    assert told[:4] == [
        (0, IncidentNews.BEGUN),
        (1, IncidentNews.LASTING),
        (3, IncidentNews.LASTING),
        (7, IncidentNews.LASTING),
    ]
    assert [hour for hour, _ in told[4:]] == [15, 31, 55, 79, 103, 127]
