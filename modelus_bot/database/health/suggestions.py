"""Suggestions: what measured problems say about the settings, in words."""

from __future__ import annotations

from collections.abc import Callable

from modelus_bot.database.health.messages import amount
from modelus_bot.database.health.overview import Overview

__all__ = ["setting_suggestions"]

ENOUGH = 100
"""Operations below which nothing is suggested."""
SHARE = 0.05
"""Part of the operations from which on something is a pattern."""
WAIT = 100.0
"""Milliseconds that one query in a hundred may wait before more answers should come from memory."""
SLOW_DISK = 50.0
"""Milliseconds that half of the changes may take before the disk counts as slow."""
TOO_LATE = 5
"""Operations that were given up for taking too long before a deadline counts as short."""
ROOM = 3
"""How many times its size the database needs free for copies, a restore and being rewritten."""


def setting_suggestions(seen: Overview) -> tuple[str, ...]:
    """Return a sentence for each problem that an edit of the settings can ease; empty when there is none."""
    return tuple(words for look in _LOOKS if (words := look(seen)) is not None)


def _queries_wait(seen: Overview) -> str | None:
    waits = seen.reader_waits
    if waits.count < ENOUGH or waits.p99 is None or waits.p99 < WAIT:
        return None
    return (
        f"Raise `snapshot.hot_reads`, so that more answers come from memory: one query in a hundred waits"
        f" {amount(waits.p99, 'ms')} or longer for its turn."
    )


def _queries_given_up(seen: Overview) -> str | None:
    late = seen.too_late_reads
    if late < TOO_LATE:
        return None
    return f"Raise `database.read_deadline`: {late} queries were given up because they took too long."


def _reports_given_up(seen: Overview) -> str | None:
    late = seen.too_late_reports
    if late < TOO_LATE:
        return None
    return (
        f"Raise `database.long_read_deadline`: {late} long queries (searches, exports, verification) were"
        " given up because they took too long."
    )


def _changes_given_up(seen: Overview) -> str | None:
    late = seen.too_late_writes
    if late < TOO_LATE:
        return None
    return (
        f"Raise `database.write_deadline`, or find out what holds up the file: {late} changes were given up"
        " because they waited too long."
    )


def _locked_often(seen: Overview) -> str | None:
    if seen.write_count < ENOUGH or seen.retries < SHARE * seen.write_count:
        return None
    return (
        f"Raise `database.busy_slice`, or close the other program that locks the file:"
        f" {seen.retries} of {seen.write_count} changes had to be tried again."
    )


def _disk_slow(seen: Overview) -> str | None:
    half = seen.writes.p50
    if seen.synchronous != "FULL" or seen.writes.count < ENOUGH or half is None or half < SLOW_DISK:
        return None
    return (
        f"The disk takes long to confirm: half of the changes take {amount(half, 'ms')} or longer."
        " A faster disk helps. So does `database.synchronous` = NORMAL, but then a power cut can cost"
        " the last changes."
    )


def _queue_fills(seen: Overview) -> str | None:
    if not seen.queue_limit or seen.queue_depth < seen.queue_limit / 2:
        return None
    return (
        f"Raise `database.group_limit`, so that one commit carries more: {seen.queue_depth} of"
        f" {seen.queue_limit} places in the queue are taken, and a commit carries"
        f" {seen.mean_group:.0f} changes on average."
    )


def _slow_is_usual(seen: Overview) -> str | None:
    total = seen.read_count + seen.write_count
    slow = sum(count for _, count in seen.slow)
    if total < ENOUGH or slow < SHARE * total:
        return None
    return (
        f"Raise `database.slow_operation` if this machine is as slow as it should be: {slow} of {total}"
        " operations were logged as slow."
    )


def _no_room(seen: Overview) -> str | None:
    if seen.free_bytes is None or not seen.file_bytes or seen.free_bytes >= ROOM * seen.file_bytes:
        return None
    return (
        "Lower `backup.keep_daily`, or let `backup.folder` be on another disk: less than"
        f" {ROOM} times the size of the database is free, too little for a copy and a restore."
    )


def _at_the_limit(seen: Overview) -> str | None:
    if all(incident.name != "file_size" for incident in seen.incidents):
        return None
    return (
        "Raise `health.file_limit_megabytes`, if there is space for it: the database file has reached"
        " its limit."
    )


_LOOKS: tuple[Callable[[Overview], str | None], ...] = (
    _queries_wait,
    _queries_given_up,
    _reports_given_up,
    _changes_given_up,
    _locked_often,
    _disk_slow,
    _queue_fills,
    _slow_is_usual,
    _no_room,
    _at_the_limit,
)
