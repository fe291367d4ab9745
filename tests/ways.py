"""The whole bot up to the login, as ``modelus-bot run`` starts it: a change, a copy, a check, a picture.

Run as a file by any Python that has the package: ``python ways.py``, in the folder it shall work in. Prints
one JSON object with what worked and how. Imports nothing of the tests, so that a wheel can run it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from modelus_bot.app import running
from modelus_bot.cli.setting_up import run_async
from modelus_bot.config import load_settings
from modelus_bot.database.backup.manifest import BackupManifest
from modelus_bot.database.core.context import Context
from modelus_bot.subjects.disciplines.model import DEFAULT_DISCIPLINES
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from modelus_bot.subjects.people.queries import members
from modelus_bot.ui.charts import LatencyChart, Point
from modelus_bot.ui.pictures import drawing_folder


async def main() -> dict[str, object]:
    """Use everything that starts a process or a thread."""
    settings = load_settings()
    async with running(settings) as app:
        db = app.db
        assert db.protection is not None
        await db.write(EnsureDisciplines(disciplines=DEFAULT_DISCIPLINES), Context(actor=1))
        await db.read(members)
        made: BackupManifest = await db.protection.backups.create("manual")
        report = await db.protection.context.check(settings.database.path)
        now = int(time.time())
        points = [Point(now - 30 + second, 1.0, 2.0) for second in range(30)]
        picture = await LatencyChart().picture(points, "UTC", drawing_folder(settings.database.path))
        return {
            "loop": type(asyncio.get_running_loop()).__module__.partition(".")[0],
            "mode": db.mode.value,
            "copy": made.status,
            "sound": report.readable and not report.damaged,
            "picture": picture is not None,
            "archive": db.protection.archive.available,
            "archiving": db.protection.archive.status().running,
            "python": sys.version_info[:2],
        }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_async(main(), fast=True)) + "\n")
