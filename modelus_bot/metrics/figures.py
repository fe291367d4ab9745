"""The bot's figures as Prometheus metrics; docs/operating.md says what each of them means."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from modelus_bot import __version__
from modelus_bot.database import Mode, Overview
from modelus_bot.database.administration import Percentiles, StatementSeen

__all__ = ["STATEMENTS", "Seen", "figures"]

STATEMENTS = 20
"""How many statements, those that took most time in all, have figures of their own."""
LABEL = 160

Labels = Mapping[str, str]
Value = float | int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at: ``gateway`` is Discord's latency in seconds, runs and failures are by job."""

    overview: Overview
    statements: Sequence[StatementSeen] = ()
    gateway: float | None = None
    runs: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)


def figures(seen: Seen) -> Iterator[Metric]:
    """Yield every metric; what is not known has no sample."""
    overview = seen.overview
    about = {"version": __version__, "sqlite": overview.sqlite_version, "synchronous": overview.synchronous}
    yield _gauge("info", "The versions that are running.", [(about, 1)])
    yield _gauge("started_timestamp_seconds", "When counting began.", overview.since)
    yield from _state(overview)
    yield from _operations(overview)
    yield from _waiting(overview)
    yield from _files(overview)
    yield from _surroundings(seen)
    yield from _statements(seen.statements)
    yield _counter("job_runs", "Runs of what is done by the clock.", _by("job", seen.runs))
    yield _counter("job_failures", "Runs that failed.", _by("job", seen.failures))


def _state(seen: Overview) -> Iterator[Metric]:
    yield _gauge(
        "database_mode",
        "1 for the mode the database is in, 0 for the others.",
        [({"mode": mode.value}, int(mode is seen.mode)) for mode in Mode],
    )
    breakers = {"reads": seen.read_breaker, "writes": seen.write_breaker}
    yield _gauge(
        "breaker_open",
        "1 while operations of a lane are refused at once.",
        [({"lane": lane}, int(state != "closed")) for lane, state in breakers.items()],
    )
    yield _gauge("incidents", "What is wrong at present, counted.", len(seen.incidents))
    yield _gauge("deferred_writes", "Changes that are kept until the database is back.", seen.deferred)
    yield _counter("connections_reopened", "Connections that were lost and opened again.", seen.reopened)


def _operations(seen: Overview) -> Iterator[Metric]:
    kinds = {"read": seen.read_count, "write": seen.write_count}
    yield _counter("operations", "Finished queries and changes.", _by("kind", kinds))
    outcomes = {
        "refused": seen.refused,
        "failed": seen.failures,
        "retried": seen.retries,
        "repeated": seen.repeated,
    }
    yield _counter("operation_outcomes", "Operations that did not simply succeed.", _by("outcome", outcomes))
    yield _gauge(
        "operation_latency_seconds",
        "From asking to the answer, last five minutes.",
        [*_quantiles({"kind": "read"}, seen.reads), *_quantiles({"kind": "write"}, seen.writes)],
    )
    yield _gauge("operations_per_second", "Operations a second, last five minutes.", seen.per_second)
    yield _gauge("operation_error_ratio", "Part of them that the database failed, 0 to 1.", seen.error_share)
    yield _gauge("commit_writes_mean", "Changes that one COMMIT carries on average.", seen.mean_group)


def _waiting(seen: Overview) -> Iterator[Metric]:
    yield _gauge("write_queue_depth", "Changes that wait for the writer.", seen.queue_depth)
    yield _gauge("write_queue_limit", "Changes that may wait.", seen.queue_limit)
    yield _gauge("read_queue_depth", "Queries that wait for a reader.", seen.reader_depth)
    yield _gauge(
        "reader_wait_seconds",
        "How long queries waited before they ran, last five minutes.",
        [
            *_quantiles({"lane": "reader"}, seen.reader_waits),
            *_quantiles({"lane": "long_reader"}, seen.long_waits),
        ],
    )
    yield _gauge(
        "event_loop_delay_seconds",
        "How much later than asked the bot went on with its work, last five minutes.",
        _quantiles({}, seen.loop_delay),
    )


def _files(seen: Overview) -> Iterator[Metric]:
    sizes = {"file": seen.file_bytes, "wal": seen.wal_bytes}
    yield _gauge("database_bytes", "Size of the file and of the log beside it.", _by("part", sizes))
    yield _gauge("disk_free_bytes", "Space left on the database's disk.", seen.free_bytes)


def _surroundings(seen: Seen) -> Iterator[Metric]:
    around = seen.overview.surroundings
    yield _gauge("backup_timestamp_seconds", "When the newest verified copy was made.", around.backup_at)
    yield _gauge("drill_timestamp_seconds", "When restoring was last rehearsed.", around.drill_at)
    drill_ok = None if around.drill_ok is None else int(around.drill_ok)
    yield _gauge("drill_ok", "1 when that rehearsal gave a whole database.", drill_ok)
    yield _gauge("archive_lag_seconds", "How far the archive is behind.", around.archive_lag)
    yield _gauge("gateway_latency_seconds", "How long Discord takes to answer a heartbeat.", seen.gateway)


def _statements(statements: Sequence[StatementSeen]) -> Iterator[Metric]:
    most = statements[:STATEMENTS]
    labels = [{"statement": _label(item.text)} for item in most]
    yield _gauge("statements_seen", "Different statements that were run.", len(statements))
    yield _counter(
        "statement_runs",
        "Runs of the statements that took most time.",
        [(label, item.count) for label, item in zip(labels, most, strict=True)],
    )
    yield _counter(
        "statement_seconds",
        "Time they took in all.",
        [(label, item.total) for label, item in zip(labels, most, strict=True)],
    )
    yield _counter(
        "statement_errors",
        "Runs of them that failed.",
        [(label, item.errors) for label, item in zip(labels, most, strict=True)],
    )


def _gauge(name: str, text: str, values: Iterable[tuple[Labels, Value]] | Value) -> Metric:
    return _filled(GaugeMetricFamily, name, text, values)


def _counter(name: str, text: str, values: Iterable[tuple[Labels, Value]] | Value) -> Metric:
    return _filled(CounterMetricFamily, name, text, values)


def _filled(
    make: type[GaugeMetricFamily | CounterMetricFamily],
    name: str,
    text: str,
    values: Iterable[tuple[Labels, Value]] | Value,
) -> Metric:
    pairs = [({}, values)] if values is None or isinstance(values, int | float) else list(values)
    family = make(f"modelus_{name}", text, labels=list(pairs[0][0]) if pairs else [])
    for labels, value in pairs:
        if value is not None and math.isfinite(value):
            family.add_metric(list(labels.values()), float(value))
    return family


def _by(label: str, values: Mapping[str, Value]) -> list[tuple[Labels, Value]]:
    return [({label: name}, value) for name, value in values.items()]


def _quantiles(labels: Labels, found: Percentiles) -> list[tuple[Labels, Value]]:
    shares = {"0.5": found.p50, "0.95": found.p95, "0.99": found.p99, "1": found.highest}
    return [
        ({**labels, "quantile": share}, None if value is None else value / 1000)
        for share, value in shares.items()
    ]


def _label(text: str) -> str:
    return text if len(text) <= LABEL else text[: LABEL - 1] + "…"
