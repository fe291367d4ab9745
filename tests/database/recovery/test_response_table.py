"""What was seen of the open file, and what is done about it: every row of the table."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Literal

import pytest

import modelus_bot
from modelus_bot.database.core.errors import (
    AuditUnwritable,
    ConnectionLost,
    CorruptionDetected,
    DatabaseBusy,
    DatabaseError,
    DiskFull,
    FileMoved,
    FileTouched,
    StorageFailed,
)
from modelus_bot.database.recovery.response_table import (
    Response,
    Watched,
    after_check,
    after_close_look,
    after_comparison,
    after_loss,
    is_damaged,
    is_suspicious,
    on_watch,
)

RECOVERY = Path(modelus_bot.__file__).parent / "database" / "recovery"
DAMAGE = CorruptionDetected("bad page")


@pytest.mark.parametrize(
    ("seen", "response"),
    [
        (Watched(), Response.NOTHING),
        (Watched(moved=True), Response.REBUILD),
        (Watched(given_up=True), Response.NOTHING),
        (Watched(given_up=True, retry=True), Response.CONFIRM),
        (Watched(suspicion=DAMAGE), Response.CONFIRM),
        (Watched(suspicion=StorageFailed()), Response.CONFIRM),
        (Watched(suspicion=FileTouched()), Response.CONFIRM),
        (Watched(suspicion=FileMoved()), Response.NOTHING),
        (Watched(check_due=True), Response.CHECK),
        (Watched(schema_changed=True), Response.CHECK),
        (Watched(written_to=True), Response.COMPARE),
    ],
)
def test_one_thing_seen(seen: Watched, response: Response) -> None:
    """Each by itself; a file that was moved and is back again is none that is moved."""
    assert on_watch(seen) is response


def test_what_is_worse_comes_first() -> None:
    """A lost file before one that was given up, before suspicion, before a check, before a comparison."""
    worse = [
        ({"moved": True}, Response.REBUILD),
        ({"given_up": True, "retry": True}, Response.CONFIRM),
        ({"suspicion": DAMAGE}, Response.CONFIRM),
        ({"check_due": True}, Response.CHECK),
        ({"written_to": True}, Response.COMPARE),
    ]
    for place, (changes, response) in enumerate(worse):
        seen = Watched()
        for later, _ in worse[place:]:
            seen = replace(seen, **later)  # type: ignore[arg-type]  # names and values belong together
        assert on_watch(replace(seen, **changes)) is response  # type: ignore[arg-type]  # see above


def test_nobody_works_on_a_file_that_something_speaks_against() -> None:
    """It is calm if and only if nothing has to be rebuilt, confirmed or left alone as given up."""
    flags = product([False, True], repeat=5)
    for (moved, given_up, retry, due, written), suspicion in product(flags, [None, DAMAGE, FileMoved()]):
        seen = Watched(moved, given_up, retry, suspicion, check_due=due, written_to=written)
        speaks_against = moved or given_up or suspicion is DAMAGE
        assert seen.calm is not speaks_against
        if seen.calm:
            assert on_watch(seen) in {Response.NOTHING, Response.CHECK, Response.COMPARE}


@pytest.mark.parametrize(
    ("error", "suspicious"),
    [
        (FileMoved(), True),
        (FileTouched(), True),
        (DAMAGE, True),
        (StorageFailed(), True),
        (AuditUnwritable(), True),
        (ConnectionLost(), False),
        (DatabaseBusy(), False),
        (DiskFull(), False),
    ],
)
def test_failures_that_are_reason_to_look(error: DatabaseError, suspicious: bool) -> None:
    """Those that can mean damage; a connection that broke or a full disk does not."""
    assert is_suspicious(error) is suspicious


@dataclass
class Report:
    """What a check says."""

    ok: bool = True
    damaged: bool = False
    missing_tables: tuple[str, ...] = ()


@dataclass
class Sums:
    """What a comparison says."""

    unexplained: tuple[int, ...] = ()
    unclear: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("report", "checksums", "response"),
    [
        (Report(), Sums(), Response.NOTHING),
        (Report(), Sums(unclear=(3,)), Response.NOTHING),
        (Report(ok=False), Sums(), Response.MEND_ROWS),
        (Report(ok=False, damaged=True), Sums(), Response.CONFIRM),
        (Report(ok=False, missing_tables=("covers",)), Sums(), Response.CONFIRM),
        (Report(), Sums(unexplained=(7,)), Response.CONFIRM),
        (Report(ok=False), Sums(unexplained=(7,)), Response.CONFIRM),
    ],
)
def test_after_a_whole_check(report: Report, checksums: Sums, response: Response) -> None:
    """Damage is looked at closely, broken rows are mended, the rest is well."""
    assert after_check(report, checksums) is response
    assert is_damaged(report, checksums) is (response is Response.CONFIRM)


@pytest.mark.parametrize(
    ("checksums", "response"),
    [
        (Sums(), Response.NOTHING),
        (Sums(unclear=(3,)), Response.CHECK),
        (Sums(unexplained=(7,)), Response.CONFIRM),
        (Sums(unexplained=(7,), unclear=(3,)), Response.CONFIRM),
    ],
)
def test_after_a_comparison(checksums: Sums, response: Response) -> None:
    """What nobody wrote is looked at closely; what cannot be told by the pages alone is checked."""
    assert after_comparison(checksums) is response


@pytest.mark.parametrize(("damaged", "gone"), list(product([False, True], repeat=2)))
def test_after_a_close_look(damaged: bool, gone: bool) -> None:
    """All goes on only if the file is there and whole."""
    response = after_close_look(damaged=damaged, gone=gone)
    assert response is (Response.RECOVER if damaged or gone else Response.GO_ON)


@pytest.mark.parametrize(("recovery", "response"), [("auto", Response.RECOVER), ("off", Response.GIVE_UP)])
def test_after_a_loss(recovery: Literal["auto", "off"], response: Response) -> None:
    """Whoever switched recovery off decides alone."""
    assert after_loss(recovery) is response


@pytest.mark.parametrize("name", ["file_monitor.py", "damage_response.py"])
def test_neither_who_watches_nor_who_does_decides(name: str) -> None:
    """Neither asks an error for its class, nor a report for what is wrong with the file as a whole."""
    tree = ast.parse((RECOVERY / name).read_text("utf-8"))
    asked = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance"
    ]
    looked = [
        ast.unparse(node.test)
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        and any(
            word in ast.unparse(node.test) for word in ("unexplained", "unclear", ".ok", "missing_tables")
        )
    ]
    assert asked + looked == []
