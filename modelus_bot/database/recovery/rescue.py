"""What is done about the open file: looked at closely, brought back, recovered, replaced; lanes wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from loguru import logger

from modelus_bot.database.child import ChildFailed
from modelus_bot.database.connection import ConnectionManager
from modelus_bot.database.errors import ConnectionLost, CorruptionDetected, DatabaseError, FileMoved
from modelus_bot.database.identity import written_at
from modelus_bot.database.recovery.parts import Parts
from modelus_bot.database.recovery.rebuilding import copied_from_open_handle
from modelus_bot.database.recovery.recovering import Recovered, put_in_place, recover
from modelus_bot.database.recovery.state import State

__all__ = ["Rescue"]


class Rescue:
    """Holds the connections, does what the file needs, and lets them go on; one call at a time.

    ``head`` returns the newest audit link that was acknowledged, as (id, hash in hex), None before
    the first write; ``forget`` makes the writer read it again from the file. ``given_up`` says that
    nothing is served because the file is damaged and could not be replaced. ``written_at`` is when the
    main file was last written to as far as that was explained.
    """

    def __init__(
        self,
        parts: Parts,
        connections: ConnectionManager,
        head: Callable[[], tuple[int, str] | None],
        forget: Callable[[], None],
    ) -> None:
        """Remember what to work on."""
        self._parts = parts
        self._connections = connections
        self._head = head
        self._forget = forget
        self.given_up = False
        self.written_at = 0
        self.last: Recovered | None = None
        """The last recovery since the file was opened."""

    async def swap(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run ``work``, which replaces the file by another state, while nothing has it open."""
        waiting = ConnectionLost("the database is being restored")
        self._connections.hold(waiting)
        try:
            await self._close_everything(waiting)
            await work()
            known = self._parts.state.load() or State()
            await asyncio.to_thread(self._parts.state.save, known.reached(0, ""))
        finally:
            self._forget()
            self._release()
            await self._parts.archive.start()

    async def confirm(self, suspicion: DatabaseError) -> None:
        """Hold everything and look closely; go on if the file is whole, replace it if not."""
        parts = self._parts
        self._connections.hold(ConnectionLost("the database is being checked"))
        try:
            sums = await parts.sums.check()
            report = await parts.check(parts.path)
            if not report.damaged and not sums.unexplained:
                logger.bind(suspicion=suspicion.detail).info("damage_not_confirmed")
                await parts.sums.before_close()
                await self._connections.suspend(ConnectionLost("the connections are being renewed"))
                await parts.sums.after_close()
                self._release()
                return
            problems = [*report.problems, *(f"page {page} was altered" for page in sums.unexplained[:20])]
            await self._recover(suspicion, problems, sums.unexplained)
        except ChildFailed as error:
            logger.bind(error=error.detail).error("damage_cannot_be_looked_for")
            self._release()
        except DatabaseError as error:
            self._give_up(error)
        except BaseException:
            self._release()
            raise

    async def _recover(
        self, suspicion: DatabaseError, problems: list[str], bad_pages: tuple[int, ...]
    ) -> None:
        parts = self._parts
        if parts.settings.recovery == "off":
            raise CorruptionDetected(f"damage was found and recovery is off: {'; '.join(problems[:3])}")
        parts.alert(
            "database_damaged",
            "The database is damaged. It is being restored; changes wait or are refused meanwhile.",
            "critical",
            cause=suspicion.detail,
            problems=problems,
        )
        await self._close_everything(ConnectionLost("the database is being restored"))
        recovered = await recover(
            parts, suspicion.detail, problems, audit_id=self._reached(), bad_pages=bad_pages
        )
        await self._go_on(recovered)

    async def rebuild(self, moved: FileMoved) -> None:
        """Bring a lost file back from the connections that still have it open."""
        parts = self._parts
        logger.bind(cause=moved.detail).error("database_file_moved")
        started = parts.clock()
        self._connections.hold(ConnectionLost("the database is being brought back"))
        try:
            try:
                rebuilt = await copied_from_open_handle(parts, self._connections)
            except CorruptionDetected as error:
                await self._recover(error, [moved.detail, error.detail], ())
                return
            await self._close_everything(ConnectionLost("the database is being brought back"))
            aside = await put_in_place(parts, rebuilt, moved.detail, ())
            seconds = parts.clock() - started
            await self._go_on(Recovered("the open file", self._reached(), 0, 0, (), aside, seconds))
        except DatabaseError as error:
            self._give_up(error)
        except OSError as error:
            logger.bind(error=str(error)).warning("database_cannot_be_brought_back_yet")
            self._release()
        except BaseException:
            self._release()
            raise

    async def _go_on(self, recovered: Recovered) -> None:
        known = self._parts.state.load() or State()
        self._parts.note_retreat(self._reached(), recovered.audit_id, recovered.source)
        await asyncio.to_thread(self._parts.state.save, known.reached(recovered.audit_id, ""))
        self._forget()
        self._connections.claim_again()
        self._release()
        await self._parts.archive.start()
        self.last = recovered
        self._parts.alert(
            "database_recovered",
            str(recovered),
            "critical" if recovered.lost else "warning",
            source=recovered.source,
            audit_id=recovered.audit_id,
            lost=recovered.lost,
            seconds=round(recovered.seconds, 2),
        )

    async def _close_everything(self, waiting: ConnectionLost) -> None:
        """Close connections first, so that the archive's program keeps the -wal, then stop that."""
        await self._connections.suspend(waiting)
        await self._parts.archive.stop()

    def _release(self) -> None:
        self.given_up = False
        self.arm()
        self._connections.release()

    def arm(self) -> None:
        """Take writes to the main file for a stranger's, unless the archive's program checkpoints, too."""
        self.written_at = written_at(self._parts.path)
        if not self._parts.archive.available:
            self._connections.files.expect_untouched()

    def _give_up(self, error: DatabaseError) -> None:
        """Serve nothing from a file that is damaged and cannot be replaced; people read why."""
        self.given_up = True
        self._connections.hold(error)
        self._parts.trouble(
            "database_not_recovered",
            "The database is damaged and could not be restored by itself. Nothing is served from it."
            " See the page Backup and restore.",
            error,
        )

    def _reached(self) -> int:
        """Return the newest audit link that is known to have been acknowledged."""
        head, known = self._head(), self._parts.state.load()
        return max(head[0] if head else 0, known.audit_id if known else 0)
