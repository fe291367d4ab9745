"""Logs: readable lines on the terminal, JSON lines in a rotated file, and no secret in either.

Code logs an event by name with its facts bound: ``logger.bind(path=path).info("database_opened")``.
What libraries log through the standard library arrives here as well, under the field ``logger``.
Terminal and file are written to by a thread each, so that neither can hold up the event loop.
"""

from modelus_bot.logs.configuring import Logs, configure_logging
from modelus_bot.logs.secrets import hider

__all__ = ["Logs", "configure_logging", "hider"]
