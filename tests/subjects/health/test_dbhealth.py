"""/dbhealth: every view with a database and without one, failures by their code, and the picture."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConnectionLost, DatabaseError, QueryFailed
from modelus_bot.database.health.samples import HealthSample, KeepSamples
from modelus_bot.ui.charts import LatencyChart, Point, sparkline, thinned
from tests.commands.acting import words_of
from tests.database.operations import Meddle

if TYPE_CHECKING:
    from tests.conftest import BotEnv

VIEWS = {
    "overview": "Circuit breakers",
    "errors": "refused by a rule;",
    "queue": "One COMMIT carries",
    "slow": "different statements since",
    "indexes": "indexes were used by none",
    "drill": "Nothing was rehearsed yet",
}


async def fail(env: BotEnv) -> str:
    """Let an operation fail and return its reference code."""
    with pytest.raises(DatabaseError) as caught:
        await env.db.write(Meddle(sql="COMMIT"), Context())
    assert isinstance(caught.value, QueryFailed)
    return caught.value.reference


def take_away(env: BotEnv) -> None:
    """Let the database count as lost, and nobody look whether it is back."""
    hours = {"breaker_probe_first": 3600.0, "breaker_probe_cap": 3600.0}
    env.db.availability.apply(env.db.settings.model_copy(update=hours))
    env.db.availability.lost(ConnectionLost("gone"))


async def ask(env: BotEnv, **options: Any) -> Any:
    """Let the administrator use the command."""
    return await env.admin.slash(env.channel, "dbhealth", **options)


async def test_every_view_answers_with_a_database_and_without(bot_env: BotEnv) -> None:
    """Each view shows its figures; while the database is away it shows what is known."""
    for view, words in VIEWS.items():
        result = await ask(bot_env, view=view)
        assert words in words_of(result), view
    assert " ms each, p99 " in words_of(await ask(bot_env, view="slow"))
    take_away(bot_env)

    for view, words in VIEWS.items():
        shown = words_of(await ask(bot_env, view=view))
        wanted = "cannot be asked for its plans" if view == "indexes" else words
        assert wanted in shown, view
    shown = words_of(await ask(bot_env, view="slow"))
    assert " ms each, p99 " in shown
    assert "cannot be asked for its plans" in shown
    assert "Mode **degraded**" in words_of(await ask(bot_env))


async def test_failures_are_listed_in_pages_and_found_by_their_reference(bot_env: BotEnv) -> None:
    """More turns to older ones, also after a restart; the code from a reply shows what was behind it."""
    references = [await fail(bot_env) for _ in range(12)]
    reference = references[0]
    result = await ask(bot_env, view="errors")
    shown = words_of(result)
    assert references[11] in shown
    assert reference not in shown

    await bot_env.restart()
    await bot_env.admin.click(result.response, label="More")

    assert reference in words_of(result)
    shown = words_of(await ask(bot_env, reference=f" {reference.lower()} "))
    for words in (f"Failure {reference}", "**meddle**", "COMMIT belongs to the database", "attempt 1"):
        assert words in shown
    assert "No failure of the database with the reference “NONE”" in words_of(
        await ask(bot_env, reference="none")
    )


async def test_the_overview_has_a_picture_or_a_line(bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples are drawn, those in memory while the database is away, and as bars without the library."""
    assert not (await ask(bot_env)).response.attachments
    now = bot_env.db.health.started
    samples = tuple(
        HealthSample(
            at=now - 30 * back,
            mode="normal",
            queries=5,
            errors=0,
            p50_us=900,
            p99_us=5000 + back,
            db_bytes=1,
            wal_bytes=1,
        )
        for back in range(50)
    )
    await bot_env.db.write(KeepSamples(samples=samples), Context())

    (picture,) = (await ask(bot_env)).response.attachments

    assert picture.filename == "latency.png"

    bot_env.simulation.inject_error("PATCH", "/webhooks/*", status=503, message="down", times=1)
    (again,) = (await ask(bot_env)).response.attachments
    assert again.size == picture.size

    bot_env.db.health.samples.extend(
        sample.model_copy(update={"p99_us": 1000 * (at + 1)}) for at, sample in enumerate(samples[3::-1])
    )
    take_away(bot_env)
    assert (await ask(bot_env)).response.attachments

    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    result = await ask(bot_env)
    assert not result.response.attachments
    assert "▃▅▆█" in words_of(result)
    assert "p99 from 1.0 to 4.0 ms" in words_of(result)


async def test_a_chart_is_a_picture_of_its_size(tmp_path: Path) -> None:
    """Days of samples, failures, spans without a database and single points give a PNG; fonts are kept."""
    points = [
        Point(
            at * 30,
            None if 100 < at < 200 else 1.0,
            None if 100 < at < 200 else 5.0 + at % 7,
            int(at == 99),
            not 100 <= at < 200,
        )
        for at in range(3000)
    ]

    chart = LatencyChart()

    for some in (points, points[:2], points[100:150]):
        picture = await chart.picture(some, "America/New_York", tmp_path)
        assert picture is not None
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", picture[16:24]) == (880, 396)
    assert list(tmp_path.glob("fontlist*"))
    assert await chart.picture(points[:1], "UTC", tmp_path) is None
    assert await chart.picture(points[:9], "Nowhere/Land", tmp_path) is None
    assert await chart.picture(points[100:150], "America/New_York", tmp_path) is picture, "drawn once"


def test_thinning_keeps_the_worst() -> None:
    """Of neighbours the slowest and every failure stay visible, however many points there are."""
    points = [Point(at, float(at), 9.0 if at == 777 else 1.0, int(at == 5), at != 8) for at in range(1000)]

    few = thinned(points, 100)

    assert len(few) == 100
    assert max(item.p99 or 0 for item in few) == 9.0
    assert sum(item.errors for item in few) == 1
    assert [item.well for item in few].count(False) == 1
    assert thinned(points[:100], 100) == tuple(points[:100])


@pytest.mark.parametrize(
    ("values", "line"),
    [([], ""), ([None, None], "  "), ([0.0], " "), ([1.0, None, 8.0], "▂ █"), ([1.0] * 80, "█" * 40)],
)
def test_sparklines(values: list[float | None], line: str) -> None:
    """One bar for each value or group of values, a space where nothing is known."""
    assert sparkline(values) == line
