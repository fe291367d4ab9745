"""What a question about a restore is about: enough to have the same state again after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loguru import logger
from pydantic import BaseModel, ConfigDict

from modelus_bot.database import BackupFailed, Protection
from modelus_bot.database.administration import RestorePlan, Restores
from modelus_bot.domain.refusals import InvalidInput, Stale

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["RestoreOrder", "prepared", "protection_of", "restorer_of"]


class RestoreOrder(BaseModel):
    """Which state was shown, and who decides about it.

    ``alone`` says that the one who asked is the only administrator; ``guild`` is the server it was asked on.
    """

    model_config = ConfigDict(frozen=True)

    token: str
    source: str
    backup: str | None
    at: float | None
    audit_id: int
    alone: bool
    guild: int | None

    @classmethod
    def of(cls, plan: RestorePlan, guild: int | None, *, alone: bool) -> RestoreOrder:
        """Return the order for a plan."""
        return cls(
            token=plan.token,
            source=plan.source,
            backup=plan.backup,
            at=plan.at,
            audit_id=plan.report.audit_id,
            alone=alone,
            guild=guild,
        )


async def prepared(bot: ModelUsBot, order: RestoreOrder) -> tuple[Restores, RestorePlan]:
    """Return the plan that was shown and who applies it; raises ``Stale`` if it cannot be had again."""
    restores = restorer_of(protection_of(bot.db.protection))
    try:
        plan = await restores.again(order.token, backup=order.backup, at=order.at, audit_id=order.audit_id)
    except BackupFailed as error:
        logger.bind(source=order.source, detail=error.detail).warning("restore_not_prepared_again")
        raise Stale(
            "The state that was shown cannot be had again, so nothing was changed. Run `/backup restore`"
            " again.",
            rule="restore.again",
        ) from error
    return restores, plan


def protection_of(protection: Protection | None) -> Protection:
    """Return what protects the database; raises ``InvalidInput`` for a bot that runs without."""
    if protection is None:
        raise InvalidInput(
            "This bot runs without backups, so there is nothing to do here.", rule="backup.none"
        )
    return protection


def restorer_of(protection: Protection) -> Restores:
    """Return what restores; raises ``InvalidInput`` while the database was never opened."""
    if protection.restores is None:
        raise InvalidInput(
            "The database is not open, so it cannot be replaced while the bot runs. Stop the bot and use"
            " “modelus-bot backup restore” on its machine.",
            rule="backup.closed",
        )
    return protection.restores
