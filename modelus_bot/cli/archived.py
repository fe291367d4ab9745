"""How far back the archive reaches, and why nobody can say where that is so."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.cli.protecting import Protected
from modelus_bot.database import DatabaseError
from modelus_bot.database.administration import EarlierDatabase
from modelus_bot.runtime.os_errors import in_words as words_of

__all__ = ["Reach", "reach_of"]


@dataclass(frozen=True, slots=True)
class Reach:
    """Between which moments (UTC seconds) the archive restores; ``trouble`` is why nobody can say."""

    span: tuple[float, float] | None = None
    trouble: str = ""


async def reach_of(protected: Protected) -> Reach:
    """Ask the archive, but a folder only where it holds something: asking makes one otherwise."""
    await protected.archive.probe()
    if protected.archive.available and protected.archive.remote:
        return await _asked(protected)
    left = await EarlierDatabase(protected.context).archive()
    if not left.any:
        return Reach()
    return await _asked(protected) if left.usable else Reach(trouble=left.words)


async def _asked(protected: Protected) -> Reach:
    try:
        return Reach(await protected.archive.moments())
    except DatabaseError as error:
        return Reach(trouble=error.detail or str(error))
    except OSError as error:
        return Reach(trouble=words_of(error))
