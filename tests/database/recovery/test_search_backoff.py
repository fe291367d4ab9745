"""A search for a copy that found nothing is not made again at once, unless something changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelus_bot.database.core.errors import CorruptionDetected
from modelus_bot.database.recovery.search_backoff import FIRST, LONGEST, SearchBackoff


def test_pauses_double_while_nothing_changes(tmp_path: Path) -> None:
    """The first pause is a minute, the longest half an hour; in it the same is said again."""
    now = 0.0
    vain = SearchBackoff(tmp_path / "a.db", tmp_path / "backups", clock=lambda: now)
    vain.check()
    assert not vain.over()
    pauses = []
    for _ in range(8):
        vain.note(CorruptionDetected("nothing usable was found"))
        vain.note(CorruptionDetected("said again, which is no other search"))
        with pytest.raises(CorruptionDetected, match="nothing usable was found"):
            vain.check()
        began = now
        while not vain.over():
            now += 1
        pauses.append(now - began)
    assert pauses[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert pauses[-1] == LONGEST


def test_a_new_copy_or_file_is_looked_at_right_away(tmp_path: Path) -> None:
    """Whoever puts a backup or a database there by hand does not wait."""
    vain = SearchBackoff(tmp_path / "a.db", tmp_path / "backups", clock=lambda: 0.0)
    vain.note(CorruptionDetected("nothing"))
    assert not vain.due()
    (tmp_path / "backups").mkdir()
    assert vain.over()
    vain.check()
    vain.note(CorruptionDetected("nothing"))
    assert not vain.due()
    (tmp_path / "a.db").write_bytes(b"something")
    assert vain.due()
