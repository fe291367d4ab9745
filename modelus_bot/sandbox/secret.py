"""The secret in the page's addresses: kept beside the database, so that they stay the same."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

__all__ = ["Secret"]

_BYTES = 32


class Secret:
    """Whoever has an address made from it can use the page; the file is readable by its owner only."""

    def __init__(self, key: bytes) -> None:
        """Make addresses from ``key``."""
        self._key = key

    @classmethod
    def kept_beside(cls, database: Path) -> Secret:
        """Return the secret of the sandbox with this database, making it at the first start."""
        path = database.with_suffix(".key")
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            key = b""
        if len(key) != _BYTES:
            key = secrets.token_bytes(_BYTES)
            path.unlink(missing_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(key)
        return cls(key)

    def for_room(self, name: str) -> str:
        """Return the part of the address that opens the room called ``name``."""
        return hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()[:32]
