"""Runs the job that reads the main file inside the test's process, where no other process has it open."""

from __future__ import annotations

from typing import Any

from modelus_bot.database.checksums.comparison import compare_job
from modelus_bot.database.core.child_process import Report

__all__ = ["run_here"]


async def run_here(
    job: str, task: dict[str, Any], *, on_progress: Report | None, seconds: float | None
) -> dict[str, Any]:
    """Do what ``run_child`` does without the price of a process."""
    assert job == "page_checksums"
    assert seconds
    return compare_job(task, on_progress or (lambda _: None))
