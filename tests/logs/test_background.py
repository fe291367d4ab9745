"""The thread that writes lines: each arrives once, whatever fails on the way."""

import errno
import time
from collections.abc import Iterator

from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st

from modelus_bot.logs.background import PAUSE_FIRST, BackgroundWriter
from tests.tuning import Tuning


class Memory:
    """A destination that fails when it is told to."""

    name = "memory"
    patient = True

    def __init__(self, faults: Iterator[int]) -> None:
        self.lines: list[str] = []
        self._faults = faults

    def write(self, lines: list[str]) -> None:
        """Take a part of the lines, then fail, as often as there are faults."""
        taken = next(self._faults, None)
        if taken is not None:
            self.lines += lines[:taken]
            del lines[:taken]
            raise OSError(errno.EIO, "Input/output error")
        self.lines += lines
        lines.clear()

    def close(self) -> None:
        """Hold nothing open."""


@configured(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.lists(st.integers(0, 5), max_size=4), lines=st.integers(1, 40))
def test_whatever_fails_each_line_arrives_once(faults: list[int], lines: int, tuning: Tuning) -> None:
    """Failures in the midst of a batch neither lose nor repeat a line, and keep the order."""
    tuning(PAUSE_FIRST.at(0.0001))
    memory = Memory(iter(faults))
    writer = BackgroundWriter(memory)
    for number in range(lines):
        writer.put(str(number))
    end = time.monotonic() + 10.0
    while len(memory.lines) < lines and time.monotonic() < end:
        time.sleep(0.001)
    writer.retire()

    assert writer.join(5.0)
    assert memory.lines == [str(number) for number in range(lines)]
