"""The map that is drawn: an administrator's file if it can be used, else the one that ships with the bot."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

from loguru import logger

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.nations.rules.maps.reading import read_map
from modelus_bot.subjects.nations.rules.maps.regions import MOST_BYTES, Region, bad_map

__all__ = ["MapSource", "map_of"]

BUILT_IN = Path(__file__).parent.parent / "regions.json"

Stamp = tuple[str, int, int]
"""Path, time of the last change and size: what is the same in all of them is not read again."""
Regions = tuple[Region, ...]


class MapSource:
    """Reads maps on a thread, each once as long as its file stays the same."""

    def __init__(self) -> None:
        """Begin without any."""
        self._built_in: Regions | None = None
        self._own: tuple[Stamp | None, Regions | InvalidInput] | None = None

    async def regions(self, path: Path | None) -> tuple[Regions, InvalidInput | None]:
        """Return the map to draw, and why it is not the one at ``path``, if there should be one."""
        return await asyncio.to_thread(self._regions, path)

    def _regions(self, path: Path | None) -> tuple[Regions, InvalidInput | None]:
        found = self._own_map(path) if path is not None else None
        if found is not None and not isinstance(found, InvalidInput):
            return found, None
        if self._built_in is None:
            self._built_in = read_map(BUILT_IN.read_bytes())
        return self._built_in, found

    def _own_map(self, path: Path) -> Regions | InvalidInput:
        stamp = _stamp(path)
        if self._own is not None and self._own[0] == stamp is not None:
            return self._own[1]
        try:
            found: Regions | InvalidInput = map_of(path)
        except InvalidInput as refusal:
            logger.bind(path=str(path), why=str(refusal)).warning("map_refused")
            found = refusal
        self._own = (stamp, found)
        return found


def map_of(path: Path) -> Regions:
    """Read a map's file, which is opened only if it is one; raises ``InvalidInput``."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise bad_map(
                "What `[server] map_file` names is no file.", "Name the file of the map, or take it out."
            )
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        logger.bind(path=str(path), error=in_words(error)).warning("map_not_read")
        raise bad_map(
            "The file that `[server] map_file` names cannot be read.",
            "Put it there, let the bot read it, or take the setting out.",
        ) from None
    return read_map(data)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_mtime_ns, found.st_size
