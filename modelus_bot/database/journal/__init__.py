"""The journal: changes that wait in a file while the database is away, applied in order when it is back."""

from modelus_bot.database.journal.deferred import WriteDeferred

__all__ = ["WriteDeferred"]
