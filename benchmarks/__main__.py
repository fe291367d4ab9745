"""Print a table: ``python -m benchmarks WHAT [--rounds N] [--seconds S]``, WHAT being one of these.

``writes``, the default, compares ways to write (``--callers 1,16,64,256``); ``backup`` shows what a backup
costs those who use the database meanwhile (``--megabytes 200``, ``--rate 50`` in megabytes a second);
``recovery`` shows how long one of that size is away after damage; ``hot`` compares answers from memory with
asking the database (``--callers 1,16,64``); ``viewer`` compares reads for a viewer with the same reads
without; ``board`` asks for the board and lists of 5,000 tasks, ``conversations`` searches 200,000
messages and asks for the queue of 5,000 reports; ``laws`` asks for lists, texts, law books and suggestions of
50,000 laws, searches and changes them; ``nations`` asks for cards, names and rankings of 5,000 nations with
200,000 changes; ``journal`` saves changes for later and replays them; ``kept`` shows what the snapshot of
many rows costs readers; ``loop`` shows how late the event loop is at worst while things happen to the
database (``--only recovery`` for some of them, ``--explain`` for where the time went);
``activity`` counts 1,000 messages a second.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from loguru import logger
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.activity import measure_activity
from benchmarks.backup import measure_backup
from benchmarks.board import measure_board
from benchmarks.contenders import CONTENDERS, REFERENCE
from benchmarks.conversations import measure_conversations
from benchmarks.hot import measure_hot
from benchmarks.journal import measure_journal
from benchmarks.kept import measure_kept
from benchmarks.laws import measure_laws
from benchmarks.loop import measure_loop
from benchmarks.nations import measure_nations
from benchmarks.recovery import measure_recovery
from benchmarks.viewer import measure_viewer
from benchmarks.workload import Result

WRITING_SECONDS = 0.5
CALM_SECONDS = 5.0

ROUNDS = {
    "activity": measure_activity,
    "board": measure_board,
    "conversations": measure_conversations,
    "journal": measure_journal,
    "laws": measure_laws,
    "nations": measure_nations,
}
"""What is measured in rounds and has no other settings."""

Figures = dict[tuple[str, int, str], list[Result]]


def main() -> None:
    """Measure in interleaved rounds and print medians."""
    arguments = _arguments()
    logger.remove()
    console = Console()
    if arguments.what == "backup":
        measure_backup(
            console,
            megabytes=arguments.megabytes,
            rounds=arguments.rounds,
            seconds=arguments.seconds or CALM_SECONDS,
            rate=arguments.rate,
            folder=arguments.folder,
        )
    elif arguments.what == "recovery":
        measure_recovery(console, megabytes=arguments.megabytes, folder=arguments.folder)
    elif arguments.what == "hot":
        measure_hot(
            console,
            rounds=arguments.rounds,
            seconds=arguments.seconds or WRITING_SECONDS,
            callers=[int(number) for number in arguments.callers.split(",")],
            folder=arguments.folder,
        )
    elif arguments.what == "viewer":
        measure_viewer(
            console,
            rounds=arguments.rounds,
            seconds=arguments.seconds or WRITING_SECONDS,
            callers=[int(number) for number in arguments.callers.split(",")],
            folder=arguments.folder,
        )
    elif (measure := ROUNDS.get(arguments.what)) is not None:
        measure(console, rounds=arguments.rounds, folder=arguments.folder)
    elif arguments.what == "kept":
        measure_kept(console, rounds=arguments.rounds, seconds=arguments.seconds, folder=arguments.folder)
    elif arguments.what == "loop":
        measure_loop(console, rounds=arguments.rounds, only=arguments.only, explain=arguments.explain)
    else:
        _measure_writes(console, arguments)


def _measure_writes(console: Console, arguments: argparse.Namespace) -> None:
    seconds = arguments.seconds or WRITING_SECONDS
    callers = [int(number) for number in arguments.callers.split(",")]
    figures: Figures = {}
    cells = [(sync, count) for sync in ("FULL", "NORMAL") for count in callers]
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("measuring", total=len(cells) * arguments.rounds * len(CONTENDERS))
        for synchronous, count in cells:
            for _ in range(arguments.rounds):
                for name, contender in CONTENDERS.items():
                    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
                        result = contender(Path(folder), count, synchronous, seconds)
                    figures.setdefault((name, count, synchronous), []).append(result)
                    progress.advance(task)
    for synchronous in ("FULL", "NORMAL"):
        console.print(_table(figures, callers, synchronous))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument(
        "what",
        nargs="?",
        choices=(
            "writes",
            "backup",
            "recovery",
            "hot",
            "viewer",
            "board",
            "conversations",
            "laws",
            "nations",
            "journal",
            "kept",
            "loop",
            "activity",
        ),
        default="writes",
    )
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds; the median counts")
    parser.add_argument("--seconds", type=float, default=None, help="length of one measurement")
    parser.add_argument("--callers", default="1,16,64,256", help="numbers of concurrent callers")
    parser.add_argument("--megabytes", type=int, default=200, help="size of the database that is backed up")
    parser.add_argument("--rate", type=float, default=None, help="default: that of the settings")
    parser.add_argument(
        "--folder", default=None, help="where the databases lie; default: the temporary folder"
    )
    parser.add_argument("--only", default="", help="events of ``loop`` whose name has this in it")
    parser.add_argument("--explain", action="store_true", help="print the worst moments of ``loop``")
    return parser.parse_args()


def _table(figures: Figures, callers: list[int], synchronous: str) -> Table:
    table = Table(
        title=f"upsert + audit row, synchronous={synchronous}: writes/s (p99 ms), x = times the lock"
    )
    table.add_column("design")
    for count in callers:
        table.add_column(f"{count} callers", justify="right")
    for name in CONTENDERS:
        cells = []
        for count in callers:
            results = figures[name, count, synchronous]
            rate = statistics.median(result.per_second for result in results)
            p99 = statistics.median(result.p99 for result in results)
            ratio = statistics.median(
                item.per_second / other.per_second
                for item, other in zip(results, figures[REFERENCE, count, synchronous], strict=True)
            )
            cells.append(f"{rate:,.0f} ({p99:,.1f})  x{ratio:.2f}")
        table.add_row(name, *cells)
    return table


if __name__ == "__main__":
    main()
