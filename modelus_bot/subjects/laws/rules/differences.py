"""What changed between two texts, sentence by sentence, as lines that begin with +, - or a space. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

__all__ = ["difference", "fenced"]

AROUND = 1
"""Sentences shown on each side of what changed."""
SKIPPED = "  …"
_ENDS = re.compile(r"(?<=[.;:!?])\s+")


def difference(before: str, after: str) -> tuple[str, ...]:
    """Return the lines of the difference; none where the texts say the same."""
    old, new = _sentences(before), _sentences(after)
    groups = list(difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_grouped_opcodes(AROUND))
    lines: list[str] = []
    for group in groups:
        if group[0][1] > 0 or lines:
            lines.append(SKIPPED)
        lines += _group(group, old, new)
    if groups and groups[-1][-1][2] < len(old):
        lines.append(SKIPPED)
    return tuple(lines)


def fenced(line: str) -> str:
    """Return a line that cannot end the block of code it stands in."""
    return line.replace("```", "`\u200b`\u200b`\u200b")


def _sentences(text: str) -> list[str]:
    return [part for line in text.splitlines() if line.strip() for part in _ENDS.split(line.strip())]


def _group(group: list[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Iterator[str]:
    for kind, first, last, begin, end in group:
        if kind == "equal":
            yield from (f"  {line}" for line in old[first:last])
            continue
        yield from (f"- {line}" for line in old[first:last])
        yield from (f"+ {line}" for line in new[begin:end])
