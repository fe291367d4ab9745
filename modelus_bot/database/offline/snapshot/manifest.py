"""The manifest: which files make up a snapshot, and which state of the database they hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from modelus_bot.database.offline.snapshot.contents import Contents, TableContents

__all__ = ["MANIFEST", "SnapshotManifest", "TableFile", "file_name"]

MANIFEST = "manifest.json"

Count = Annotated[int, Field(ge=0)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class TableFile(BaseModel):
    """What a table's file has to look like."""

    model_config = ConfigDict(frozen=True)

    rows: Count
    bytes: Count
    sha256: Digest

    @classmethod
    def of(cls, table: TableContents) -> TableFile:
        """Describe a table's file."""
        return cls(rows=table.rows, bytes=len(table.content), sha256=table.sha256)


class SnapshotManifest(BaseModel):
    """One generation of the snapshot.

    ``written_at`` is the moment, in UTC seconds, as of which it is right. ``schema_digest`` and
    ``migrations`` say which schema the rows fit. ``audit_id`` and ``audit_head`` (hex) are the newest
    audit link of that moment: an anchor that the chain in the database must agree with.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    generation: Annotated[int, Field(ge=1)]
    written_at: Annotated[int, Field(ge=0, le=253_402_300_799)]
    schema_digest: str
    migrations: tuple[str, ...]
    audit_id: Count
    audit_head: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
    tables: dict[str, TableFile]

    @classmethod
    def of(cls, contents: Contents, schema_digest: str, generation: int) -> SnapshotManifest:
        """Describe ``contents`` as the given generation."""
        return cls(
            generation=generation,
            written_at=contents.as_of,
            schema_digest=schema_digest,
            migrations=contents.migrations,
            audit_id=contents.audit_id,
            audit_head=contents.audit_head,
            tables={name: TableFile.of(table) for name, table in contents.tables.items()},
        )

    def describes(self, contents: Contents) -> bool:
        """Say whether these tables and this audit head are those of ``contents``, whenever it was read."""
        return (
            self.tables == {name: TableFile.of(table) for name, table in contents.tables.items()}
            and (self.audit_id, self.audit_head) == (contents.audit_id, contents.audit_head)
            and self.migrations == contents.migrations
        )

    @property
    def files(self) -> frozenset[str]:
        """The names of its files."""
        return frozenset(file_name(name, table.sha256) for name, table in self.tables.items())


def file_name(table: str, sha256: str) -> str:
    """Return the name of a table's file: another content has another name, so none is ever overwritten."""
    return f"{table}.{sha256[:12]}.json"
