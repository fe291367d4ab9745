"""What is printed: on any terminal, with every bracket as it is, and never a failure because of a letter."""

from __future__ import annotations

import codecs
import io
import json
import sys
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

__all__ = ["bar", "console", "print_json", "speak_anywhere"]

PLAIN = "modelus-plain"
_STAND_INS = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "—": "-", "−": "-",
        "→": "->", "←": "<-", "•": "*", "·": "*", "×": "x", "✓": "+", "✗": "x", "≤": "<=", "≥": ">=",
        "\N{NO-BREAK SPACE}": " ",
    }
)  # fmt: skip


def speak_anywhere() -> None:
    """Let standard output and error write what their encoding lacks in letters that it has."""
    codecs.register_error(PLAIN, _in_plain_letters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=PLAIN)


def console() -> Console:
    """Return where results are printed; made anew because tests and pipes replace standard output.

    Text is printed as it is: brackets are no markup. What is to have a style is a ``rich.text.Text``.
    """
    return Console(highlight=False, soft_wrap=True, markup=False, emoji=False)


def bar(*, of: bool = False) -> Progress:
    """Return a line that shows what is being done and for how long, ``of`` how much; in a pipe nothing."""
    columns = [TextColumn("{task.description}", markup=False), *([BarColumn()] if of else [])]
    out = console()
    return Progress(*columns, TimeElapsedColumn(), console=out, transient=True, disable=not out.is_terminal)


def print_json(content: Any) -> None:
    """Print one JSON document; its letters are all ASCII."""
    typer.echo(json.dumps(content, indent=1, ensure_ascii=True, default=str))


def _in_plain_letters(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = error.object[error.start : error.end].translate(_STAND_INS)
    return found.encode("ascii", "backslashreplace"), error.end
