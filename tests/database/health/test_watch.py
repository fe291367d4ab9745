"""Each signal: when it is raised, what people read, and that it follows edited settings."""

from __future__ import annotations

from typing import Any

import pytest

from modelus_bot.config import HealthSettings
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.health.alert_rules import SIGNALS, thresholds
from modelus_bot.database.health.environment import Environment
from modelus_bot.database.health.messages import amount, duration, what_works
from modelus_bot.database.health.overview import Overview
from modelus_bot.database.health.watch import HealthWatch
from tests.database.health.overviews import HEALTHY, MEGABYTE, overview, slow

NOW = 1_000_000.0
SETTINGS = HealthSettings()
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "errors": ({"failed_lately": 200}, "The database fails 10 % of what it is asked for."),
    "slow_reads": ({"reads": slow(750)}, "one query in a hundred takes 750 ms or longer"),
    "slow_writes": ({"writes": slow(12_000)}, "one change in a hundred takes 12 s or longer"),
    "reader_waits": ({"reader_waits": slow(750)}, "Queries wait for their turn"),
    "queue": ({"queue_depth": 1500}, "75 % of the places in the queue are taken"),
    "wal_size": ({"wal_bytes": 100 * MEGABYTE}, "has grown to 100 MB"),
    "file_size": ({"file_bytes": 3000 * MEGABYTE}, "has grown to 3000 MB, which is near its limit"),
    "free_space": ({"free_bytes": 100 * MEGABYTE}, "Only 100 MB are free"),
    "backup_age": (
        {"surroundings": Environment(backups_from=NOW - 5 * 3600)},
        "no new verified copy of the database for 5 hours",
    ),
    "drill_age": ({"surroundings": Environment(drills_from=NOW - 3 * 86_400)}, "For 3 days nobody has"),
    "gateway": ({"surroundings": Environment(gateway=4.0)}, "Discord takes 4000 ms to answer"),
    "loop_delay": ({"loop_delay": slow(400)}, "it goes on 400 ms late"),
}


def held(watch: HealthWatch, seen: Overview, seconds: float, start: float = NOW) -> list[Any]:
    """Look every five seconds for so long; return what was told."""
    told = []
    for step in range(int(seconds / 5) + 1):
        told += watch.look(seen, start + 5 * step)
    return told


def test_every_signal_has_a_case() -> None:
    """A new signal needs a row in the table above."""
    assert {signal.name for signal in SIGNALS} == set(BAD)


@pytest.mark.parametrize("name", sorted(BAD))
def test_what_lasts_is_told_once_with_what_to_do_and_when_it_is_over(name: str) -> None:
    """After the hold time, one alert; after it and the quiet time, that it is over."""
    figures, words = BAD[name]
    watch = HealthWatch(SETTINGS)
    told = held(watch, overview(**figures), 1200)
    assert [item.kind for item in told] == [f"health_{name}_begun"]
    assert words in told[0].text
    assert told[0].severity in {"warning", "critical"}
    assert "You are told when it " in told[0].text
    assert [incident.name for incident in watch.incidents] == [name]
    assert watch.raised(name)

    told = held(watch, HEALTHY, 600 + 120, NOW + 1205)
    assert [item.kind for item in told] == [f"health_{name}_over"]
    assert told[0].severity == "info"
    assert "It lasted " in told[0].text
    assert watch.incidents == ()


def test_a_healthy_database_raises_nothing() -> None:
    """Nor does one of which little is known."""
    assert held(HealthWatch(SETTINGS), HEALTHY, 300) == []
    unknown = overview(file_bytes=None, wal_bytes=None, free_bytes=None, surroundings=Environment())
    assert held(HealthWatch(SETTINGS), unknown, 300) == []


def test_a_short_spell_is_not_told() -> None:
    """What is over before the hold time never was an incident."""
    watch = HealthWatch(SETTINGS)
    bad = overview(reads=slow(750))
    for start in range(0, 3600, 90):
        assert held(watch, bad, 50, NOW + start) == []
        assert held(watch, HEALTHY, 30, NOW + start + 55) == []


def test_few_operations_prove_little() -> None:
    """One slow or failed operation among a handful is no incident."""
    watch = HealthWatch(SETTINGS)
    assert held(watch, overview(writes=slow(5000, 3), operations_lately=3, failed_lately=1), 300) == []


