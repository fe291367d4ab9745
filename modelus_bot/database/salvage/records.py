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

_INT_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_REAL = struct.Struct(">d")
_MAX_COLUMNS = 2000


def read_varint(data: bytes, at: int) -> tuple[int, int] | None:
    """Return the number (unsigned, up to 64 bits) at ``at`` and where it ends, or None past the end."""
    number = 0
    try:
        for place in range(at, at + 8):
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
    total = len(payload)
    start = read_varint(payload, 0)
    if start is None:
        return None
    header_end, at = start
    if header_end > total or header_end < at:
        return None
    body = header_end
    values: list[Value] = []
    while at < header_end:
        kind = payload[at]
        at += 1
        if kind >= 0x80:
            wide = read_varint(payload, at - 1)
            if wide is None:
                return None
            kind, at = wide
        end = body + _size_of(kind)
        if end > total or end < body or len(values) == _MAX_COLUMNS:
            return None
        try:
            values.append(_value_of(kind, payload, body, end))
        except UnicodeDecodeError:
            return None
        body = end
    if at != header_end or body != total:
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
        end = body + _size_of(kind)
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


def _size_of(kind: int) -> int:
    """Return the bytes a value of serial type ``kind`` takes; -1 for the two reserved types."""
    if kind >= 12:
        return (kind - 12) >> 1
    if kind in {0, 8, 9}:
        return 0
    if kind == 7:
        return 8
    return _INT_SIZES.get(kind, -1)


def _value_of(kind: int, payload: bytes, start: int, end: int) -> Value:
    if kind >= 12:
        return payload[start:end].decode() if kind & 1 else payload[start:end]
    if 1 <= kind <= 6:
        return int.from_bytes(payload[start:end], "big", signed=True)
    if kind == 0:
        return None
    if kind == 7:
        real: float = _REAL.unpack_from(payload, start)[0]
        # SQLite has no NaN: it reads one as NULL.
        return None if real != real else real  # noqa: PLR0124
    return kind - 8
