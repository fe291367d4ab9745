"""What is known of a -wal: the table in the docstring is what the code does, and survives its file."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from modelus_bot.database.checksums import wal_knowledge
from modelus_bot.database.checksums.expected_hashes import Batch, ExpectedHashes
from modelus_bot.database.checksums.store import ChecksumStore
from modelus_bot.database.checksums.wal_knowledge import WalEvent, WalKnowledge, after
from modelus_bot.database.format.page_hash import HASH_BYTES

ALIKE = {WalEvent.RESTARTED: "READ", WalEvent.CUT: "MISSED", WalEvent.UNREADABLE: "MISSED"}
"""Events that lead where another one does, as the docstring says below its table."""

HASHES = bytes(range(HASH_BYTES)) * 4


def table() -> dict[tuple[str, str], str]:
    """Read the table of the docstring: state and event give the state after it."""
    lines = [line.split() for line in (wal_knowledge.__doc__ or "").splitlines()]
    rules = [number for number, words in enumerate(lines) if words and set(words[0]) == {"="}]
    _, *events = lines[rules[0] + 1]
    rows = lines[rules[1] + 1 : rules[2]]
    return {(state, event): then for state, *found in rows for event, then in zip(events, found, strict=True)}


def test_the_table_names_every_state_and_event() -> None:
    """No cell is missing, none is of something else."""
    columns = {event.name for event in WalEvent} - {event.name for event in ALIKE}
    assert table().keys() == set(itertools.product((item.name for item in WalKnowledge), columns))
    assert set(table().values()) == {item.name for item in WalKnowledge}


@pytest.mark.parametrize("event", WalEvent)
@pytest.mark.parametrize("state", WalKnowledge)
def test_every_transition_is_as_in_the_table(state: WalKnowledge, event: WalEvent) -> None:
    """Each event in each state, also through what keeps the hashes."""
    expected = WalKnowledge[table()[state.name, ALIKE.get(event, event.name)]]
    assert after(state, event) is expected
    hashes = ExpectedHashes.of(4096, HASHES)
    hashes.known = state
    hashes.note(Batch(None, (event,)))
    assert hashes.known is expected
    assert hashes.gaps == (expected is WalKnowledge.LOST and ALIKE.get(event, event.name) == "MISSED")


@pytest.mark.parametrize("state", WalKnowledge)
def test_what_is_known_can_be_said_again(state: WalKnowledge, tmp_path: Path) -> None:
    """Nothing new changes no state, and a file that was kept gives it back."""
    hashes = ExpectedHashes.of(4096, HASHES)
    hashes.known = state
    hashes.note(hashes.nothing_new())
    assert hashes.known is state
    store = ChecksumStore(tmp_path / "a.db")
    store.save(hashes)
    store.close()
    found = store.load()
    assert found is not None
    assert found.known is state


@pytest.mark.parametrize("state", WalKnowledge)
@pytest.mark.parametrize("first", [WalEvent.READ, WalEvent.RESTARTED])
@pytest.mark.parametrize("missed", [(), (WalEvent.MISSED,), (WalEvent.CUT,)])
@pytest.mark.parametrize("then", [(), (WalEvent.READ_ALL,), (WalEvent.READ_ALL, WalEvent.FINISHED)])
def test_a_step_that_was_kept_leads_to_the_same(
    state: WalKnowledge,
    first: WalEvent,
    missed: tuple[WalEvent, ...],
    then: tuple[WalEvent, ...],
    tmp_path: Path,
) -> None:
    """From every state, through the log."""
    hashes = ExpectedHashes.of(4096, HASHES)
    hashes.known = state
    store = ChecksumStore(tmp_path / "a.db")
    store.save(hashes)
    step = Batch(None, (first, *missed, *then))
    hashes.note(step)
    assert store.append([step])
    store.close()
    found = store.load()
    assert found is not None
    assert found.known is hashes.known
    assert found.base == hashes.base


def test_only_after_an_orderly_end_is_a_write_a_strangers() -> None:
    """A page that a -wal changes is suspected in CLOSED, and in no other state."""
    for state in WalKnowledge:
        hashes = ExpectedHashes.of(4096, HASHES)
        hashes.known = state
        hashes.note(Batch(None, entries=((2, b"x" * HASH_BYTES),)))
        assert hashes.suspects == ({2} if state is WalKnowledge.CLOSED else set())
