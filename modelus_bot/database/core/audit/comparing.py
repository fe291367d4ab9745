"""Does the chain agree with its anchors? Where it does not, which one says so, and what could explain it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from modelus_bot.database.core.audit.anchors import Anchor
from modelus_bot.database.core.audit.verification import ChainReport

__all__ = ["Setback", "compared_with_anchors"]

TOLD = 5
_SLACK = 120.0
"""Seconds between a head being noted and the note being on the disk."""


@dataclass(frozen=True, slots=True)
class Setback:
    """The log was honestly set back: entries after ``back_to`` up to ``reached`` were given up at ``at``."""

    entry: int
    back_to: int
    reached: int
    at: float

    def explains(self, anchor: Anchor) -> bool:
        """Say whether the entry an anchor knows was among those."""
        return self.back_to < anchor.id <= self.reached and anchor.at <= self.at + _SLACK


def compared_with_anchors(
    report: ChainReport,
    anchors: Sequence[Anchor],
    hashes: Mapping[int, str],
    setbacks: Sequence[Setback] = (),
) -> ChainReport:
    """Return the report with what the anchors say; ``hashes`` are those (hex) of the entries they name.

    Entries from the first broken link on are not compared: what is wrong there is known already. Of an
    earlier chain that was preserved, what its table still has is compared.
    """
    contradictions: list[str] = []
    excused: list[str] = []
    agreed = 0
    for anchor in anchors:
        if report.first_broken is not None and anchor.id >= report.first_broken:
            continue
        known = hashes.get(anchor.id)
        if known == anchor.head:
            agreed = max(agreed, anchor.id)
            continue
        words = _words(report, anchor, known, agreed)
        reason = next(_reasons(report, anchor, setbacks), None)
        if reason is None:
            contradictions.append(words)
        else:
            excused.append(f"{words} {reason}")
    return replace(
        report,
        anchors=len(anchors),
        contradictions=tuple(contradictions[:TOLD]),
        excused=tuple(excused[:TOLD]),
    )


def _words(report: ChainReport, anchor: Anchor, known: str | None, agreed: int) -> str:
    if known is not None:
        since = f" after entry {agreed}, with which others agree" if agreed else ""
        return f"{_named(anchor)} knows another entry {anchor.id}: the log was rewritten{since}."
    if anchor.id > report.last_id:
        return f"{_named(anchor)} knows entry {anchor.id}, but the log ends with entry {report.last_id}."
    return f"{_named(anchor)} knows entry {anchor.id}, which is nowhere any more."


def _named(anchor: Anchor) -> str:
    return anchor.source[0].upper() + anchor.source[1:]


def _reasons(report: ChainReport, anchor: Anchor, setbacks: Sequence[Setback]) -> Iterator[str]:
    for setback in setbacks:
        if setback.explains(anchor):
            yield f"Entry {setback.entry} explains it: the log was set back to {setback.back_to}."
    if 0 < anchor.id < report.first_id and report.preserved:
        yield f"Entry {report.first_id} explains it: a new chain began there after damage."
