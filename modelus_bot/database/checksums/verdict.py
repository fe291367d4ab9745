"""Whether pages of a main file hold what its expected hashes allow: the pure part, which changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from modelus_bot.database.checksums.expected_hashes import ExpectedHashes, Look, split
from modelus_bot.database.format.page_hash import HASH_BYTES, UNKNOWN, zero_hash

__all__ = ["Verdict", "judge", "judge_some"]


@dataclass(slots=True)
class Verdict:
    """Pages of a file that were looked at: ``explained`` ones changed as they may.

    ``wrong`` ones hold what they must not, or are missing or too many.
    """

    explained: int = 0
    wrong: list[int] = field(default_factory=list)


def judge(expected: ExpectedHashes, first: int, hashes: bytes, *, whole: bool) -> Verdict:
    """Judge pages ``first`` and following; ``whole`` says that ``hashes`` go to the end of the file."""
    verdict = Verdict()
    count = len(hashes) // HASH_BYTES
    base = expected.base[(first - 1) * HASH_BYTES : (first - 1 + count) * HASH_BYTES]
    if base != hashes:
        for index in range(count):
            at = index * HASH_BYTES
            found = hashes[at : at + HASH_BYTES]
            if base[at : at + HASH_BYTES] != found:
                _judge(expected, first + index, found, verdict)
    if whole:
        _judge_length(expected, first + count - 1, expected.required, verdict)
    return verdict


def judge_some(expected: ExpectedHashes, found: Iterable[tuple[int, bytes | None]]) -> Verdict:
    """Judge single pages; None stands for one that is not there."""
    verdict = Verdict()
    for page, content in found:
        if content is None:
            _judge_length(expected, page - 1, page, verdict)
        elif content != expected.base_of(page) or page > expected.allowed:
            _judge(expected, page, content, verdict)
    return verdict


def _judge(expected: ExpectedHashes, page: int, found: bytes, verdict: Verdict) -> None:
    if page <= expected.allowed and _may_hold(expected, page, found):
        verdict.explained += 1
        return
    if expected.look is not None and _might_have_held(expected, expected.look, page, found):
        verdict.explained += 1
        return
    verdict.wrong.append(page)


def _judge_length(expected: ExpectedHashes, last: int, end: int, verdict: Verdict) -> None:
    """Find pages missing behind page ``last`` up to ``end``."""
    required = min(expected.required, expected.look.low) if expected.look is not None else expected.required
    verdict.wrong.extend(range(last + 1, min(end, required) + 1))


def _may_hold(expected: ExpectedHashes, page: int, found: bytes) -> bool:
    if expected.base_of(page) in {found, UNKNOWN}:
        return True
    if found in split(expected.versions.get(page, b"")):
        return True
    return page > expected.required and found == zero_hash(expected.page_size)


def _might_have_held(expected: ExpectedHashes, look: Look, page: int, found: bytes) -> bool:
    return expected.allowed < page <= look.high or found in look.replaced.get(page, ())
