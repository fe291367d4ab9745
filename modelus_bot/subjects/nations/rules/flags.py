"""Whether a file is a picture that can be a flag, by its bytes: what it is called says nothing. Pure."""

from __future__ import annotations

from modelus_bot.domain.refusals import InvalidInput

__all__ = ["MOST_BYTES", "picture_kind"]

MOST_BYTES = 5 * 2**20
LEAST_BYTES = 20
RULE = "A flag is a PNG, JPEG, GIF or WebP picture of at most 5 MB."


def picture_kind(data: bytes) -> str:
    """Return the ending that a picture's file should have; raises ``InvalidInput`` for what is no flag."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(f"This file is larger than 5 MB. {RULE}", rule="flag.size")
    kind = _kind(data) if len(data) >= LEAST_BYTES else None
    if kind is None:
        raise InvalidInput(f"This file is no such picture, whatever its name says. {RULE}", rule="flag.kind")
    return kind


def _kind(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return "png" if _sized(data[16:20], data[20:24]) else None
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif" if _sized(data[6:8], data[8:10]) else None
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp" if int.from_bytes(data[4:8], "little") + 8 <= len(data) + 1 else None
    return None


def _sized(width: bytes, height: bytes) -> bool:
    """Say whether neither side is 0."""
    return any(width) and any(height)
