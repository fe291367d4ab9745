"""Facts: what a file holds, by which a copy is compared with what it was made of."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["CopyFacts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFacts:
    """What a file holds; two files that agree on all of it hold the same. Hashes are hex."""

    bytes: int
    sha256: str
    rows: dict[str, int] = field(default_factory=dict)
    audit_id: int = 0
    audit_head: str = ""
    page_count: int = 0
