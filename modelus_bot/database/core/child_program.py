"""The child's side of ``child_process``: steps back behind the bot, does one job, answers in JSON lines.

Imports next to nothing but the standard library, so that everything else is already loaded at low priority.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import sys
from typing import Any

from modelus_bot.runtime.os_errors import fault_of, in_words

__all__ = ["JOBS", "main"]

JOBS = {
    "check": "modelus_bot.database.integrity.check:check_job",
    "copy": "modelus_bot.database.backup.copy_job:copy_job",
    "first_fit": "modelus_bot.database.backup.selection:first_fit_job",
    "restore": "modelus_bot.database.backup.restore_job:restore_job",
    "verify": "modelus_bot.database.backup.verify_job:verify_job",
    "salvage": "modelus_bot.database.salvage.salvage:salvage_job",
    "recognise": "modelus_bot.database.integrity.recognition:recognise_job",
    "foreign_rows": "modelus_bot.database.integrity.foreign_rows:foreign_rows_job",
    "differences": "modelus_bot.database.recovery.differences:differences_job",
    "page_checksums": "modelus_bot.database.checksums.comparison:compare_job",
    "bars": "modelus_bot.ui.bars_drawing:bars_job",
    "chart": "modelus_bot.ui.drawing:chart_job",
    "circle": "modelus_bot.ui.circle_drawing:circle_job",
    "burndown": "modelus_bot.ui.burndown_drawing:burndown_job",
    "course": "modelus_bot.ui.course_drawing:course_job",
    "map": "modelus_bot.ui.map_drawing:map_job",
    "rota": "modelus_bot.ui.rota_drawing:rota_job",
}
"""Functions ``job(task, report)``, which take and return a JSON object and call ``report`` with others."""

PR_SET_PDEATHSIG = 1
NICENESS = 10


def main() -> int:
    """Do the job that the command line names: JOB and the parent's number."""
    job, parent = sys.argv[1:]
    _die_with_parent(int(parent))
    os.nice(NICENESS)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(kind: str, body: dict[str, Any]) -> None:
        answers.write(json.dumps({kind: body}) + "\n")
        answers.flush()

    task = json.load(sys.stdin)
    module, _, name = JOBS[job].partition(":")
    function = getattr(importlib.import_module(module), name)
    try:
        result = function(task, lambda body: say("progress", body))
    except Exception as error:  # noqa: BLE001 - whatever a damaged file provokes becomes an answer
        failed = {
            "error": in_words(error)[:2000],
            "kind": type(error).__name__,
            "fault": fault_of(error).value,
        }
        answers.write(json.dumps(failed) + "\n")
        answers.flush()
        return 1
    say("result", result)
    return 0


def _die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends, and end now if it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    # Without closing anything: a check must not let SQLite tidy up the file that it looks at.
    os._exit(main())
