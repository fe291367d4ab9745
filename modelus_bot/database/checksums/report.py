"""What a look at the main file's pages found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

__all__ = ["ChecksumReport", "fingerprint"]


@dataclass(frozen=True, slots=True)
class ChecksumReport:
    """The result of comparing pages with their hashes.

    ``unexplained`` pages hold what nobody wrote, or are missing or too many: damage. ``contents`` tells
    whether two looks read the same bytes in them. ``unclear`` ones differ after commits were missed (another
    program made a checkpoint): they are trusted from now on, so a full check of the file should follow.
    ``shadowed`` ones differ but will be overwritten from the -wal before anybody reads them.
    ``explained`` counts changed pages, ``pages`` those looked at. ``adopted``: there were no hashes
    before, the file was trusted as it is.
    """

    pages: int = 0
    explained: int = 0
    unexplained: tuple[int, ...] = ()
    contents: str = ""
    unclear: tuple[int, ...] = ()
    shadowed: tuple[int, ...] = ()
    adopted: bool = False
    seconds: float = 0.0
    cpu_seconds: float = 0.0


def fingerprint(pages: dict[int, bytes | None]) -> str:
    """Return what is the same when two looks found the same in the same pages."""
    found = hashlib.blake2b(digest_size=8)
    for page, content in sorted(pages.items()):
        found.update(page.to_bytes(8, "big") + (content or b""))
    return found.hexdigest()
