"""MetricsPage: answers /metrics and /health from before the database is opened until after it is closed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

from aiohttp import web
from loguru import logger
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from modelus_bot import __version__
from modelus_bot.config import MetricsSettings
from modelus_bot.gateway.link import standing
from modelus_bot.metrics.figures import Seen, figures
from modelus_bot.metrics.wellness import Phase, wellness
from modelus_bot.runtime.os_errors import in_words

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot
    from modelus_bot.database import DatabaseManager

__all__ = ["MetricsPage"]

SHUTDOWN_SECONDS = 1.0


class _Figures(Collector):
    """Looks at the bot when it is asked; before it is there, there is nothing to tell."""

    def __init__(self) -> None:
        self.seen: Seen | None = None

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand: nobody else registers metrics."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Return the metrics of the last look."""
        return figures(self.seen) if self.seen is not None else ()


class MetricsPage:
    """Owns the listening socket. ``settings`` None, or switched off, serves nothing.

    A port that is taken, or an address that is not this machine's, is logged and the bot goes on.
    """

    def __init__(self, settings: MetricsSettings | None) -> None:
        """Remember where to listen; ``async with`` does."""
        self._settings = settings if settings is not None and settings.serve == "on" else None
        self._figures = _Figures()
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self._figures)
        ProcessCollector(registry=self._registry)
        self._db: DatabaseManager | None = None
        self._bot: ModelUsBot | None = None
        self._runs: Mapping[str, int] = {}
        self._failures: Mapping[str, int] = {}
        self._closed = False
        self._runner: web.AppRunner | None = None
        self.address: tuple[str, int] | None = None
        """Where it is served, None when it is not."""

    async def __aenter__(self) -> Self:
        """Listen, if that is wanted and possible."""
        if self._settings is None:
            return self
        application = web.Application()
        application.router.add_get("/metrics", self._metrics)
        application.router.add_get("/health", self._health)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        host, port = self._settings.host, self._settings.port
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            await runner.cleanup()
            logger.bind(host=host, port=port, error=in_words(error)).warning("metrics_not_served")
            return self
        self._runner = runner
        self.address = (host, runner.addresses[0][1])
        logger.bind(host=host, port=self.address[1]).info("metrics_served")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        self._closed = True
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = self.address = None

    def attach(
        self,
        db: DatabaseManager,
        bot: ModelUsBot,
        *,
        runs: Mapping[str, int] | None = None,
        failures: Mapping[str, int] | None = None,
    ) -> None:
        """Tell of these from now on; runs and failures of jobs are counted elsewhere and read here."""
        self._db, self._bot = db, bot
        self._runs = {} if runs is None else runs
        self._failures = {} if failures is None else failures

    def closing(self) -> None:
        """Say from now on that the bot is closed."""
        self._closed = True

    @property
    def phase(self) -> Phase:
        """Where the bot is in its life."""
        if self._closed or (self._bot is not None and self._bot.is_closed()):
            return Phase.CLOSED
        if self._db is None or self._bot is None:
            return Phase.STARTING
        found = standing(self._bot)
        if not found.reachable and found.why is not None:
            return Phase.AWAY
        return Phase.RUNNING if found.reachable and self._bot.is_ready() else Phase.STARTING

    async def _metrics(self, _: web.Request) -> web.Response:
        if self._db is not None and self._bot is not None:
            self._figures.seen = Seen(
                self._db.overview(),
                self._db.health.figures.statements.seen(),
                self._bot.latency,
                dict(self._runs),
                dict(self._failures),
            )
        text = await asyncio.to_thread(generate_latest, self._registry)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _health(self, request: web.Request) -> web.Response:
        db = self._db
        strict = request.query.get("strict", "0").lower() in {"1", "true", "yes"}
        answer = wellness(self.phase, db.mode if db is not None else None, strict=strict)
        said: dict[str, object] = {"status": answer.status, "version": __version__}
        if db is not None and not self._closed:
            seen = db.overview()
            said |= {
                "mode": seen.mode.value,
                "cause": seen.cause,
                "discord": self._discord(),
                "seconds_running": int(time.time()) - seen.since,
                "incidents": [incident.name for incident in seen.incidents],
            }
        if answer.status == "disconnected" and self._bot is not None:
            said["cause"] = standing(self._bot).why
        return web.json_response(said, status=answer.code, headers={"Cache-Control": "no-store"})

    def _discord(self) -> dict[str, object]:
        """Say how things stand with Discord; ``heartbeat_seconds`` is the age of its last answer."""
        if self._bot is None:
            return {"connected": False, "heartbeat_seconds": None, "why": None}
        found = standing(self._bot)
        age = None if found.heartbeat is None else round(found.heartbeat, 1)
        return {"connected": found.reachable, "heartbeat_seconds": age, "why": found.why}
