"""What happened to a law between before and after a change. Pure."""

from __future__ import annotations

from typing import Literal

from modelus_bot.subjects.laws.model import Law

__all__ = ["Happening", "happened", "is_work_in_progress"]

Happening = Literal[
    "drafted", "enacted", "rewritten", "renamed", "repealed", "given_up", "published", "closed", "filed"
]


def happened(before: Law | None, after: Law) -> Happening:
    """Return what a change did; what changed nothing in the law's own row filed it elsewhere."""
    if before is None:
        return "drafted" if after.status == "draft" else "enacted"
    if before.status != after.status:
        ended: Happening = "given_up" if before.status == "draft" else "repealed"
        return "enacted" if after.status == "enacted" else ended
    if before.revision != after.revision:
        return "rewritten"
    if before.name != after.name:
        return "renamed"
    if before.is_public != after.is_public:
        return "published" if after.is_public else "closed"
    return "filed"


def is_work_in_progress(after: Law, actor: int) -> bool:
    """Say whether a change was its author's to a draft, of which nobody needs to hear yet."""
    return after.enacted_at is None and after.author_id == actor
