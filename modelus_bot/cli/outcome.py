"""How a command ended: its exit code, and the sentence that says what went wrong."""

from __future__ import annotations

import sys
from enum import IntEnum

from loguru import logger

from modelus_bot.cli.acting import WrongUser
from modelus_bot.config import ConfigError
from modelus_bot.database import ConstraintViolated, DatabaseError
from modelus_bot.domain.refusals import Refusal
from modelus_bot.domain.sentences import sentence_for
from modelus_bot.gateway.turned_away import TurnedAway
from modelus_bot.runtime.os_errors import sentence
from modelus_bot.sandbox import SandboxUnavailable
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem

__all__ = ["ExitCode", "MigrationsMissing", "NotOurs", "NotReportable", "NothingSalvaged", "report"]


class ExitCode(IntEnum):
    """What the exit code of a command says; scripts may rely on these numbers."""

    OK = 0
    FAILED = 1
    """What was asked for was refused, or a check found something."""
    USAGE = 2
    """The command line itself is wrong."""
    CONFIGURATION = 3
    DATABASE = 4
    """The database cannot be opened, read or written."""
    SCHEMA = 5
    """The database works but migrations are missing."""
    TOKEN = 6
    """Discord does not accept the token."""
    INTENTS = 7
    """Discord refuses what the bot asks to be told of."""
    NOT_INVITED = 8
    """The bot is in no server, or may have no commands there."""
    WRONG_SERVER = 9
    """The bot is in other servers than the configured one."""
    SHARDING = 10
    VERSION = 11
    """Discord does not speak this version of its gateway any more."""


class NotOurs(Exception):
    """What lies at a path is not what the command works with; nothing was done to it."""

    def __init__(self, what: str, advice: str) -> None:
        """Say what it is, and what to do."""
        super().__init__(f"{what} {advice}")


class NotReportable(Exception):
    """A SELECT that is wrong, or reads what reports may not."""


class NothingSalvaged(Exception):
    """A file from which not one row of the bot's could be read."""


class MigrationsMissing(Exception):
    """A command that only looks was given a database that opening would change."""


def report(error: Exception) -> ExitCode:
    """Print ``error`` as plain sentences on standard error and return the exit code for it."""
    own = _code_of(error)
    if own is not None:
        return _say(str(error), own)
    if isinstance(error, ConstraintViolated):
        return _say(sentence_for(error), ExitCode.FAILED)
    if isinstance(error, DatabaseError):
        about = f"\nDetail: {error.detail}" if error.detail.rstrip(".") not in error.user_message else ""
        return _say(f"{error.user_message} (reference {error.reference}){about}", ExitCode.DATABASE)
    if isinstance(error, OSError | MemoryError):
        return _say(sentence(error), ExitCode.FAILED)
    logger.opt(exception=error).debug("command_failed")
    reason = str(error).strip() or "no further explanation"
    return _say(f"This did not work: {reason} ({type(error).__name__})", ExitCode.FAILED)


def _code_of(error: Exception) -> ExitCode | None:
    """Return the exit code of an error that says itself, in a sentence, what is wrong; None for others."""
    if isinstance(error, TurnedAway):
        return ExitCode[error.ending.name]
    codes = {
        ConfigError: ExitCode.CONFIGURATION,
        MigrationsMissing: ExitCode.SCHEMA,
        NotOurs: ExitCode.DATABASE,
    } | dict.fromkeys(
        (Refusal, ImportProblem, SandboxUnavailable, NothingSalvaged, NotReportable, WrongUser),
        ExitCode.FAILED,
    )
    return next((code for kind, code in codes.items() if isinstance(error, kind)), None)


def _say(sentences: str, code: ExitCode) -> ExitCode:
    sys.stderr.write(sentences.rstrip() + "\n")
    return code
