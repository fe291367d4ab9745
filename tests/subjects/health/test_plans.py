"""Plans of slow statements are asked for by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.health.jobs.plans import Plans

if TYPE_CHECKING:
    from tests.conftest import BotEnv


async def test_slow_statements_get_their_plan_once(bot_env: BotEnv) -> None:
    """A statement that took as long as a slow operation is explained."""
    db, job = bot_env.db, Plans(bot_env.bot)
    sql = "SELECT username FROM users WHERE role = ? ORDER BY username"
    db.health.figures.statements.add([(sql, 2 * db.settings.slow_operation, 1, ("admin",), 1)])
    db.health.figures.statements.add([("SELECT 1", 0.0, 1, (), 1)])

    await job.run()

    plan = db.health.figures.statements.plan(sql)
    assert plan is not None
    assert plan.indexes == {"idx_users_role"}
    assert plan.sorts == ("ORDER BY",)
    assert db.health.figures.statements.plan("SELECT ?") is None
    assert Plans in DECLARED.screens().jobs
