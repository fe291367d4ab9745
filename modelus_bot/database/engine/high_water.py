"""High-water mark: the newest audit entry that anybody was told is saved, in a small file of its own.

It is written after each COMMIT and before the answers, without waiting for the disk: whoever kills the
process does not take it away, and a power cut leaves an older one. So after a kill the bot knows exactly
what it had said, wherever the database itself is by then.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from modelus_bot.database.core.sidecar import Sidecar, SidecarKind
from modelus_bot.database.engine.epoch import Epoch

__all__ = ["HighWater", "HighWaterMark"]

_RECORD = struct.Struct("<16sQ32s16sI")
_CHECK = struct.Struct("<I")
_MAGIC = b"modelus-head-1\n\x00"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
KIND = SidecarKind(
    "high-water mark",
    "after a crash the bot would not know exactly what it had saved",
    "high_water_mark_not_written",
)


@dataclass(frozen=True, slots=True)
class HighWater:
    """An audit entry that was acknowledged: its number, its hash in hex, and the file's epoch then.

    ``same_boot`` says that the machine was not started anew since, so that no newer mark got lost.
    """

    audit_id: int
    audit_head: str
    epoch: int
    same_boot: bool


class HighWaterMark:
    """``NAME-head`` beside a database; ``note`` never raises, and is called on one thread at a time.

    What lies there and is not the newest is not exact: see ``Sidecar`` about when it cannot be written.
    """

    def __init__(self, database: Path, epoch: Epoch) -> None:
        """Remember where it lies; nothing is read yet."""
        self.path = database.with_name(database.name + "-head")
        self._epoch = epoch
        self._descriptor: int | None = None
        self._noted: tuple[int, bytes] | None = None
        self._boot = _boot()
        self.sidecar = Sidecar(KIND, self.forget, epoch)

    def note(self, head: tuple[int, bytes] | None) -> None:
        """Write the newest committed entry as (id, hash), if it is another one than before."""
        if head is None or head == self._noted or self.sidecar.resting:
            return
        body = _RECORD.pack(_MAGIC, head[0], head[1], self._boot, self._epoch.number)
        record = body + _CHECK.pack(zlib.crc32(body))
        if self.sidecar.write(lambda: self._put(record)):
            self._noted = head

    def load(self) -> HighWater | None:
        """Return what was noted last; None where nothing is known, or it cannot be read."""
        try:
            content = self.path.read_bytes()
        except OSError:
            return None
        body, check = content[: _RECORD.size], content[_RECORD.size :]
        if len(body) < _RECORD.size or check != _CHECK.pack(zlib.crc32(body)):
            return None
        magic, number, head, boot, epoch = _RECORD.unpack(body)
        if magic != _MAGIC:
            return None
        return HighWater(number, head.hex(), epoch, boot == self._boot != bytes(16))

    def forget(self) -> None:
        """Remove the file, as for a database that another one takes the place of; raises ``OSError``."""
        self.close()
        self._noted = None
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; the next ``note`` opens it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _put(self, record: bytes) -> None:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.pwrite(self._descriptor, record, 0) != len(record):
            raise OSError("only a part was written")


def _boot() -> bytes:
    """Return what changes when the machine is started anew; zeros where nobody knows."""
    try:
        return bytes.fromhex(_BOOT.read_text().strip().replace("-", ""))
    except (OSError, ValueError):
        return bytes(16)
