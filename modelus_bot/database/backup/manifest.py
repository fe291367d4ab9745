"""What is known of a copy, written beside it: these files are the truth about which backups there are."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from loguru import logger
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from modelus_bot.database.files import write_durably

__all__ = ["Kind", "Manifest", "read_manifests", "write_manifest"]

Kind = Literal["scheduled", "manual", "pre_migration", "pre_restore"]
SUFFIX = ".json"


class Manifest(BaseModel):
    """One copy: what it holds, how it was checked. Times are UTC seconds, ``sha256`` and hashes are hex.

    ``status`` is ``verified`` once it passed its check and ``failed`` when a later check found
    something; only verified copies count.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(pattern=r"^[\w.-]{1,120}$")
    kind: Kind
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    created_at: float
    seconds: float
    migrations: tuple[str, ...] = ()
    rows: dict[str, int] = {}
    audit_id: int = 0
    audit_head: str = ""
    page_count: int = 0
    verified_at: float | None = None
    drill_at: float | None = None
    status: Literal["verified", "failed"] = "verified"

    @property
    def counts(self) -> bool:
        """Whether this copy may be restored."""
        return self.status == "verified" and self.verified_at is not None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a copy's manifest, safely on the disk; raises ``OSError``."""
    write_durably(folder / (manifest.name + SUFFIX), manifest.model_dump_json(indent=1).encode())


def read_manifests(folder: Path, stem: str) -> tuple[Manifest, ...]:
    """Return the manifests of the database called ``stem`` whose copies exist, newest first.

    A manifest that cannot be read is named in the log and passed over.
    """
    found = []
    for path in folder.glob(f"{stem}-*.db{SUFFIX}"):
        try:
            one = Manifest.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            logger.bind(path=str(path), error=str(error)).warning("backup_manifest_unreadable")
            continue
        if path.name == one.name + SUFFIX and (folder / one.name).is_file():
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.created_at, one.name), reverse=True))
