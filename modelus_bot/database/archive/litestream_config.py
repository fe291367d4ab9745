"""How Litestream, the program behind the archive, is configured: files, settings, environment.

It reads YAML, of which JSON is a part, so the configuration is written as JSON and no path can break out
of its quotes.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelus_bot.config import ArchiveSettings
from modelus_bot.runtime.tunables import Tunable

__all__ = [
    "NEVER",
    "OLD_HOURS",
    "ArchivePaths",
    "configuration",
    "environment",
    "exact_possible",
    "exact_wanted",
    "write_private",
]

NEVER = "2500000h"
"""Longer than any bot runs: what the bot decides, the program does not do by the clock."""

DAY_MINUTES = 24 * 60
MOST_PIECES = 20_000
"""Of more of them each request to copy would take a fifth of a second: the program lists them all."""

FEWEST_MINUTES = 60
LEVELS = Tunable(("20s", "10m"))
"""How coarse moments become after a day, and the steps that keep a restore from reading many files."""

OLD_HOURS = 24
"""It checkpoints when it is told to copy and the main file was not written to for so long."""

NO_CHECKPOINT_PAGES = 2**30
"""More pages than any log has: how long it is, is no reason for the program to checkpoint."""

BUSY = "5s"
L0_LOOK = "5m"
LAST_SYNC = "3s"
"""How long a target out of reach holds up the end; what was not sent is sent after the next start."""

PASSED_ON = ("HOME", "LANG", "PATH", "TMPDIR")
PASSED_ON_FOR_BUCKETS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
)


@dataclass(frozen=True, slots=True)
class ArchivePaths:
    """The files that belong to the archive of one database; all paths are absolute."""

    database: Path
    run: Path
    """Private folder for configuration, socket and lock."""
    replica: Path | None
    """Folder of the archive, or None when it is a bucket."""

    @classmethod
    def of(cls, database: Path, settings: ArchiveSettings) -> ArchivePaths:
        """Derive them; nothing is created."""
        database = database.absolute()
        replica = None if settings.url else settings.folder.absolute() / database.name
        return cls(database, database.with_name(f".{database.name}-archive"), replica)

    @property
    def meta(self) -> Path:
        """Folder in which the program keeps what it has not sent yet."""
        return meta_folder(self.database)

    def ages(self, now: float) -> list[float]:
        """Seconds since each single piece was copied, from the program's own folder; blocking."""
        ages = []
        with contextlib.suppress(FileNotFoundError), os.scandir(self.meta / "ltx" / "0") as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    ages.append(now - entry.stat().st_mtime)
        return ages

    @property
    def socket(self) -> Path:
        """Where the running program is asked for its state."""
        return self.run / "control.sock"

    def make(self) -> None:
        """Create the folders, readable by their owner only."""
        for folder in (self.run, self.replica):
            if folder is not None:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def tidy(self) -> None:
        """Remove what a killed program left half written; only for the holder of the locks, blocking."""
        if self.replica is not None:
            for path in self.replica.glob("ltx/*/*.tmp"):
                path.unlink(missing_ok=True)

    def locks(self) -> tuple[Path, ...]:
        """The lock files: one for the database and one for the folder of the archive."""
        return tuple(folder / "lock" for folder in (self.run, self.replica) if folder is not None)


def meta_folder(database: Path) -> Path:
    """Return where the program keeps what belongs to a database and is not in the archive yet."""
    return database.absolute().with_name(f".{database.name}-litestream")


def environment(settings: ArchiveSettings, given: Mapping[str, str]) -> dict[str, str]:
    """Return the few variables the program gets; credentials only when there is a bucket.

    ``AWS_CA_BUNDLE`` is never passed on: it breaks the program's client where the endpoint is plain http,
    and the program reads ``SSL_CERT_FILE`` for certificates of one's own.
    """
    names = PASSED_ON + (PASSED_ON_FOR_BUCKETS if settings.url else ())
    return {name: given[name] for name in names if name in given} | {"TZ": "UTC"}


def configuration(
    places: ArchivePaths,
    settings: ArchiveSettings,
    *,
    keep: str = NEVER,
    exact_minutes: int | None = None,
    socket: bool = True,
) -> dict[str, Any]:
    """Return the program's configuration: it copies and checkpoints when it is told to, never by itself.

    Without a ``socket`` nobody tells it, and it never checkpoints. ``keep`` is how long full copies stay
    when it enforces retention. ``exact_minutes`` is how long each single copied piece stays before only
    merged ones do: a day, unless that would be too many files.
    The socket's path is relative to the run folder: a path of more than 107 bytes cannot be bound to.
    """
    pace = f"{settings.sync_milliseconds}ms"
    return {
        "socket": {"enabled": socket, "path": places.socket.name, "permissions": 0o600},
        "levels": [{"interval": interval} for interval in LEVELS.value],
        "snapshot": {"interval": NEVER, "retention": keep},
        "l0-retention": f"{exact_minutes or exact_wanted(settings)}m",
        "l0-retention-check-interval": L0_LOOK,
        "shutdown-sync-timeout": LAST_SYNC,
        "logging": {"level": "info", "type": "json", "stderr": True},
        "dbs": [
            {
                "path": str(places.database),
                "monitor-interval": NEVER,
                "min-checkpoint-page-count": NO_CHECKPOINT_PAGES,
                "truncate-page-n": NO_CHECKPOINT_PAGES,
                "checkpoint-interval": f"{OLD_HOURS}h" if socket else NEVER,
                "busy-timeout": BUSY,
                "replica": _replica(places, settings) | {"sync-interval": pace},
            }
        ],
    }


def exact_wanted(settings: ArchiveSettings) -> int:
    """Minutes for which every copied piece is kept where their number allows it."""
    return min(DAY_MINUTES, settings.retention_hours * 60)


def exact_possible(settings: ArchiveSettings, ages: Sequence[float]) -> int:
    """Return for how many minutes single pieces can be kept; ``ages`` are the seconds of those there are.

    Each is a file, and the program looks through all of them again and again.
    """
    if len(ages) <= MOST_PIECES:
        return exact_wanted(settings)
    minutes = int(max(ages) / 60 * MOST_PIECES / len(ages))
    return max(FEWEST_MINUTES, min(minutes, exact_wanted(settings)))


def _replica(places: ArchivePaths, settings: ArchiveSettings) -> dict[str, Any]:
    if places.replica is not None:
        return {"type": "file", "path": str(places.replica)}
    bucket, _, prefix = settings.url.removeprefix("s3://").partition("/")
    path = "/".join(part for part in (prefix.strip("/"), places.database.name) if part)
    replica: dict[str, Any] = {"type": "s3", "bucket": bucket, "path": path, "region": settings.region}
    if settings.endpoint:
        replica |= {"endpoint": settings.endpoint, "force-path-style": True}
    return replica


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Write JSON that only its owner can read, whole or not at all."""
    unfinished = path.with_name(path.name + ".partial")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    unfinished.replace(path)
