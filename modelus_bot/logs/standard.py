"""The standard library's logging, which libraries use, led into ours."""

from __future__ import annotations

import logging

from loguru import logger

__all__ = ["StandardLibrary"]

# Below WARNING these describe their own inner workings, many lines for each operation.
TALKATIVE = ("aiosqlite", "asyncio", "yoyo", "discord.http", "discord.gateway")

# Never below WARNING: it would write of every line that is written into a log file it watches.
ECHOING = "watchfiles"

# discord.py warns at every start that extras for voice are not installed; this bot does not speak.
NO_CONCERN = "voice will NOT be supported"

# discord.py gives the trace of every lost connection; its cause is enough.
CONNECTING_AGAIN = "Attempting a reconnect"

TRACE = 5


class StandardLibrary:
    """Takes over from ``__init__`` to ``restore``; at ``level`` and above, talkative ones from WARNING."""

    def __init__(self, level: str) -> None:
        """Lead everything into our logs."""
        self._root = logging.getLogger()
        self._handler = _ToLoguru()
        self._before = {name: logging.getLogger(name).level for name in (*TALKATIVE, ECHOING)}
        self._root_before = self._root.level
        self._root.addHandler(self._handler)
        logging.captureWarnings(capture=True)
        self.set_level(level)

    def set_level(self, level: str) -> None:
        """Let records of ``level`` and above through from now on."""
        least = TRACE if level == "TRACE" else logging.getLevelNamesMapping()[level]
        self._root.setLevel(least)
        logging.getLogger(ECHOING).setLevel(max(least, logging.WARNING))
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(least if level == "TRACE" else max(least, logging.WARNING))

    def restore(self) -> None:
        """Leave the standard library's loggers as they were found."""
        logging.captureWarnings(capture=False)
        for name, old in self._before.items():
            logging.getLogger(name).setLevel(old)
        self._root.setLevel(self._root_before)
        self._root.removeHandler(self._handler)


class _ToLoguru(logging.Handler):
    """Passes the standard library's records on."""

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).endswith(NO_CONCERN):
            return
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        if str(record.msg).startswith(CONNECTING_AGAIN):
            cause = record.exc_info[1] if record.exc_info else None
            logger.bind(logger=record.name, error=repr(cause)).warning(record.getMessage())
            return
        logger.bind(logger=record.name).opt(exception=record.exc_info).log(level, record.getMessage())
