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


def judge(ledger: ExpectedHashes, first: int, hashes: bytes, *, whole: bool) -> Verdict:
    """Judge pages ``first`` and following; ``whole`` says that ``hashes`` go to the end of the file."""
    verdict = Verdict()
    count = len(hashes) // HASH_BYTES
    base = ledger.base[(first - 1) * HASH_BYTES : (first - 1 + count) * HASH_BYTES]
    if base != hashes:
        for index in range(count):
            at = index * HASH_BYTES
            found = hashes[at : at + HASH_BYTES]
            if base[at : at + HASH_BYTES] != found:
                _judge(ledger, first + index, found, verdict)
    if whole:
        _judge_length(ledger, first + count - 1, ledger.required, verdict)
    return verdict


def judge_some(ledger: ExpectedHashes, found: Iterable[tuple[int, bytes | None]]) -> Verdict:
    """Judge single pages; None stands for one that is not there."""
    verdict = Verdict()
    for page, content in found:
        if content is None:
            _judge_length(ledger, page - 1, page, verdict)
        elif content != ledger.base_of(page) or page > ledger.allowed:
            _judge(ledger, page, content, verdict)
    return verdict


def _judge(ledger: ExpectedHashes, page: int, found: bytes, verdict: Verdict) -> None:
    if page <= ledger.allowed and _may_hold(ledger, page, found):
        verdict.explained += 1
        return
    if ledger.look is not None and _might_have_held(ledger, ledger.look, page, found):
        verdict.explained += 1
        return
    verdict.wrong.append(page)


def _judge_length(ledger: ExpectedHashes, last: int, end: int, verdict: Verdict) -> None:
    """Find pages missing behind page ``last`` up to ``end``."""
    required = min(ledger.required, ledger.look.low) if ledger.look is not None else ledger.required
    verdict.wrong.extend(range(last + 1, min(end, required) + 1))


def _may_hold(ledger: ExpectedHashes, page: int, found: bytes) -> bool:
    if ledger.base_of(page) in {found, UNKNOWN}:
        return True
    if found in split(ledger.versions.get(page, b"")):
        return True
    return page > ledger.required and found == zero_hash(ledger.page_size)


def _might_have_held(ledger: ExpectedHashes, look: Look, page: int, found: bytes) -> bool:
    return ledger.allowed < page <= look.high or found in look.replaced.get(page, ())
