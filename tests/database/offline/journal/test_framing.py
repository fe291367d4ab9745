"""Lines that prove themselves: cut anywhere or altered anywhere, nothing false is ever read."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.framing import Scan, frame, scan
from tests.daily_size import FULL

EXAMPLES = 1000 if FULL else 100

texts = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ['{"crc32":"00000000","length":1,"line":', "\n", "}\n", '"', "\u2028", "\\"]
)
bodies = st.dictionaries(st.sampled_from(["id", "operation", "reason"]), texts | st.integers(), min_size=1)
journals = st.lists(
    bodies.map(lambda body: json.dumps(body, ensure_ascii=False).encode()), min_size=1, max_size=4
)


def is_within(found: tuple[bytes, ...], written: list[bytes]) -> bool:
    """Whether everything found was written, in the same order."""
    rest = iter(written)
    return all(any(item == other for other in rest) for item in found)


def test_each_line_is_json_and_one_line() -> None:
    """Operators can read the file with any tool that knows JSON lines."""
    line = frame(b'{"id":7,"reason":"a\\nb"}')
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line) == {
        "crc32": json.loads(line)["crc32"],
        "length": 24,
        "line": {"id": 7, "reason": "a\nb"},
    }


@given(journals)
@settings(max_examples=EXAMPLES, deadline=None)
def test_cut_at_any_byte_only_the_last_line_is_torn(written: list[bytes]) -> None:
    """Whatever a crash left of the file: whole lines are read, the torn end is told, nothing is damaged."""
    lines = [frame(body) for body in written]
    content = b"".join(lines)
    ends = [sum(map(len, lines[: count + 1])) for count in range(len(lines))]
    for cut in range(len(content) + 1):
        found = scan(content[:cut])
        whole = sum(end <= cut for end in ends)
        assert list(found.bodies) == written[:whole]
        assert found.damaged == ()
        assert len(found.torn) == cut - (ends[whole - 1] if whole else 0)


@given(journals, st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_flipped_bit_costs_one_line_at_most(written: list[bytes], data: st.DataObject) -> None:
    """Wherever it is: what is read was written, at most one line is missing, and that is never unsaid."""
    content = bytearray(b"".join(map(frame, written)))
    at = data.draw(st.integers(0, len(content) * 8 - 1))
    content[at // 8] ^= 1 << at % 8
    found = scan(bytes(content))
    assert is_within(found.bodies, written)
    assert len(found.bodies) >= len(written) - 1
    if len(found.bodies) < len(written):
        assert found.damaged or found.torn


@given(journals, st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=20)), min_size=1, max_size=4))
@settings(max_examples=EXAMPLES, deadline=None)
def test_nothing_false_is_read_from_overwritten_files(
    written: list[bytes], strokes: list[tuple[float, bytes]]
) -> None:
    """Bytes overwritten anywhere, several times: what is read was written, no byte is passed over."""
    content = bytearray(b"".join(map(frame, written)))
    for where, what in strokes:
        at = int(where * len(content))
        content[at : at + len(what)] = what
    found = scan(bytes(content))
    assert is_within(found.bodies, written)
    assert (
        sum(len(frame(body)) for body in found.bodies) + sum(map(len, found.damaged)) + len(found.torn)
        >= len(content) - 2
    )


def test_a_line_whose_end_was_altered_is_still_read() -> None:
    """Its contents prove themselves; the line after it is found although no line's end precedes it."""
    content = frame(b'{"id":1}')[:-1] + b"X" + frame(b'{"id":2}')
    assert scan(content).bodies == (b'{"id":1}', b'{"id":2}')


def test_an_altered_last_line_is_damaged_and_not_torn() -> None:
    """It was finished, so that somebody may have been told that it was saved."""
    line = bytearray(frame(b'{"id":1,"operation":"x"}'))
    line[-6] ^= 1
    assert scan(bytes(line)) == Scan((), (bytes(line),), b"")
