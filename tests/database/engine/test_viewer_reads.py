"""Queries for viewers: each on a connection that shows their rows, many viewers at once, some from memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings, DegradationSettings, Settings, SnapshotSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import QueryFailed
from modelus_bot.database.core.operation import Write, query, viewer_query
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.core.visibility.declaration import EVERY_ROW, Viewer, Visibility, Visible
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.fallback import Fallback
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling

VISIBILITY = Visibility(
    (Visible("users", "discord_id = viewer_id() OR viewer_is_admin()"), Visible("settings", EVERY_ROW))
)
PEOPLE = 40
ADMIN = Viewer(0, discord_admin=True)


class Enter(Write[None]):
    """Enter somebody."""

    number: int
    name: str

    def apply(self, tx: Transaction) -> None:
        """Insert or rename them."""
        tx.execute(
            "INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(?, ?, 0, 0)"
            " ON CONFLICT(discord_id) DO UPDATE SET username = excluded.username",
            (self.number, self.name),
        )


@viewer_query
def names(tx: ReadTransaction, viewer: Viewer) -> list[str]:
    """Return the names that the viewer may see."""
    assert tx.viewer == viewer
    return [row[0] for row in tx.fetch_all("SELECT username FROM users ORDER BY discord_id")]


@viewer_query(hot=True, kept=True)
def hot_names(tx: ReadTransaction, viewer: Viewer) -> list[str]:
    """Return the names that the viewer may see, from memory where possible."""
    return names(tx, viewer)


@viewer_query
def names_like(tx: ReadTransaction, viewer: Viewer, pattern: str) -> list[str]:
    """Return names by a comparison that may take long, so it is asked behind the barrier."""
    del viewer
    return [row[0] for row in tx.fetch_all("SELECT username FROM users WHERE username LIKE ?", (pattern,))]


@query
def all_names(tx: ReadTransaction) -> list[str]:
    """Return everybody's."""
    return [row[0] for row in tx.fetch_all("SELECT username FROM users ORDER BY discord_id")]


@query
def through_another(tx: ReadTransaction, viewer: Viewer) -> list[str]:
    """Ask a viewer's query where there is no viewer."""
    return names(tx, viewer)


@viewer_query
def as_somebody_else(tx: ReadTransaction, viewer: Viewer) -> list[str]:
    """Ask for another's rows."""
    return names(tx, Viewer(viewer.id + 1))


@pytest.fixture
async def db(path: Path, quick_settings: Callable[..., DatabaseSettings]) -> AsyncIterator[DatabaseManager]:
    """Return a database with people in it, and memory for hot answers."""
    fallback = Fallback(
        path,
        degradation=DegradationSettings(),
        snapshot=SnapshotSettings(),
        reserve_megabytes=0,
        tables=("users",),
        telling=telling,
        explain=explain,
        visibility=VISIBILITY,
    )
    async with DatabaseManager(path, quick_settings(), fallback=fallback, visibility=VISIBILITY) as manager:
        for number in range(1, PEOPLE + 1):
            await manager.write(Enter(number=number, name=f"Member {number}"), Context())
        yield manager


async def test_each_viewer_of_a_batch_reads_their_own(db: DatabaseManager) -> None:
    """However many are answered in one hop, by whichever connection."""
    viewers = [Viewer(number) for number in range(1, PEOPLE + 1)] * 3
    for ask in (
        lambda viewer: db.read(names, viewer),
        lambda viewer: db.read(hot_names, viewer),
        lambda viewer: db.read(names_like, viewer, "Member%"),
    ):
        answers = await asyncio.gather(*(ask(viewer) for viewer in viewers))
        assert answers == [[f"Member {viewer.id}"] for viewer in viewers]
    assert len(await db.read(names, ADMIN)) == len(await db.read(all_names)) == PEOPLE


async def test_a_viewer_reads_what_was_saved_before(db: DatabaseManager) -> None:
    """Also where the answer was kept in memory, and never another's."""
    for ask in (names, hot_names):
        assert await db.read(ask, Viewer(1)) == ["Member 1"]
        await db.write(Enter(number=1, name=f"After {ask.name}"), Context())
        assert await db.read(ask, Viewer(1)) == [f"After {ask.name}"]
        assert await db.read(ask, Viewer(2)) == ["Member 2"]
        await db.write(Enter(number=1, name="Member 1"), Context())
    assert db.fallback is not None
    assert [await db.read(hot_names, Viewer(3)) for _ in range(5)] == [["Member 3"]] * 5
    assert db.fallback.hot.hits >= 1


async def test_a_query_that_needs_the_barrier_stays_there(db: DatabaseManager) -> None:
    """It is found out once; nobody is told of a failure."""
    assert await db.read(names_like, Viewer(7), "%7") == ["Member 7"]
    assert await db.read(names_like, Viewer(7), "%8") == []
    assert list(db.health.recent) == []


@pytest.mark.parametrize("ask", [through_another, as_somebody_else])
async def test_a_viewers_query_runs_nowhere_else(db: DatabaseManager, ask: object) -> None:
    """In a transaction that shows everybody's rows, or another viewer's, it is refused."""
    with pytest.raises(QueryFailed):
        await db.read(ask, Viewer(1))  # type: ignore[call-overload]


async def test_a_query_without_a_viewer_is_refused(db: DatabaseManager) -> None:
    """Nobody in particular sees nothing."""
    with pytest.raises(QueryFailed):
        await db.read(names, 1)  # type: ignore[arg-type]
    with pytest.raises(QueryFailed):
        await db.read(names)  # type: ignore[call-arg]


async def test_the_refusal_tells_nothing(db: DatabaseManager) -> None:
    """People read the same sentence whatever was not open."""

    @viewer_query
    def closed(tx: ReadTransaction, viewer: Viewer, table: str) -> object:
        del viewer
        return tx.fetch_all(f"SELECT * FROM {table}")

    said = set()
    for table in ("main.users", "requests", "no_such_table", "sqlite_master", "pragma_table_list"):
        with pytest.raises(QueryFailed) as failure:
            await db.read(closed, Viewer(1), table)
        said.add(failure.value.user_message)
    assert len(said) == 1


async def test_without_a_declaration_everything_is_closed(
    path: Path, quick_settings: Callable[..., DatabaseSettings]
) -> None:
    """A database that was told nothing shows viewers nothing."""
    async with DatabaseManager(path, quick_settings()) as manager:
        with pytest.raises(QueryFailed):
            await manager.read(names, ADMIN)
        assert await manager.read(all_names) == []


async def test_the_connections_are_kept_like_others(db: DatabaseManager) -> None:
    """They take over edited waits, and are opened again when they are lost."""
    for ask in (lambda: db.read(names, Viewer(1)), lambda: db.read(names_like, Viewer(1), "%")):
        assert await ask() == ["Member 1"]
        edited = db.settings.model_copy(update={"busy_slice": 0.07})
        db.apply(Settings(database=edited))
        assert await ask() == ["Member 1"]
    for role in (ConnectionRole.VIEWER, ConnectionRole.BARRIER_VIEWER):
        await db._connections.replace(role)
    assert await db.read(names, Viewer(2)) == ["Member 2"]
    assert await db.read(names_like, Viewer(2), "%") == ["Member 2"]
