"""/metrics and /health over a real socket, from a real bot on a real database."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import tomlkit
from loguru import logger
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from modelus_bot.app import running
from modelus_bot.cli.commands import app
from modelus_bot.config import MetricsSettings, load_settings
from modelus_bot.database.core.errors import ConnectionLost, DiskFull
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.metrics import MetricsPage, Phase, wellness

if TYPE_CHECKING:
    from tests.conftest import BotEnv

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operating.md"
ANYWHERE = MetricsSettings(port=0)


class Asker:
    """Asks a page as another program would."""

    def __init__(self, page: MetricsPage, session: aiohttp.ClientSession) -> None:
        self.page = page
        self.session = session

    async def health(self, query: str = "") -> tuple[int, dict[str, Any]]:
        """Return status and body of /health."""
        async with self.session.get(self.address(f"/health{query}")) as response:
            return response.status, await response.json()

    async def metrics(self) -> dict[tuple[str, str], float]:
        """Return every sample of /metrics by its name and the values of its labels."""
        async with self.session.get(self.address("/metrics")) as response:
            assert response.status == 200
            assert response.headers["Content-Type"].startswith("text/plain")
            text = await response.text()
        return {
            (sample.name, ",".join(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def address(self, path: str) -> str:
        """Return where something is served."""
        assert self.page.address is not None
        return f"http://127.0.0.1:{self.page.address[1]}{path}"


@contextlib.asynccontextmanager
async def asking(settings: MetricsSettings = ANYWHERE) -> AsyncIterator[Asker]:
    """Serve a page on a free port."""
    async with MetricsPage(settings) as page, aiohttp.ClientSession() as session:
        yield Asker(page, session)


@pytest.mark.parametrize(
    ("phase", "mode", "strict", "status", "code"),
    [
        (Phase.STARTING, None, False, "starting", 503),
        (Phase.STARTING, Mode.NORMAL, False, "starting", 503),
        (Phase.RUNNING, None, False, "starting", 503),
        (Phase.RUNNING, Mode.NORMAL, False, "ready", 200),
        (Phase.RUNNING, Mode.NORMAL, True, "ready", 200),
        (Phase.RUNNING, Mode.READ_ONLY, False, "degraded", 200),
        (Phase.RUNNING, Mode.READ_ONLY, True, "degraded", 503),
        (Phase.RUNNING, Mode.DEGRADED, False, "degraded", 200),
        (Phase.RUNNING, Mode.DEGRADED, True, "degraded", 503),
        (Phase.CLOSED, Mode.NORMAL, False, "closed", 503),
        (Phase.CLOSED, None, False, "closed", 503),
    ],
)
def test_wellness(phase: Phase, mode: Mode | None, strict: bool, status: str, code: int) -> None:
    """A bot whose database is not well counts as well, unless somebody asks strictly."""
    answer = wellness(phase, mode, strict=strict)

    assert (answer.status, answer.code) == (status, code)


async def test_health_follows_the_database(bot_env: BotEnv) -> None:
    """Starting, ready, read-only, degraded, closed: each with its status, for strict askers as well."""
    async with asking() as ask:
        status, said = await ask.health()
        assert (status, said["status"]) == (503, "starting")
        samples = await ask.metrics()
        assert not any(name.startswith("modelus_") for name, _ in samples)
        assert samples["process_resident_memory_bytes", ""] > 0

        ask.page.attach(bot_env.db, bot_env.bot)
        status, said = await ask.health("?strict=1")
        assert (status, said["status"], said["mode"], said["cause"]) == (200, "ready", "normal", None)

        availability = bot_env.db.availability
        nobody_looks(bot_env)
        availability.failed(availability.writes, DiskFull("no space"))
        status, said = await ask.health()
        assert (status, said["status"], said["mode"]) == (200, "degraded", "read_only")
        assert "disk is full" in said["cause"]
        assert (await ask.health("?strict=1"))[0] == 503

        availability.lost(ConnectionLost("gone"))
        status, said = await ask.health()
        assert (status, said["mode"]) == (200, "degraded")
        samples = await ask.metrics()
        assert samples["modelus_database_mode", "degraded"] == 1
        assert samples["modelus_database_mode", "normal"] == 0

        ask.page.closing()
        status, said = await ask.health()
        assert (status, said["status"]) == (503, "closed")


def nobody_looks(env: BotEnv) -> None:
    """Let nobody look for an hour whether the database is back."""
    hours = {"breaker_probe_first": 3600.0, "breaker_probe_cap": 3600.0}
    env.db.availability.apply(env.db.settings.model_copy(update=hours))


async def test_metrics_are_the_overviews_figures(bot_env: BotEnv) -> None:
    """Every figure is what the database counted, in seconds and bytes; docs/operating.md explains each."""
    await bot_env.admin.slash(bot_env.channel, "ping")
    async with asking() as ask:
        ask.page.attach(bot_env.db, bot_env.bot, runs={"outbox": 3}, failures={"outbox": 1})
        samples = await ask.metrics()
        async with ask.session.get(ask.address("/metrics")) as response:
            lines = (await response.text()).splitlines()
    seen = bot_env.db.overview()

    served = {line.split()[2] for line in lines if line.startswith("# TYPE modelus_")}
    described = {
        line.split("`")[1].split("{")[0]
        for line in DOCUMENT.read_text("utf-8").splitlines()
        if line.startswith("| `modelus_")
    }
    assert served == described
    assert samples["modelus_operations_total", "write"] == seen.write_count > 0
    assert samples["modelus_operations_total", "read"] == seen.read_count
    assert samples["modelus_database_mode", "normal"] == 1
    assert samples["modelus_breaker_open", "writes"] == 0
    assert samples["modelus_database_bytes", "file"] == seen.file_bytes
    assert samples["modelus_write_queue_depth", ""] == 0
    assert samples["modelus_job_runs_total", "outbox"] == 3
    assert samples["modelus_job_failures_total", "outbox"] == 1
    assert seen.writes.p99 is not None
    assert samples["modelus_operation_latency_seconds", "write,0.99"] == pytest.approx(seen.writes.p99 / 1000)
    runs = {
        label: value for (name, label), value in samples.items() if name == "modelus_statement_runs_total"
    }
    assert 0 < len(runs) <= 20
    assert any(label.startswith("INSERT INTO requests") for label in runs)
    assert ("modelus_drill_ok", "") not in samples


async def test_a_port_that_is_taken_stops_nothing(tmp_path: Path) -> None:
    """The second bot on a machine goes on without the page and says in its log why."""
    events: list[str] = []
    sink = logger.add(lambda message: events.append(message.record["message"]), level="WARNING")
    try:
        async with asking() as ask:
            assert ask.page.address is not None
            async with MetricsPage(MetricsSettings(port=ask.page.address[1])) as second:
                assert second.address is None
            assert (await ask.health())[0] == 503
    finally:
        logger.remove(sink)

    assert events == ["metrics_not_served"]


@pytest.mark.parametrize("settings", [None, MetricsSettings(serve="off", port=0)])
async def test_nothing_is_served_when_it_is_switched_off(settings: MetricsSettings | None) -> None:
    """Switched off, no port is opened."""
    async with MetricsPage(settings) as page:
        assert page.address is None


async def test_the_whole_bot_serves_it(tmp_path: Path) -> None:
    """Built by the app: on a free port while everything runs, starting until the login, then gone."""
    path = tmp_path / "config.toml"
    parts = {
        "metrics": {"port": 0},
        "logging": {"file": "bot.jsonl"},
        "archive": {"mode": "off"},
        "backup": {"schedule": "off"},
    }
    path.write_text(tomlkit.dumps(parts), encoding="utf-8")
    async with running(load_settings(path, {})), aiohttp.ClientSession() as session:
        address = f"http://127.0.0.1:{await served_port(tmp_path / 'bot.jsonl')}"
        async with session.get(f"{address}/health") as response:
            assert (response.status, (await response.json())["status"]) == (503, "starting")
        async with session.get(f"{address}/metrics") as response:
            assert 'modelus_job_runs_total{job="outbox"}' in await response.text()
    with pytest.raises(aiohttp.ClientConnectorError):
        async with aiohttp.ClientSession() as session, session.get(f"{address}/health"):
            pass


async def served_port(log: Path) -> int:
    """Return the port that the bot says it serves the page at."""
    async with asyncio.timeout(10):
        while True:
            for line in log.read_text("utf-8").splitlines() if log.exists() else ():
                record = json.loads(line)
                if record["event"] == "metrics_served":
                    return int(record["port"])
            await asyncio.sleep(0.05)


async def test_the_probe_of_a_container(bot_env: BotEnv, tmp_path: Path) -> None:
    """``modelus-bot health`` ends with 0 while the bot is well and with 1 when it is not or is not there."""
    path = tmp_path / "config.toml"
    async with asking() as ask:
        assert ask.page.address is not None
        port = ask.page.address[1]
        path.write_text(f"[metrics]\nport = {port}\n", encoding="utf-8")
        assert await probe(path) == (1, "starting\n")
        ask.page.attach(bot_env.db, bot_env.bot)
        assert await probe(path) == (0, "ready\n")
        nobody_looks(bot_env)
        bot_env.db.availability.failed(bot_env.db.availability.writes, DiskFull("no space"))
        code, said = await probe(path)
        assert (code, said.startswith("degraded: ")) == (0, True)
        assert (await probe(path, "--strict"))[0] == 1
    code, said = await probe(path)
    assert (code, said.startswith(f"No bot answers at 127.0.0.1, port {port}")) == (1, True)
    path.write_text('[metrics]\nserve = "off"\n', encoding="utf-8")
    assert await probe(path) == (3, "The bot cannot be asked: metrics.serve is off.\n")


async def probe(config: Path, *options: str) -> tuple[int, str]:
    """Run the command beside the event loop that answers it."""
    arguments = ["--config", str(config), "health", *options]
    result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    return result.exit_code, result.output
