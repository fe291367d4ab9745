"""The sandbox's sample data: something of every kind, once, and only where nobody is."""

from __future__ import annotations

from pathlib import Path

from modelus_bot.config import DatabaseSettings
from modelus_bot.database import DatabaseManager, ReadTransaction, query
from modelus_bot.sandbox.seed import sample_names, seed
from modelus_bot.subjects import DECLARED
from tests.conftest import open_bot


@query
def one(tx: ReadTransaction, sql: str) -> tuple[object, ...]:
    """Return a column's values."""
    return tuple(row[0] for row in tx.fetch_all(sql))


async def test_every_screen_has_something_to_show_and_it_comes_once(tmp_path: Path) -> None:
    """Reports, tasks, laws and wars in every state, late ones, talk, read and unread notices."""
    settings = DatabaseSettings(path=tmp_path / "seed.db", synchronous="NORMAL")
    async with (
        open_bot(tmp_path, sample_names()) as env,
        DatabaseManager(settings.path, settings, visibility=DECLARED.visibility) as db,
    ):
        assert not await seed(env.db, env.world, env.settings), "somebody is there"
        assert await seed(db, env.world, env.settings)
        assert not await seed(db, env.world, env.settings), "it is there already"

        states = "SELECT DISTINCT status FROM {table} ORDER BY 1"
        assert await db.read(one, "SELECT count(*) FROM triage_items") == (20,)
        assert await db.read(one, states.format(table="triage_items")) == (
            "in_review", "pending", "rejected", "resolved",
        )  # fmt: skip
        assert await db.read(one, states.format(table="tasks")) == (
            "cancelled", "done", "in_progress", "todo",
        )  # fmt: skip
        assert await db.read(one, states.format(table="treaties")) == (
            "active", "declined", "ended", "pending",
        )  # fmt: skip
        assert await db.read(one, "SELECT DISTINCT rank FROM bloc_members ORDER BY 1") == (
            "invited", "leader", "member",
        )  # fmt: skip
        counted = {
            "late tasks": "SELECT count(*) > 1 FROM tasks WHERE is_delayed = 1",
            "tasks of nobody": "SELECT count(*) FROM tasks WHERE assigned_user_id IS NULL",
            "snoozed": "SELECT count(*) FROM triage_items WHERE snoozed_until IS NOT NULL",
            "duplicates": "SELECT count(*) FROM triage_items WHERE duplicate_of IS NOT NULL",
            "rated": "SELECT count(*) FROM triage_items WHERE rating IS NOT NULL",
            "late reports": (
                "SELECT count(*) FROM triage_items WHERE respond_by < unixepoch()"
                " AND first_response_at IS NULL AND status = 'pending'"
            ),
            "answers": "SELECT count(*) FROM chat_messages WHERE is_internal = 0 AND message_type = 'text'",
            "notes": "SELECT count(*) FROM chat_messages WHERE is_internal = 1 AND message_type = 'text'",
            "wars in every state": "SELECT count(DISTINCT status) = 2 AND count(*) = 3 FROM wars",
            "laws in every state": "SELECT count(DISTINCT status) = 3 FROM laws",
            "events of wars": "SELECT count(DISTINCT kind) = 5 FROM war_events",
            "sides of wars": (
                "SELECT count(DISTINCT side) = 3 AND count(*) > count(left_on) AND count(left_on) > 0"
                " FROM war_sides"
            ),
            "aliases": "SELECT count(*) FROM nation_names WHERE kind = 'alias'",
            "counts of messages": "SELECT count(DISTINCT user_id) > 5 FROM activity",
            "leaves": "SELECT count(*) FROM leaves",
            "read": "SELECT count(*) FROM notifications WHERE is_read = 1",
            "unread": "SELECT count(*) FROM notifications WHERE is_read = 0",
        }
        found = {what: (await db.read(one, sql))[0] for what, sql in counted.items()}
        assert all(found.values()), found
