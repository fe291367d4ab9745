"""Moving in by attachments: reads the other bot's files, and says what an import would do or did."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp
import discord

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.domain.table_words import rows_of
from modelus_bot.subjects.rotation_import.model.data import RotationData
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.rotation_import.rules.mending import mend
from modelus_bot.subjects.rotation_import.rules.reading import parse
from modelus_bot.subjects.rotation_import.writes.importing import ImportReport, ImportRotation
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card

__all__ = ["NOTHING", "import_of", "report_card", "summary"]

LARGEST = 1_000_000
"""Bytes an attachment may have; the files of a rota of many years have a few hundred thousand."""

NOTHING = ImportRotation(data=RotationData())
"""An empty import: trying it tells whether somebody may import, before any file is fetched."""


async def import_of(files: Mapping[str, discord.Attachment | None], zone: str) -> ImportRotation:
    """Return the import of the attachments, keyed by the name of the file each stands for.

    Days written as instants are days of ``zone``.

    Raises ``InvalidInput`` naming the file and the place in it that cannot be used.
    """
    texts = {name: await _text(name, file) for name, file in files.items() if file is not None}
    try:
        return ImportRotation(data=await asyncio.to_thread(_read, texts, zone))
    except ImportProblem as problem:
        raise InvalidInput(f"{problem} Nothing was imported.", rule="import.file") from problem


def summary(report: ImportReport) -> str:
    """Return what changes, what was mended, and who still needs an account."""
    counts = [
        f"• {rows_of(count.table)}: {count.added} added, {count.updated} updated,"
        f" {count.unchanged} there already"
        for count in report.counts
        if count.added or count.updated or count.unchanged
    ]
    parts = [cards.lines(counts, empty="The files hold nothing to import.", limit=800)]
    if report.mended:
        mended = [f"• {plain(item.sentence)}" for item in report.mended]
        parts.append("**Mended or noteworthy**\n" + cards.lines(mended, empty="", limit=2000))
    if report.unlinked:
        people = [f"• {plain(item)}" for item in report.unlinked]
        parts.append(
            "**Still without a Discord account: `/member link`**\n" + cards.lines(people, empty="", limit=800)
        )
    return "\n\n".join(parts)


def report_card(report: ImportReport) -> Card:
    """Return the card that says what an import did."""
    if not report.changed:
        return cards.info("Nothing to import: everything is there already", summary(report))
    return cards.success("Imported", summary(report))


def _read(texts: Mapping[str, str], zone: str) -> RotationData:
    return mend(parse(texts, zone))


async def _text(name: str, file: discord.Attachment) -> str:
    if file.size > LARGEST:
        raise InvalidInput(
            f"{name} has {file.size} bytes; at most {LARGEST} are taken. This is no rota.", rule="import.size"
        )
    try:
        content = await file.read()
    except (discord.HTTPException, aiohttp.ClientError) as error:
        raise InvalidInput(
            f"Discord did not hand over {name}. Attach it again.", rule="import.download"
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is not UTF-8 text (byte {error.start}).", rule="import.text") from error
