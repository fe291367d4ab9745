"""What is known of a copy, written beside it: these files are the truth about which backups there are."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from modelus_bot.database.backup.facts import CopyFacts
from modelus_bot.database.backup.naming import MANIFEST, Kind
from modelus_bot.runtime.atomic_files import write_durably
from modelus_bot.runtime.os_errors import in_words

__all__ = [
    "BackupManifest",
    "Moment",
    "Status",
    "UnreadableManifest",
    "read_manifest",
    "write_manifest",
]

Moment = Annotated[float, Field(ge=0, le=253_402_300_799, allow_inf_nan=False)]
"""UTC seconds that a calendar has a date for."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, lt=2**63)]

Status = Literal["verified", "flawed", "failed"]
"""``verified``: whole. ``flawed``: as the database was, in which rows broke rules. ``failed``: damaged."""

LARGEST = 1024 * 1024


class UnreadableManifest(Exception):
    """The file is no manifest of the copy beside it."""


class BackupManifest(BaseModel):
    """One copy: what it holds, how it was checked. Times are UTC seconds.

    ``sequence`` grows with each copy: it says which of two is newer, also when the clock was set back
    between them. ``problems`` are in words. ``path`` is where it was found and is not written.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    bytes: Count
    sha256: Digest
    rows: dict[str, Count] = {}
    audit_id: Count = 0
    audit_head: str = ""
    page_count: Count = 0
    name: str = Field(min_length=1, max_length=255)
    kind: Kind
    path: Path = Field(default=Path(), exclude=True)
    created_at: Moment
    sequence: Count = 0
    seconds: float = Field(0.0, ge=0, allow_inf_nan=False)
    schema_digest: str = ""
    migrations: tuple[str, ...] = ()
    verified_at: Moment | None = None
    drill_at: Moment | None = None
    restored_at: Moment | None = None
    status: Status = "verified"
    problems: tuple[str, ...] = ()

    @field_validator("name")
    @classmethod
    def _one_name(cls, value: str) -> str:
        if Path(value).name != value:
            raise ValueError("is not the name of a file")
        return value

    @property
    def facts(self) -> CopyFacts:
        """What the file of the copy must hold."""
        return CopyFacts(
            bytes=self.bytes, sha256=self.sha256, rows=self.rows,
            audit_id=self.audit_id, audit_head=self.audit_head, page_count=self.page_count,
        )  # fmt: skip

    @property
    def counts(self) -> bool:
        """Whether it passed every check."""
        return self.status == "verified" and self.verified_at is not None

    @property
    def whole(self) -> bool:
        """Whether it may be restored when there is nothing better: as it was made, structure sound."""
        return self.status != "failed" and self.verified_at is not None

    @property
    def order(self) -> tuple[int, float, str]:
        """What copies are sorted by, the newest being the greatest."""
        return (self.sequence, self.created_at, self.name)


def write_manifest(folder: Path, manifest: BackupManifest) -> None:
    """Write a copy's manifest, safely on the disk; raises ``OSError``."""
    write_durably(folder / (manifest.name + MANIFEST), manifest.model_dump_json(indent=1).encode())


def read_manifest(path: Path) -> BackupManifest:
    """Return what a manifest file says; raises ``UnreadableManifest`` with the reason in words."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST:
            raise UnreadableManifest("it is no file of a manifest's size")
        one = BackupManifest.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UnreadableManifest(in_words(error)) from error
    if path.name != one.name + MANIFEST:
        raise UnreadableManifest(f"it belongs to {one.name}")
    return one.model_copy(update={"path": path.with_name(one.name)})
