"""Records: how SQLite stores a row's values, read from bytes that may be anything.

Nothing here raises on bytes: what does not follow the format is None. Texts are UTF-8, the only
encoding this project's files have.
"""

from __future__ import annotations

import codecs
import struct

__all__ = ["Row", "Value", "decode_record", "payload_in_page", "read_varint", "starts_well"]

Value = int | float | str | bytes | None
Row = tuple[Value, ...]

_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 1 << 40, 1 << 40)
"""Bytes that a value of each serial type takes; the last two types do not exist."""
_NEVER = (10, 1 << 40)
_REAL = struct.Struct(">d")
_MAX_COLUMNS = 2000


def read_varint(data: bytes, at: int) -> tuple[int, int] | None:
    """Return the number (unsigned, up to 64 bits) at ``at`` and where it ends, or None past the end."""
    try:
        number = data[at]
        if number < 0x80:
            return number, at + 1
        number &= 0x7F
        for place in range(at + 1, at + 8):
            byte = data[place]
            if byte < 0x80:
                return (number << 7) | byte, place + 1
            number = (number << 7) | (byte & 0x7F)
        return (number << 8) | data[at + 8], at + 9
    except IndexError:
        return None


def payload_in_page(length: int, usable: int, *, table_leaf: bool) -> int:
    """Return how many bytes of a payload of ``length`` bytes stand in the cell; the rest overflows.

    ``usable`` is the page size without reserved bytes.
    """
    most = usable - 35 if table_leaf else (usable - 12) * 64 // 255 - 23
    if length <= most:
        return length
    least = (usable - 12) * 32 // 255 - 23
    local = least + (length - least) % (usable - 4)
    return local if local <= most else least


def decode_record(payload: bytes) -> Row | None:
    """Return the values of a whole record, or None unless every byte of it is accounted for."""
    start = read_varint(payload, 0)
    if start is None or not start[1] <= start[0] <= len(payload):
        return None
    header_end, at = start
    body = header_end
    values: list[Value] = []
    number = int.from_bytes
    try:
        # Every cell of every page passes here: what is common comes first, without a call.
        while at < header_end:
            kind = payload[at]
            at += 1
            if kind > 127:
                kind, at = read_varint(payload, at - 1) or _NEVER
            if kind > 11:
                end = body + ((kind - 12) >> 1)
                values.append(payload[body:end].decode() if kind & 1 else payload[body:end])
            elif 0 < kind < 7:
                end = body + _SIZES[kind]
                values.append(number(payload[body:end], "big", signed=True))
            else:
                end = body + _SIZES[kind]
                values.append(_constant(kind, payload[body:end]))
            body = end
    except UnicodeDecodeError:
        return None
    if at != header_end or body != len(payload) or len(values) > _MAX_COLUMNS:
        return None
    return tuple(values)


def starts_well(payload: bytes, length: int) -> bool:
    """Say whether ``payload`` can be the beginning of a record of ``length`` bytes.

    If so, a record that cannot be read as a whole is damaged in what follows.
    """
    start = read_varint(payload, 0)
    if start is None or not start[1] <= start[0] <= len(payload):
        return False
    header_end, at = start
    body = header_end
    while at < header_end:
        read = read_varint(payload, at)
        if read is None or read[0] in {10, 11}:
            return False
        kind, at = read
        end = body + (_SIZES[kind] if kind < 12 else (kind - 12) >> 1)
        if kind >= 12 and kind & 1 and not _is_text(payload[body:end], whole=end <= len(payload)):
            return False
        body = end
    return at == header_end and body == length


def _is_text(data: bytes, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _constant(kind: int, data: bytes) -> Value:
    """Return a value of a serial type below 12 that is no integer of its own: NULL, a real, 0 or 1."""
    if kind == 0:
        return None
    if kind == 7 and len(data) == 8:
        real: float = _REAL.unpack(data)[0]
        # SQLite has no NaN: it reads one as NULL.
        return None if real != real else real  # noqa: PLR0124
    return kind - 8
