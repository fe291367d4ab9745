"""The command line: run the bot or its sandbox, check, import, migrate, look at the settings.

Each command is a module. A command that cannot do what it was asked prints one plain sentence on
standard error and ends with one of the exit codes in ``outcome``; nobody is shown a stack trace.
"""

from __future__ import annotations

import sys

from modelus_bot.cli.commands import app
from modelus_bot.cli.outcome import report
from modelus_bot.cli.terminal import speak_anywhere

__all__ = ["main"]


def main() -> None:
    """Run what the command line asks for and exit with the code that says how it went."""
    speak_anywhere()
    try:
        app(prog_name="modelus-bot")
    except Exception as error:  # noqa: BLE001 - the last place that can turn a failure into a sentence
        sys.exit(report(error))
