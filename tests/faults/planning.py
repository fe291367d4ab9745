"""Random plans of failing calls over every file the bot keeps: a seed gives the same plan every time."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.daily_size import FULL
from tests.faults.disk_faults import FOR_EVER, Fault
from tests.faults.plan_runs import Plan
from tests.faults.sites.plan_program import PHASES

__all__ = ["KINDS", "plan_of", "seeds_from"]

ERRNOS = (
    errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EMFILE, errno.EINTR, errno.ENOMEM,
)  # fmt: skip
PASSING = {errno.EINTR}
"""What never lasts: whoever is interrupted asks again at once."""

CORE = ("database", "-wal", "-sums", "-state")
"""What decides whether a file counts as whole: hit twice as often as the rest."""
PAGES, CHILDREN = ("database", "-wal", "everything"), "child_program"
"""Which files are lied about to children only, which check, hash and copy. SQLite believes what it reads:
what the process that writes was told wrongly is written back with the next change, and is then damage.
"""
FEW, MANY = 4, 2_000
"""Most calls that a plan lets pass: closing makes few of any kind."""
REPLAYED, COPIED, BEGUN = ("replaying",), ("backing up",), ("starting",)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its path, how often each call is made on it in a run, and in which phases."""

    pattern: str
    calls: Mapping[str, int]
    phases: Sequence[str] = PHASES
    archive: bool = False


KINDS: dict[str, Kind] = {
    "database": Kind(
        "*/data/modelus.db",
        {"open": 8, "pread": 100, "pwrite": 75, "fdatasync": 2, "ftruncate": 2, "lock": 20, "any-write": 75},
    ),
    "-wal": Kind(
        "*/data/modelus.db-wal",
        {"open": 30, "pread": 1200, "pwrite": 1200, "fdatasync": 50, "unlink": 2, "any-write": 1200},
    ),
    "-shm": Kind(
        "*/data/modelus.db-shm",
        {"open": 4, "mmap": 4, "lock": 300, "ftruncate": 4, "pwrite": 32, "unlink": 2, "any-write": 32},
        ("starting", "backing up", "closing"),
    ),
    "-sums": Kind(
        "*/data/modelus.db-sums*",
        {"open": 5, "read": 4, "write": 4, "pwrite": 30, "fsync": 4, "fdatasync": 2, "rename": 4,
         "ftruncate": 1, "unlink": 1, "any-write": 30},
    ),
    "-sums-log": Kind("*/data/modelus.db-sums-log", {"pwrite": 30, "fdatasync": 2, "any-write": 30}),
    "-state": Kind(
        "*/data/modelus.db-state*",
        {"open": 5, "read": 10, "write": 4, "fsync": 4, "rename": 4, "any-write": 10},
    ),
    "journal": Kind(
        "*/data/modelus.deferred.jsonl*",
        {"open": 2, "write": 40, "fdatasync": 40, "fsync": 1, "rename": 1, "any-write": 80}, REPLAYED,
    ),
    "journal at the start": Kind(
        "*/data/modelus.deferred.jsonl*", {"open": 1, "read": 1}, BEGUN,
    ),
    "audit file": Kind(
        "*/data/modelus.audit.jsonl*",
        {"open": 3, "read": 1, "write": 60, "fdatasync": 60, "fsync": 2, "rename": 2, "any-write": 100},
        REPLAYED,
    ),
    "snapshot": Kind(
        "*/data/modelus.snapshot*",
        {"open": 20, "read": 10, "write": 8, "fsync": 16, "rename": 8, "unlink": 4, "any-write": 30},
    ),
    "reserve": Kind(
        "*/data/modelus.reserve*",
        {"open": 1, "fallocate": 1, "fsync": 1, "rename": 1, "any-write": 3}, BEGUN,
    ),
    "lock": Kind("*/data/modelus.db.lock", {"open": 1, "lock": 1, "ftruncate": 1, "pwrite": 1}, BEGUN),
    "data folder": Kind("*/data", {"open": 6, "fsync": 6}),
    "backups": Kind(
        "*/backups/modelus-*.db.partial*",
        {"open": 8, "pread": 160, "pwrite": 140, "read": 12, "fsync": 1, "fallocate": 1, "lock": 26,
         "unlink": 3, "any-write": 150},
        COPIED,
    ),
    "backup in its place": Kind("*/backups/modelus-*.db", {"rename": 1, "open": 2, "pread": 20}, COPIED),
    "manifests": Kind(
        "*/backups/*.json*",
        {"open": 4, "read": 6, "write": 1, "fsync": 1, "rename": 1, "any-write": 3},
        ("starting", "backing up"),
    ),
    "backups' folder": Kind("*/backups*", {"open": 6, "fsync": 3, "lock": 2}, ("starting", "backing up")),
    "archive": Kind(
        "*archive/*",
        {"open": 4, "read": 4, "write": 2, "rename": 2, "lock": 2, "any-write": 4},
        ("starting", "checkpointing"), archive=True,
    ),
    "everything": Kind("*/data/*", {"open": 40, "any-write": 1500, "read": 20, "pread": 1200, "rename": 10}),
}  # fmt: skip
"""Which calls are made on which file was counted with a plan that only traces."""


def plan_of(seed: int) -> Plan:
    """Return the plan of a seed."""
    dice = random.Random(f"plan {seed}")
    phase = dice.choice(("starting", *PHASES))
    archived = dice.random() < 0.25
    usable = [name for name, kind in KINDS.items() if phase in kind.phases and (archived or not kind.archive)]
    usable += [name for name in CORE if name in usable]
    most = FEW if phase == "closing" else MANY
    faults = tuple(_fault(dice, KINDS[dice.choice(usable)], most) for _ in range(dice.choice((1, 1, 2))))
    return Plan(
        f"seed {seed}",
        faults,
        phase=phase,
        end="stop" if phase == "closing" else dice.choice(("stop", "kill")),
        archive="auto" if archived else "off",
        history=dice.choice(("closed", "closed", "killed", "none")),
        dice=seed,
    )


def _fault(dice: random.Random, kind: Kind, most: int) -> Fault:
    call = dice.choice(list(kind.calls))
    calls = min(kind.calls[call], most)
    start = max(1, round(calls ** dice.random()))
    action = dice.choice([*ERRNOS, *_special(call)])
    if action in {"KILL", "KILLAFTER"}:
        times = 1
    elif action in PASSING:
        times = dice.choice((1, 2, 5))
    else:
        times = dice.choice((1, 1, 2, 4, 20, FOR_EVER, FOR_EVER, FOR_EVER))
    lies = action == "FLIP" and kind in map(KINDS.get, PAGES)
    return Fault(kind.pattern, call, start, times, str(action), process=CHILDREN if lies else "")


def _special(call: str) -> list[str]:
    """Return what can be done to a call besides failing; each is as likely as two numbers of errors."""
    found = ["KILL", "KILLAFTER"]
    if call in {"read", "pread"}:
        found += ["FLIP", "FLIP", "SHORT"]
    if call in {"write", "pwrite", "any-write"}:
        found += ["SHORT", "SHORT"]
    return found


def seeds_from(text: str) -> list[int]:
    """Read seeds such as ``17,93-120``; each counts once."""
    found: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.strip().partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return list(dict.fromkeys(found))


def chosen_seeds(usual: int, full: int) -> list[int]:
    """Return the seeds that ``MODELUS_PLANS`` names, else as many as are usual, or all at full size."""
    named = os.environ.get("MODELUS_PLANS")
    if named:
        return seeds_from(named)
    return list(range(full if FULL else usual))
