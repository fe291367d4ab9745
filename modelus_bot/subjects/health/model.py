"""What the subjects around the database share."""

from __future__ import annotations

from modelus_bot.domain.subject import Topic

__all__ = ["TOPIC"]

TOPIC = Topic("database", "Database", "how it is doing, its backups and its file", 7)
"""Where /help shows its health, its backups and its maintenance."""
