"""The -wal file: what it holds is seen, damage in it costs one page, a foreign one is left out."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.audit.chain import AuditChain
from modelus_bot.database.core.audit.entry import AuditEntry
from modelus_bot.database.format.wal import FRAME_HEADER, HEADER
from modelus_bot.database.format.wal_pages import read_wal
from modelus_bot.database.salvage.report import SalvageReport
from modelus_bot.database.salvage.salvage import salvage
from tests.database.salvage.filled import START, Rows, read_all

FRAME = FRAME_HEADER + 4096


class State(NamedTuple):
    """A file and its -wal file at one moment, and the rows they held together."""

    main: bytes
    wal: bytes
    rows: Rows


@pytest.fixture(scope="module")
def states(small: tuple[bytes, Rows], tmp_path_factory: pytest.TempPathFactory) -> dict[str, State]:
    """A file's history: before, with a -wal, with its second generation, and with everything written back."""
    path = tmp_path_factory.mktemp("history") / "modelus.db"
    path.write_bytes(small[0])
    found = {"before": state_of(path)}
    with writer(path) as connection:
        work(connection, 1)
        found["first"] = state_of(path)
        connection.execute("PRAGMA wal_checkpoint(RESTART)")
        work(connection, 2)
        found["second"] = state_of(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found["after"] = state_of(path)
    return found


@contextmanager
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes nothing back by itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA secure_delete = OFF")
        yield connection


def work(connection: sqlite3.Connection, part: int) -> None:
    """Twelve transactions that insert, change and delete in several tables."""
    dice = random.Random(part)
    chain = AuditChain()
    chain.load(connection)
    users = [row[0] for row in connection.execute("SELECT discord_id FROM users ORDER BY 1")]
    for number in range(12):
        connection.execute("BEGIN")
        for row in range(8):
            own = part * 10_000 + number * 100 + row
            chain.append(connection, entry_of(own))
            text = "word " * dice.choice([2, 30, 300])
            connection.execute(
                "INSERT INTO notifications(user_id, type, title, message, deliver_after, created_at)"
                " VALUES(?, 'cover', 'T', ?, ?, ?)",
                (dice.choice(users), text, own, own),
            )
            connection.execute(
                "INSERT INTO requests VALUES(?, '/c', 1, ?, NULL, ?)",
                (f"{dice.randrange(16**8):08x}-{own}", dice.randbytes(32), own),
            )
            connection.execute(
                "UPDATE users SET username = ?, updated_at = ? WHERE discord_id = ?",
                (f"Renamed {own}", START + own, dice.choice(users)),
            )
        connection.execute("DELETE FROM notifications WHERE id % 17 = ?", (number,))
        connection.execute("COMMIT")


def entry_of(number: int) -> AuditEntry:
    """An entry of the audit log."""
    return AuditEntry("users", str(number), "UPDATE", None, None, None, None, None, None, 1, START)


def state_of(path: Path) -> State:
    """Read file, -wal file and rows."""
    beside = Path(f"{path}-wal")
    return State(path.read_bytes(), beside.read_bytes() if beside.exists() else b"", read_all(path))


def salvaged(tmp_path: Path, main: bytes, wal: bytes) -> tuple[SalvageReport, Rows]:
    """Salvage a main file with a -wal file."""
    source = tmp_path / "source.db"
    source.write_bytes(main)
    Path(f"{source}-wal").write_bytes(wal)
    report = salvage(source, tmp_path / "target.db")
    return report, read_all(tmp_path / "target.db")


def differences(found: Rows, expected: Rows) -> int:
    """Count rows that are missing, different or too many."""
    return sum(len(set(found[table].items()) ^ set(expected[table].items())) for table in expected)


@pytest.mark.parametrize("moment", ["first", "second"])
def test_what_only_the_wal_has_is_salvaged(states: dict[str, State], tmp_path: Path, moment: str) -> None:
    """Also where frames of an earlier generation lie behind the current ones."""
    state = states[moment]

    report, rows = salvaged(tmp_path, state.main, state.wal)

    assert report.wal == "used"
    assert rows == state.rows


@pytest.mark.parametrize(
    ("main", "wal", "used", "expected"),
    [
        ("before", "second", "ignored", "before"),
        ("after", "first", "ignored", "after"),
        ("after", "second", "used", "after"),
        ("before", "first", "used", "first"),
    ],
)
def test_a_wal_of_another_time_is_left_out(
    states: dict[str, State], tmp_path: Path, main: str, wal: str, used: str, expected: str
) -> None:
    """It is used where it fits the file, and only there."""
    report, rows = salvaged(tmp_path, states[main].main, states[wal].wal)

    assert rows == states[expected].rows
    assert report.wal == used or states[main].rows == rows


@pytest.mark.parametrize("wal", [b"", b"x" * 40, bytes(9000), random.Random(1).randbytes(50_000)])
def test_a_wal_that_is_none_changes_nothing(states: dict[str, State], tmp_path: Path, wal: bytes) -> None:
    """Empty, short, zeros, random."""
    report, rows = salvaged(tmp_path, states["after"].main, wal)

    assert report.wal == "none"
    assert rows == states["after"].rows


def test_commits_after_a_damaged_frame_are_kept(states: dict[str, State], tmp_path: Path) -> None:
    """SQLite would forget every transaction after it; here at most the rows of one page are lost."""
    state = states["first"]
    frames = (len(state.wal) - HEADER) // FRAME
    at = HEADER + FRAME * (frames // 3) + FRAME_HEADER + 500
    wal = state.wal[:at] + bytes(256) + state.wal[at + 256 :]

    report, rows = salvaged(tmp_path, state.main, wal)

    assert report.wal_frames_lost == 1
    assert differences(rows, state.rows) <= 30
    last = max(rows["notifications"])
    assert last == max(state.rows["notifications"])


def test_a_wal_without_its_header_is_read(states: dict[str, State], tmp_path: Path) -> None:
    """The first frame is lost, all others verify from the one before."""
    state = states["first"]

    report, rows = salvaged(tmp_path, state.main, bytes(HEADER) + state.wal[HEADER:])

    assert report.wal == "used"
    assert report.wal_frames_lost == 1
    assert differences(rows, state.rows) <= 30


def test_a_transaction_cut_off_in_the_wal_never_happened(states: dict[str, State], tmp_path: Path) -> None:
    """Frames without their commit are not looked at."""
    state = states["first"]
    whole = read_wal(lambda at, size: state.wal[at : at + size], len(state.wal))
    cut = state.wal[: -FRAME // 2]
    shorter = read_wal(lambda at, size: cut[at : at + size], len(cut))

    assert whole.offsets.keys() >= shorter.offsets.keys()
    report, rows = salvaged(tmp_path, state.main, cut)
    assert report.wal == "used"
    assert len(rows["audit_logs"]) == len(state.rows["audit_logs"]) - 8
    assert report.chain.intact


def test_a_lost_main_file_leaves_what_the_wal_has(states: dict[str, State], tmp_path: Path) -> None:
    """An empty main file beside a full -wal file gives the rows of the pages it has."""
    report, rows = salvaged(tmp_path, b"", states["second"].wal)

    assert report.wal == "used"
    assert sum(map(len, rows.values())) > 0
    expected = states["second"].rows
    rebuilt = {(item.table, (item.key,)) for item in report.rebuilt}
    for table, found in rows.items():
        for key, row in found.items():
            assert expected[table].get(key) == row or (table, key) in rebuilt


@settings(max_examples=200)
@given(st.binary(max_size=3000), st.booleans(), st.integers(0, 4))
def test_no_bytes_stop_the_reading_of_a_wal(data: bytes, magic: bool, power: int) -> None:
    """Any bytes, with a plausible beginning or not, end in a result."""
    data = bytes.fromhex("377f0682") * magic + data

    found = read_wal(lambda at, size: data[at : at + size], len(data), 256 << power)

    assert found.pages == 0 or found.offsets
