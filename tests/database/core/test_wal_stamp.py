"""One rule for all who look at a -wal from outside: an equal look proves nothing right after a write."""

from pathlib import Path

import pytest

from modelus_bot.database.core.wal_stamp import SETTLED_NANOSECONDS, glance, settled

NOW = 10**18


def test_a_look_shows_every_change(tmp_path: Path) -> None:
    """A file that is not there looks like nothing; each write, and another file, looks different."""
    wal = tmp_path / "db-wal"
    looks = [glance(wal)]
    for content in (b"one", b"more"):
        wal.write_bytes(content)
        looks.append(glance(wal))
    wal.unlink()
    (tmp_path / "held").touch()
    wal.write_bytes(b"more")
    looks.append(glance(str(wal)))
    assert looks[0] == ()
    assert len(set(looks)) == 4


@pytest.mark.parametrize(
    ("stamp", "sure"),
    [
        ((), True),
        ((1, 1, 1, NOW - SETTLED_NANOSECONDS), True),
        ((1, 1, 1, NOW - SETTLED_NANOSECONDS + 1), False),
        ((1, 1, 1, NOW), False),
        ((1, 1, 1, NOW + SETTLED_NANOSECONDS - 1), False),
        ((1, 1, 1, NOW + 3600 * 10**9), True),
    ],
)
def test_what_was_written_just_now_may_look_the_same_after_the_next_write(
    stamp: tuple[int, ...], sure: bool
) -> None:
    """A distance in time counts, whichever way a clock was set."""
    assert settled(stamp, NOW) is sure
