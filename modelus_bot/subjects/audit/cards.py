"""Entries of the audit log as administrators read them, old → new in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelus_bot.database.administration import ChainReport
from modelus_bot.domain.table_words import row_of, value_called
from modelus_bot.subjects.audit.model import AuditView
from modelus_bot.subjects.audit.rules.values import MOMENTS, NATIONS, PEOPLE, simple_words
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of
from modelus_bot.ui.spoken import spoken

__all__ = ["entries_card", "verified_card"]

LONGEST = 380
"""Characters of one entry, so that a page of ten fits."""
VALUE = 120
"""Characters of one value."""
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
Names = Mapping[int, str]


def entries_card(title: str, entries: Sequence[AuditView], people: Names, nations: Names) -> Card:
    """Return a page of entries, the newest first."""
    lines = [_line(entry, people, nations) for entry in entries]
    return cards.info(title, cards.lines(lines, empty="No entries."))


def _line(entry: AuditView, people: Names, nations: Names) -> str:
    who = "the bot" if entry.changed_by is None else name_of(entry.changed_by, people)
    record = f"{row_of(entry.table)} {_record(entry, people, nations)}"
    told = [
        f"{plain(value_called(key))}: {_before_after(entry, key, pair, people, nations)}"
        for key, pair in entry.changes().items()
    ]
    reason = f" — {plain(entry.reason)}" if entry.reason else ""
    changed = f": {', '.join(told)}" if told else ""
    text = f"`{entry.id}` {moment(entry.at, 'f')} {who} {DONE.get(entry.operation, 'changed')} {record}"
    return cards.clip(f"{text}{changed}{reason}", LONGEST)


def _record(entry: AuditView, people: Names, nations: Names) -> str:
    known = people if entry.table == "users" else nations if entry.table == "nations" else {}
    number = int(entry.record_id) if entry.record_id.isdecimal() else 0
    name = f" ({plain(known[number])})" if number in known else ""
    return plain(entry.record_id) + name


def _before_after(entry: AuditView, key: str, pair: tuple[Any, Any], people: Names, nations: Names) -> str:
    old, new = (_value(entry.table, key, value, people, nations) for value in pair)
    if not entry.old:
        return new
    return old if not entry.new else f"{old} → {new}"


def _value(table: str, key: str, value: Any, people: Names, nations: Names) -> str:
    if value is None:
        return "none"
    several = value if isinstance(value, list) else [value]
    if all(isinstance(one, int) and not isinstance(one, bool) for one in several):
        if key in PEOPLE:
            return ", ".join(name_of(one, people) for one in several) or "nobody"
        if key in NATIONS:
            return ", ".join(plain(nations.get(one, f"nation {one}")) for one in several) or "none"
        if MOMENTS.fullmatch(key) and several == [value]:
            return moment(value, "f")
    return plain(cards.clip(simple_words(table, key, value), VALUE))


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
