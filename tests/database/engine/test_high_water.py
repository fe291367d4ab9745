"""The high-water mark: what was acknowledged, exactly after a kill, and silent when it could not be kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.state_file import DatabaseState
from modelus_bot.database.engine.epoch import Epoch
from modelus_bot.database.engine.high_water import HighWater, HighWaterMark
from modelus_bot.database.engine.known_progress import Known, known_of

PROGRAM = """
import sys
from pathlib import Path
from modelus_bot.database.engine.epoch import Epoch
from modelus_bot.database.engine.high_water import HighWaterMark
mark = HighWaterMark(Path(sys.argv[1]), Epoch())
for number in range(1, 10**9):
    mark.note((number, number.to_bytes(32, "big")))
    print(number, flush=True)
"""


def test_a_kill_takes_nothing_back(tmp_path: Path) -> None:
    """Whatever was said before the kill is noted, and the mark is whole."""
    database = tmp_path / "a.db"
    command = [sys.executable, "-c", PROGRAM, str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        for _ in range(500):
            program.stdout.readline()
        program.send_signal(signal.SIGKILL)
        said = 500 + program.stdout.read().count(b"\n")
    found = HighWaterMark(database, Epoch()).load()
    assert found is not None
    assert found.audit_id >= said
    assert found.audit_head == found.audit_id.to_bytes(32, "big").hex()
    assert found.same_boot
    assert database.with_name("a.db-head").stat().st_mode & 0o777 == 0o600


def test_a_mark_that_cannot_be_kept_is_removed_or_robbed_of_its_voice(tmp_path: Path) -> None:
    """Nothing is raised; what is left on the disk does not claim to be the newest."""
    database, epoch = tmp_path / "a.db", Epoch()
    mark = HighWaterMark(database, epoch)
    mark.note((1, bytes(32)))
    mark.close()
    mark.path.unlink()
    mark.path.mkdir()
    before = epoch.number
    mark.note((2, bytes(32)))
    assert mark.sidecar.trouble is not None
    assert epoch.owed
    assert epoch.number != before
    assert mark.load() is None


def test_a_damaged_mark_is_none(tmp_path: Path) -> None:
    """A flipped bit or a cut leaves nothing known, and no error."""
    mark = HighWaterMark(tmp_path / "a.db", Epoch())
    mark.note((7, os.urandom(32)))
    mark.close()
    content = mark.path.read_bytes()
    for spoilt in (content[:-1], content[:20], b"", bytes([content[0] ^ 1]) + content[1:]):
        mark.path.write_bytes(spoilt)
        assert mark.load() is None


NUMBERS = st.integers(0, 20)


@settings(max_examples=300)
@given(
    NUMBERS, NUMBERS, st.booleans(), st.booleans(), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4)
)
def test_what_is_known_is_never_less_nor_surer_than_its_sources(
    state_id: int, mark_id: int, clean: bool, same_boot: bool, noted: int, marked: int, epoch: int
) -> None:
    """The newest of both counts; it is exact only if an orderly end or an unbroken mark says so."""
    state = DatabaseState(clean=clean, audit_id=state_id, audit_head="aa", epoch=noted)
    mark = HighWater(mark_id, "bb", marked, same_boot)
    known = known_of(state, mark, epoch)
    outdated = epoch > marked
    assert known.audit_id == (state_id if outdated else max(state_id, mark_id))
    if known.exact:
        assert (clean and noted == epoch) or (same_boot and not outdated)
    assert known_of(state, None, epoch) == Known(state_id, "aa", clean and noted == epoch)
