"""Reads the files: each is text in UTF-8 and holds one table (CSV, JSON) or several (JSON)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modelus_bot.config.units import MEGABYTE
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.staff_import.model.source import Place, SourceTable
from modelus_bot.subjects.staff_import.rules.csv_reading import csv_table
from modelus_bot.subjects.staff_import.rules.json_reading import json_tables

__all__ = ["LARGEST", "read_files", "tables_of", "text_of"]

LARGEST = 64 * MEGABYTE
"""Bytes a file may have; those of a team of many years have a few."""
WIDE = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def read_files(files: Sequence[Path]) -> tuple[SourceTable, ...]:
    """Return the tables of all files; raises ``ImportProblem`` naming file, line and column."""
    return tuple(table for file in files for table in tables_of(file.name, text_of(file)))


def tables_of(name: str, text: str) -> tuple[SourceTable, ...]:
    """Return the tables of one file by its text; raises ``ImportProblem``."""
    if text.lstrip(" \t\r\n")[:1] in {"{", "["}:
        return json_tables(name, text)
    return (csv_table(name, text),)


def text_of(file: Path) -> str:
    """Return a file's text; raises ``ImportProblem``."""
    try:
        if not file.is_file():
            what = "is a folder; name the files in it" if file.is_dir() else "is not there"
            raise ImportProblem(f"{file} {what}.")
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise ImportProblem(f"{file} cannot be read: {in_words(error)}.") from error
    if len(content) > LARGEST:
        raise ImportProblem(
            f"{file.name} is larger than {LARGEST // MEGABYTE} MB. Split it, and name all parts."
        )
    return _decoded(file.name, content)


def _decoded(name: str, content: bytes) -> str:
    if (wide := WIDE.get(content[:2])) is not None:
        raise ImportProblem(f"{Place(name, 1)}: this is {wide}. Save the file as UTF-8 and try again.")
    if (at := content.find(b"\0")) >= 0:
        raise ImportProblem(
            f"{_place(name, content, at)}: there is a NUL, which no text has. The file is damaged."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _place(name, content, error.start)
        raise ImportProblem(f"{where}: this is not UTF-8. Save the file as UTF-8 and try again.") from error


def _place(name: str, content: bytes, at: int) -> Place:
    begin = content.rfind(b"\n", 0, at) + 1
    column = len(content[begin:at].decode("utf-8", "replace")) + 1
    return Place(name, content.count(b"\n", 0, at) + 1, column)
