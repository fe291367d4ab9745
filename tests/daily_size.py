"""What is tried at full size only (``make test-full``): where to look when every day's run takes too long.

Each stands for others of its kind that are tried every day.
"""

from __future__ import annotations

import os

import pytest

__all__ = ["FULL", "ONLY_AT_FULL_SIZE", "for_today"]

FULL = os.environ.get("MODELUS_TEST_FULL") == "1"

ONLY_AT_FULL_SIZE = (
    "tests/database/recovery/test_by_hand.py::test_after_a_power_cut_nobody_says_that_nothing_was_lost",
    "tests/faults/test_archive_bucket.py",
    "tests/faults/test_archive_files.py::test_swap_between_stop_and_start",
    "tests/faults/test_away.py::test_everybody_is_answered_and_every_change_is_made_once[disk_full-False]",
    "tests/faults/test_backup_faults.py::test_every_damage_to_a_copy_is_found",
    "tests/faults/test_clock.py::test_a_clock_that_is_set_while_the_bot_runs",
    "tests/faults/test_short_machine.py::test_no_memory",
    "tests/loop/test_loop.py::test_no_event_holds_the_loop[saved changes replayed]",
    "tests/page/test_sandbox_page.py::test_a_restore_is_asked_by_direct_message_only",
    "tests/page/test_sandbox_page.py::test_closing_in_order",
    "tests/page/test_sandbox_page.py::test_commands_answer_after_a_restore",
    "tests/page/test_sandbox_page.py::test_moments_are_counted_from_now",
    "tests/page/test_sandbox_page.py::test_notice_arrives_in_direct_messages",
    "tests/page/test_sandbox_page.py::test_other_names_of_this_machine",
    "tests/page/test_sandbox_page.py::test_the_chosen_person_stays_and_lists_open_at_once",
    "tests/subjects/tasks/test_daily_check.py::test_a_year_with_the_bot_away_at_random",
    "tests/test_ways.py::test_as_a_user_without_a_home",
    "tests/test_ways.py::test_with_uvloop",
    "tests/wire/test_feed.py",
    "tests/wire/test_counting.py",
    "tests/wire/test_payloads.py",
    "tests/wire/test_places.py",
    "tests/wire/test_reminders.py",
    "tests/wire/test_restore_question.py",
    "tests/wire/test_weekly_post.py",
    "tests/wire/test_wrong_clock.py",
)
"""Beginnings of the names of tests."""


def for_today(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Return the tests to run and those to leave out, unless everything is to be run."""
    if FULL:
        return items, []
    left_out = [item for item in items if item.nodeid.startswith(ONLY_AT_FULL_SIZE)]
    return [item for item in items if not item.nodeid.startswith(ONLY_AT_FULL_SIZE)], left_out
