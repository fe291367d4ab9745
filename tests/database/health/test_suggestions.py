"""Suggestions: each from its measured problem, and only for settings that exist."""

from __future__ import annotations

import re
from typing import Any

import pytest

from modelus_bot.config.keys import keys
from modelus_bot.database.health.incidents import Incident
from modelus_bot.database.health.suggestions import setting_suggestions
from tests.database.health.overviews import HEALTHY, MEGABYTE, overview, slow

PROBLEMS: list[tuple[dict[str, Any], str, str]] = [
    ({"reader_waits": slow(150)}, "snapshot.hot_reads", "waits 150 ms"),
    ({"too_late_reads": 7}, "database.read_deadline", "7 queries were given up"),
    ({"too_late_reports": 7}, "database.long_read_deadline", "7 long queries"),
    ({"too_late_writes": 7}, "database.write_deadline", "7 changes were given up"),
    ({"retries": 120}, "database.busy_slice", "120 of 1000 changes"),
    ({"writes": slow(80)}, "database.synchronous", "half of the changes take 80 ms"),
    ({"queue_depth": 1200}, "database.group_limit", "1200 of 2000 places"),
    ({"slow": (("AddSprint", 150), ("Handoff", 30))}, "database.slow_operation", "180 of 2000 operations"),
    ({"free_bytes": 20 * MEGABYTE}, "backup.keep_daily", "less than 3 times"),
    ({"incidents": (Incident("file_size", 0, 0, 1),)}, "health.file_limit_megabytes", "reached its limit"),
]


def test_a_healthy_database_needs_no_advice() -> None:
    """Nor does one that has hardly been used."""
    assert setting_suggestions(HEALTHY) == ()
    assert (
        setting_suggestions(
            overview(writes=slow(900, 3), reader_waits=slow(900, 3), write_count=3, retries=2)
        )
        == ()
    )


@pytest.mark.parametrize(("figures", "setting", "words"), PROBLEMS, ids=[item[1] for item in PROBLEMS])
def test_a_measured_problem_makes_one_suggestion(figures: dict[str, Any], setting: str, words: str) -> None:
    """It names the setting and the measured figure."""
    (said,) = setting_suggestions(overview(**figures))
    assert f"`{setting}`" in said
    assert words in said


def test_suggestions_name_settings_that_exist() -> None:
    """Whoever follows one finds the setting."""
    everything = overview(**{name: value for figures, _, _ in PROBLEMS for name, value in figures.items()})
    said = setting_suggestions(everything)
    assert len(said) == len(PROBLEMS)
    named = {name for item in said for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", item)}
    assert named
    assert named <= set(keys())