def test_levels_are_edited_while_it_watches() -> None:
    """A higher level ends what was raised, a level of 0 stops looking where it may."""
    watch = HealthWatch(SETTINGS)
    bad = overview(file_bytes=3000 * MEGABYTE, reads=slow(750))
    assert len(held(watch, bad, 120)) == 2
    edited = {"file_limit_megabytes": 0, "read_milliseconds": 2000.0}
    watch.apply(SETTINGS.model_copy(update=edited))
    assert [incident.name for incident in watch.incidents] == ["slow_reads"]
    told = held(watch, bad, 720, NOW + 125)
    assert [item.kind for item in told] == ["health_slow_reads_over"]


def test_clear_levels_lie_on_the_better_side() -> None:
    """For every signal, whichever way is worse."""
    for signal in SIGNALS:
        threshold = thresholds(SETTINGS)[signal.name]
        assert threshold.high is signal.high
        assert threshold.well(threshold.clear_at)
        assert not threshold.well(threshold.raise_at)


def test_reminders_say_how_long_it_has_lasted() -> None:
    """After an hour it is said again, with the present value."""
    watch = HealthWatch(SETTINGS)
    told = held(watch, overview(**BAD["errors"][0]), 3800)
    assert [item.kind for item in told] == ["health_errors_begun", "health_errors_lasting"]
    assert told[1].text.startswith("For 1 hour now: The database fails 10 %")


def test_modes_are_told_with_reason_and_what_works() -> None:
    """Read-only, unusable and back, each with what people can do."""
    watch = HealthWatch(SETTINGS)
    told = watch.modes([(Mode.READ_ONLY, NOW)], "The disk is full.", 3)
    told += watch.modes([(Mode.DEGRADED, NOW + 60)], "The file is gone.", None)
    told += watch.modes([(Mode.NORMAL, NOW + 300)], None, 3)
    assert [(item.kind, item.severity) for item in told] == [
        ("mode_read_only", "warning"),
        ("mode_degraded", "critical"),
        ("mode_normal", "info"),
    ]
    assert told[0].text == (
        "The database can be read, but nothing can be saved in it. The disk is full. Everything can be"
        " looked up. Changes that can wait are kept and made later, others are refused."
    )
    assert told[1].text == (
        "The database cannot be used. The file is gone. Commands that do not need it go on."
        " Changes are refused. It is tried again by itself."
    )
    assert told[2].text == ("The database works. It did not for 5 minutes. 3 kept changes are being made.")


def test_a_long_outage_and_one_that_settled_are_told_in_words() -> None:
    """Reminders say since when; a settled one how often it changed."""
    watch = HealthWatch(SETTINGS)
    watch.modes([(Mode.DEGRADED, NOW)], None, None)
    (reminder,) = watch.modes([(Mode.DEGRADED, NOW + 3601)], "The file is gone.", None)
    assert reminder.text.startswith("For 1 hour now: The database cannot be used. The file is gone.")
    watch.modes([(Mode.NORMAL, NOW + 3700), (Mode.DEGRADED, NOW + 3710)], None, None)
    (settled,) = watch.modes([(Mode.NORMAL, NOW + 3720), (Mode.NORMAL, NOW + 4400)], None, None)
    assert settled.text.startswith("The database has settled after 3 changes in ")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (4.25, "%", "4.2 %"),
        (5.0, "%", "5 %"),
        (63.7, "%", "64 %"),
        (812.4, "ms", "812 ms"),
        (30_000.0, "ms", "30 s"),
        (64.0, "MB", "64 MB"),
        (3.0, "hours", "3 hours"),
    ],
)
def test_amounts_are_read_easily(value: float, unit: str, words: str) -> None:
    """No more digits than mean something."""
    assert amount(value, unit) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (150, "2 minutes"),
        (3600, "1 hour"),
        (7100, "2 hours"),
        (86_400, "24 hours"),
        (300_000, "3 days"),
    ],
)
def test_durations_are_in_their_largest_sensible_unit(seconds: float, words: str) -> None:
    """Whole numbers, one unit."""
    assert duration(seconds) == words


def test_what_works_is_said_for_every_mode() -> None:
    """With and without a place for changes that can wait."""
    assert len({what_works(mode, kept) for mode in Mode for kept in (None, 2)}) == 6
