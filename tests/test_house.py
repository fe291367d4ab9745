"""The figures of the house that are held: how much one has to read to follow an operation."""

from tools.house import files_crossed

MOST_OF_A_WRITE, MOST_OF_A_READ = 18, 12


def test_few_files_are_crossed_by_an_operation() -> None:
    """From the manager to SQLite and back, counted while one runs; layers that only pass on would show."""
    write, read = files_crossed(everything=False)

    assert {"manager.py", "engine/group_commit.py", "core/audit/sink.py"} <= write
    assert {"manager.py", "engine/read_batching.py"} <= read
    assert len(write) <= MOST_OF_A_WRITE, sorted(write)
    assert len(read) <= MOST_OF_A_READ, sorted(read)
