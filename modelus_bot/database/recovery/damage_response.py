"""What is done about the open file: looked at closely, brought back, recovered, replaced; operations wait."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.errors import (
    ConnectionLost,
    CorruptionDetected,
    DatabaseError,
    FileMoved,
    StorageFailed,
)
from modelus_bot.database.core.system_errors import as_database_error
from modelus_bot.database.engine import ConnectionManager, Known, written_at
from modelus_bot.database.integrity import Budget
from modelus_bot.database.recovery.atomic_swap import finish_interrupted, put_in_place
from modelus_bot.database.recovery.damage_confirmation import DamageFinding, confirmed, looked_at
from modelus_bot.database.recovery.recover import Recovered, recover
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.response_table import Response, after_close_look, after_loss
from modelus_bot.database.recovery.undelete import copied_from_open_handle
from modelus_bot.runtime.os_errors import in_words

__all__ = ["DamageResponse"]

GONE = "the file is missing"
SETTLE_SECONDS = 5.0
"""How long the writer may go on with what it is doing before its connection is closed all the same."""


class DamageResponse:
    """Holds the connections, does what the file needs, and lets them go on; one call at a time.

    ``head`` returns the newest audit link that was acknowledged, as (id, hash in hex), None before
    the first write; ``forget`` makes the writer read it again from the file.
    """

    def __init__(
        self,
        context: RecoveryContext,
        connections: ConnectionManager,
        head: Callable[[], tuple[int, str] | None],
        forget: Callable[[], None],
    ) -> None:
        """Remember what to work on."""
        self._context = context
        self._connections = connections
        self._head = head
        self._forget = forget
        self._why: DatabaseError | None = None
        self._written_at = 0
        """When the main file was last written to as far as that was noticed."""
        self.released_at = 0.0
        """When connections were let go on last, in monotonic seconds: what failed before is over."""
        self.last: Recovered | None = None
        """The last recovery since the file was opened."""

    @property
    def given_up(self) -> bool:
        """Whether nothing is served because the file is damaged and could not be replaced."""
        return self._why is not None

    async def swap(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run ``work``, which replaces the file by another state, while nothing has it open."""
        waiting = ConnectionLost("the database is being restored")
        self._connections.hold(waiting)
        try:
            await self._close_everything(waiting)
            await work()
        finally:
            with contextlib.suppress(DatabaseError, OSError):
                await finish_interrupted(self._context)
            self._forget()
            self._release()
            await self._context.archive.start()

    async def confirm(self, suspicion: DatabaseError) -> bool:
        """Hold everything and look closely; go on if the file is whole, replace it if not.

        Returns whether that could be found out; else everything goes on as before.
        Once damage is certain, nothing is served from the file any more, whatever else fails.
        """
        self._connections.hold(ConnectionLost("the database is being checked"))
        budget = Budget()
        try:
            damage, gone = (
                await self._looked_at(budget),
                not await asyncio.to_thread(self._context.path.exists),
            )
            response = after_close_look(damaged=damage is not None, gone=gone)
            if response is Response.GO_ON:
                logger.bind(suspicion=suspicion.detail).info("damage_not_confirmed")
                await self._renew_connections()
        except Exception as error:  # noqa: BLE001 - whatever fails, somebody has to decide what is served
            logger.opt(exception=error).error("damage_cannot_be_looked_for")
            self._as_before()
            return False
        except BaseException:
            self._as_before()
            raise
        if response is Response.GO_ON:
            self._release()
            return True
        try:
            problems = damage.problems if damage is not None else (GONE,)
            await self._recover(suspicion, damage, problems, budget)
        except Exception as error:  # noqa: BLE001 - the file is damaged: no fault may bring it back
            await self._give_up(as_database_error(error))
        return True

    async def _looked_at(self, budget: Budget) -> DamageFinding | None:
        """Look until it is certain what is there; None when nothing is wrong, or nothing is there.

        Raises ``StorageFailed`` when the file cannot be read: that says nothing about it.
        """
        context = self._context
        if not await asyncio.to_thread(context.path.exists):
            return None
        found = await looked_at(context, budget)
        if not found.sound and not self.given_up:
            found = await confirmed(context, found, budget)
        if found.unseen:
            raise StorageFailed(f"the file cannot be read: {'; '.join(found.problems[:3])}")
        return found if found.damaged or found.behind else None

    async def _renew_connections(self) -> None:
        await self._settle()
        await self._connections.suspend(ConnectionLost("the connections are being renewed"))
        await asyncio.to_thread(self._context.checksums.note_commits)

    def _as_before(self) -> None:
        """Go on serving what could not be looked at, unless it was found damaged before."""
        if self._why is None:
            self.arm()
            self._connections.release()
        else:
            self._connections.hold(self._why)

    async def _recover(
        self,
        suspicion: DatabaseError,
        damage: DamageFinding | None,
        problems: Sequence[str],
        budget: Budget,
    ) -> None:
        context, known = self._context, await self._known()
        if after_loss(context.settings.recovery) is Response.GIVE_UP:
            raise CorruptionDetected(f"damage was found and recovery is off: {'; '.join(problems[:3])}")
        if self._why is None:
            context.alert(
                "database_damaged",
                "The database is damaged. It is being restored; changes wait or are refused meanwhile.",
                "critical",
                cause=suspicion.detail,
                problems=list(problems),
            )
        await self._close_everything(ConnectionLost("the database is being restored"))
        recovered = await recover(context, suspicion.detail, damage, known, budget)
        await self._go_on(recovered, known, problems)

    async def rebuild(self, moved: FileMoved) -> None:
        """Bring a lost file back from the connections that still have it open."""
        context = self._context
        logger.bind(cause=moved.detail).error("database_file_moved")
        self._connections.hold(ConnectionLost("the database is being brought back"))
        try:
            rebuilt = await copied_from_open_handle(context, self._connections)
        except CorruptionDetected as error:
            await self._recover_lost(error, moved)
        except OSError as error:
            logger.bind(error=in_words(error)).warning("database_cannot_be_brought_back_yet")
            self._release()
        except BaseException:
            self._release()
            raise
        else:
            await self._bring_back(rebuilt, moved)

    async def _recover_lost(self, error: DatabaseError, moved: FileMoved) -> None:
        try:
            await self._recover(error, None, (moved.detail, error.detail), Budget())
        except Exception as failure:  # noqa: BLE001 - the file is lost: no fault may end the watch
            await self._give_up(as_database_error(failure))

    async def _bring_back(self, rebuilt: Path, moved: FileMoved) -> None:
        """Put the copy where the file was; from here on it is all there is."""
        context, known, started = self._context, await self._known(), self._context.clock()
        try:
            await self._close_everything(ConnectionLost("the database is being brought back"))
            quarantined = await put_in_place(context, rebuilt, moved.detail, ())
            seconds = context.clock() - started
            newest = known.audit_id
            recovered = Recovered("the open file", newest, 0, known, quarantined=quarantined, seconds=seconds)
            await self._go_on(recovered, known, (moved.detail,))
        except Exception as error:  # noqa: BLE001 - the next try finishes what was begun
            await self._give_up(as_database_error(error))

    async def _go_on(self, recovered: Recovered, known: Known, problems: Sequence[str]) -> None:
        self._context.note_retreat(known.audit_id, recovered.audit_id, recovered.source)
        self._forget()
        self._connections.claim_again()
        self._release()
        await self._context.archive.start()
        self.last = recovered
        self._context.tell_recovered(recovered, "", problems)

    async def _close_everything(self, waiting: ConnectionLost) -> None:
        """Close connections first, so that the archive's program keeps the -wal, then stop that.

        Where there is no such program the last connection removes the -wal. What was committed since the
        last look at it is noted before, after whatever the writer is still doing: a kill right afterwards
        would leave pages that nobody is known to have written.
        """
        self._connections.hold(waiting)
        if not self._context.archive.checkpoints:
            await self._settle()
        await self._connections.suspend(waiting)
        await self._context.archive.stop()

    async def _settle(self) -> None:
        """Note what was committed, after whatever the writer is still doing."""
        with contextlib.suppress(DatabaseError, sqlite3.Error, ValueError, TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self._connections.from_open_handle(self._context.settle)

    def _release(self) -> None:
        self._why = None
        self.arm()
        self.released_at = time.monotonic()
        self._connections.release()

    def notices_writing(self) -> bool:
        """Say whether the main file was written to since the last look, and take that for explained."""
        before, self._written_at = self._written_at, written_at(self._context.path)
        return self._written_at != before

    def arm(self) -> None:
        """Take writes to the main file for a stranger's, except checkpoints."""
        self.notices_writing()
        self._connections.files.expect_untouched()

    async def _give_up(self, error: DatabaseError) -> None:
        """Serve nothing from a file that is damaged and cannot be replaced; people read why, once."""
        before, self._why = self._why, error
        self._connections.hold(error)
        await asyncio.to_thread(self._context.search_backoff.note, error)
        if before is not None and before.detail == error.detail:
            return
        self._context.trouble(
            "database_not_recovered",
            "The database is damaged and could not be restored by itself. Nothing is served from it."
            " See the page Backup and restore.",
            error,
        )

    async def _known(self) -> Known:
        """Return the newest audit entry that was acknowledged: while the bot runs it knows that exactly."""
        head, known = self._head(), await asyncio.to_thread(self._context.known)
        if head is not None and head[0] >= known.audit_id:
            known = replace(known, audit_id=head[0], audit_head=head[1])
        return replace(known, exact=True)
