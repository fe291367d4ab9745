"""What a check found, in a form that crosses processes."""

from __future__ import annotations

from dataclasses import dataclass, field

from modelus_bot.database.format.file_kind import FileKind

__all__ = ["BrokenRow", "CheckReport"]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """One row that breaks a rule: where it is and which rule, in words."""

    table: str
    record_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """Everything a check found.

    ``damaged`` means the structure: the file cannot be worked with. ``complete`` is false when
    something could not be looked at, because time ran out or the file was locked; ``given_up`` says that the
    file takes more time than it is worth, so that another look would see no more. ``ok`` is the
    strictest: complete, no damage, no broken row, no missing audit link, no other schema than its own
    migrations make. ``problems`` are at most 50 sentences, ``broken_rows`` at most 1000 for each rule.
    ``audit_head`` and ``schema_digest`` are in hex. ``audit_runs`` are the first and last number of each run
    of audit entries without a gap, ``links`` the hashes in hex of those entries that were asked for, and
    ``missing_tables`` those that the file's own migrations made and that are not there.
    """

    ok: bool
    kind: FileKind
    damaged: bool
    complete: bool = True
    given_up: bool = False
    problems: tuple[str, ...] = ()
    broken_rows: tuple[BrokenRow, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    audit_id: int = 0
    audit_head: str = ""
    chain_intact: bool = True
    audit_runs: tuple[tuple[int, int], ...] = ()
    links: dict[int, str] = field(default_factory=dict)
    missing_tables: tuple[str, ...] = ()
    schema_digest: str = ""
    page_count: int = 0
    page_size: int = 0
    bytes: int = 0
    seconds: float = 0.0

    @property
    def readable(self) -> bool:
        """Whether the schema could be read in bounded time, so that others may read it, too."""
        return not self.damaged and (self.complete or bool(self.schema_digest))
