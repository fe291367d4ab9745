"""Lines that prove themselves: each carries its length and CRC-32, so that a torn or altered one is known.

A line is JSON as a whole: ``{"crc32":"0a1b2c3d","length":57,"line":{...}}``.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

__all__ = ["Scan", "frame", "scan"]

_BEGIN = b'{"crc32":"'
_HEAD = re.compile(rb'\{"crc32":"([0-9a-f]{8})","length":([1-9][0-9]{0,7}),"line":')
_END = b"}\n"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a file holds: the sound ``bodies`` in order, what is ``damaged``, and a ``torn`` end."""

    bodies: tuple[bytes, ...]
    damaged: tuple[bytes, ...] = ()
    torn: bytes = b""


def frame(body: bytes) -> bytes:
    """Return the line around a JSON body."""
    return b'{"crc32":"%08x","length":%d,"line":%b}\n' % (zlib.crc32(body), len(body), body)


def scan(content: bytes) -> Scan:
    """Tell sound lines from damaged ones; an end that was never finished was never acknowledged: it is torn.

    The beginning of a line cannot occur inside a text of JSON, where quotes are escaped, so that after
    damage the next sound line is found even if the end of the damaged one is gone.
    """
    bodies: list[bytes] = []
    damaged: list[bytes] = []
    at = sound_to = 0
    while at < len(content):
        span = _body_of_line_at(content, at)
        if span is None:
            following = content.find(_BEGIN, at + 1)
            at = len(content) if following < 0 else following
            continue
        if sound_to < at:
            damaged.append(content[sound_to:at])
        bodies.append(content[span])
        ended = content.startswith(_END, span.stop)
        at = sound_to = span.stop + len(_END) * ended
    rest = content[sound_to:]
    tail = rest[rest.rfind(b"\n") + 1 :]
    torn = b"" if _is_whole(tail) else tail
    if len(torn) < len(rest):
        damaged.append(rest[: len(rest) - len(torn)])
    return Scan(tuple(bodies), tuple(damaged), torn)


def _body_of_line_at(content: bytes, at: int) -> slice | None:
    """Return where the body is of the sound line that begins at ``at``; None if there is none.

    An altered end of the line does not make it unsound; a missing one does: nobody was told of it.
    """
    head = _HEAD.match(content, at)
    if head is None:
        return None
    end = head.end() + int(head[2])
    if end + len(_END) > len(content) or zlib.crc32(content[head.end() : end]) != int(head[1], 16):
        return None
    return slice(head.end(), end)


def _is_whole(tail: bytes) -> bool:
    """Say whether a line is as long as its own head says: then it was altered, not torn."""
    head = _HEAD.match(tail)
    return head is not None and len(tail) >= head.end() + int(head[2]) + len(_END)
