"""Entries of the audit log as administrators read them, old → new in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelus_bot.database.administration import ChainReport
from modelus_bot.domain.table_words import row_of, value_called
from modelus_bot.subjects.audit.model import AuditView
from modelus_bot.subjects.audit.rules.values import MOMENTS, REFERS, Names, simple_words
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of
from modelus_bot.ui.spoken import spoken

__all__ = ["entries_card", "verified_card"]

LONGEST = 380
"""Characters of one entry, so that a page of ten fits."""
VALUE, NAME = 120, 50
"""Characters of one value, and of a name."""
DONE = {
    "INSERT": "added",
    "UPDATE": "changed",
    "DELETE": "removed",
    "UNDO": "took back a change of",
    "RESTORE": "restored",
    "COMMAND": "did something with",
    "RETRY": "repeated",
    "REPLAY": "made up for",
}


def entries_card(title: str, entries: Sequence[AuditView], names: Names) -> Card:
    """Return a page of entries, the newest first; ``names`` are those of the rows that they name."""
    return cards.info(title, cards.lines((_line(entry, names) for entry in entries), empty="No entries."))


def _line(entry: AuditView, names: Names) -> str:
    who = "the bot" if entry.changed_by is None else _person(entry.changed_by, names)
    told = [
        f"{plain(value_called(key))}: {_before_after(entry, key, pair, names)}"
        for key, pair in entry.changes().items()
    ]
    reason = f" — {plain(entry.reason)}" if entry.reason else ""
    changed = f": {', '.join(told)}" if told else ""
    record = f"**{row_of(entry.table)} {_record(entry, names)}**"
    text = f"`{entry.id}` {moment(entry.at, 'f')} {who} {DONE.get(entry.operation, 'changed')} {record}"
    return cards.clip(f"{text}{changed}{reason}", LONGEST)


def _record(entry: AuditView, names: Names) -> str:
    number = int(entry.record_id) if entry.record_id.isdecimal() else 0
    name = names.get((entry.table, number))
    return plain(entry.record_id) + (f" ({plain(cards.clip(name, NAME))})" if name is not None else "")


def _before_after(entry: AuditView, key: str, pair: tuple[Any, Any], names: Names) -> str:
    old, new = (_value(entry.table, key, value, names) for value in pair)
    if not entry.old:
        return new
    return old if not entry.new else f"{old} → {new}"


def _value(table: str, key: str, value: Any, names: Names) -> str:
    if value is None:
        return "none"
    several = value if isinstance(value, list) else [value]
    if all(isinstance(one, int) and not isinstance(one, bool) for one in several):
        if key in REFERS:
            return ", ".join(_named(REFERS[key], one, names) for one in several) or "none"
        if MOMENTS.fullmatch(key) and several == [value]:
            return moment(value, "f")
    return plain(cards.clip(simple_words(table, key, value), VALUE))


def _named(table: str, number: int, names: Names) -> str:
    if table == "users":
        return _person(number, names)
    name = names.get((table, number))
    return f"{row_of(table)} {number}" if name is None else plain(cards.clip(name, NAME))


def _person(number: int, names: Names) -> str:
    known = names.get(("users", number))
    return name_of(number, {} if known is None else {number: known})


def verified_card(report: ChainReport) -> Card:
    """Return whether the log is whole, and which entry is the first that does not fit."""
    if report.intact:
        text = f"{report.links} entries, each linked to the one before. Head `{report.head.hex()[:16]}`."
        count = "1 note" if report.anchors == 1 else f"{report.anchors} notes"
        notes = [f"Compared with {count} of it in backups, snapshot and logs.", *report.excused]
        if report.preserved:
            notes.append(f"Earlier logs that were damaged are kept: {', '.join(report.preserved)}.")
        return cards.success("The log is whole", cards.clip(spoken("\n".join((text, *notes))), 3000))
    if report.problem is not None:
        text = f"{report.problem}. The {report.links} entries before it are whole."
    else:
        text = f"All {report.links} entries fit together, but not with what else is known."
    advice = (
        "Keep the file as it is and compare it with a backup. `modelus-bot audit renew` on the machine sets"
        " this log aside and begins a new one."
    )
    return cards.failure(
        "The log is damaged", cards.clip(spoken("\n".join((text, *report.contradictions, advice))), 3000)
    )
