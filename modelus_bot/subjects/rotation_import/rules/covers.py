"""Makes cover requests of the files' overrides: each once, at most one approved for a slot. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time

from modelus_bot.subjects.rotation_import.model.data import CoverData, DisciplineData, Mended, SprintData
from modelus_bot.subjects.rotation_import.model.source import SourceOverride
from modelus_bot.subjects.rotation_import.rules.people import People, cleaned

__all__ = ["CoverMender"]

Request = tuple[int, str, int, int | None]


class CoverMender:
    """Turns overrides into covers.

    An approval counts only if somebody other than the requester and the replacement gave it;
    otherwise the request waits for a fresh one. Of several approved covers of one slot the one that
    was approved last counts, the others are revoked.
    """

    def __init__(
        self,
        sprints: Mapping[int, SprintData],
        disciplines: Iterable[DisciplineData],
        keys: Mapping[str, str],
        people: People,
        mended: list[Mended],
    ) -> None:
        """Use the mended sprints by number and ``keys`` (the file's discipline names → keys here)."""
        self._sprints = sprints
        self._disciplines = {discipline.key: discipline for discipline in disciplines}
        self._keys = keys
        self._people = people
        self._mended = mended

    def covers(self, overrides: tuple[SourceOverride, ...]) -> tuple[CoverData, ...]:
        """Return the covers, in the order in which they were first asked for in the file."""
        found: dict[Request, CoverData] = {}
        for number, override in enumerate(overrides, 1):
            cover = self._cover(override, f"overrides.json, entry {number}")
            if cover is None:
                continue
            request = (cover.index, cover.discipline, cover.requested_by, cover.replacement_id)
            found[request] = self._merged(found[request], cover) if request in found else cover
        return self._one_approved(list(found.values()))

    def _cover(self, override: SourceOverride, place: str) -> CoverData | None:
        key = self._keys.get(override.role) or (override.role if override.role in self._disciplines else None)
        sprint = self._sprints.get(override.index)
        if key is None or sprint is None:
            role = cleaned(override.role, 40)
            what = f"discipline “{role}”" if key is None else f"sprint {override.index}"
            self._leave_out(place, f"there is no {what}")
            return None
        original = self._disciplines[key].holder(override.index)
        if original is None:
            self._leave_out(place, f"nobody takes turns in {key}")
            return None
        replacement = None
        if override.replacement is not None:
            replacement = self._people.add(override.replacement, override.replacement_name)
        if replacement == original:
            self._leave_out(place, f"{self._people.name(original)} would replace themselves")
            return None
        requester = self._requester(override, original, place)
        asked_at = override.asked_at or override.approved_at or _start_of(sprint)
        cover = CoverData(
            index=override.index, discipline=key, requested_by=requester, original_id=original,
            replacement_id=replacement, status="open", decided_by=None, decided_at=None, asked_at=asked_at,
        )  # fmt: skip
        return self._approved(cover, override, place) if override.approved else cover

    def _requester(self, override: SourceOverride, original: int, place: str) -> int:
        text = override.requested_by
        slack_id = self._people.by_id_or_name(text) if text is not None else None
        if slack_id is not None:
            return self._people.add(slack_id)
        self._note(
            "requester",
            f"{place}: who asked is not known; {self._people.name(original)}, whose turn it is, counts as"
            " the one who asked.",
        )
        return original

    def _approved(self, cover: CoverData, override: SourceOverride, place: str) -> CoverData:
        """Keep an approval that somebody else gave; otherwise say why a fresh one is needed."""
        if cover.replacement_id is None:
            return self._unapproved(cover, place, "was approved without a replacement")
        slack_id = self._people.by_id_or_name(override.approved_by) if override.approved_by else None
        if slack_id is None:
            return self._unapproved(cover, place, "was approved by nobody who is known")
        approver = self._people.add(slack_id)
        if approver in {cover.requested_by, cover.replacement_id}:
            who = self._people.name(approver)
            return self._unapproved(cover, place, f"was approved by {who}, who takes part in it")
        decided_at = override.approved_at or cover.asked_at
        return cover.model_copy(
            update={"status": "approved", "decided_by": approver, "decided_at": decided_at}
        )

    def _unapproved(self, cover: CoverData, place: str, why: str) -> CoverData:
        self._note(
            "approval",
            f"{place}: the cover of {self._slot(cover)} {why}; it needs a fresh approval"
            " (if its sprint is over, it is kept as expired).",
        )
        return cover

    def _merged(self, first: CoverData, again: CoverData) -> CoverData:
        """Make one of the same request made twice; an approval of either counts, the later of two."""
        better = max(first, again, key=lambda item: (item.status == "approved", item.decided_at or 0))
        merged = better.model_copy(
            update={
                "asked_at": min(first.asked_at, again.asked_at),
                "attempts": first.attempts + again.attempts,
            }
        )
        self._note(
            "duplicate",
            f"overrides.json: the cover of {self._slot(first)} was asked for {merged.attempts} times by the"
            " same person; it is one request.",
        )
        return merged

    def _one_approved(self, covers: list[CoverData]) -> tuple[CoverData, ...]:
        latest: dict[tuple[int, str], CoverData] = {}
        for cover in covers:
            slot = (cover.index, cover.discipline)
            if cover.status == "approved" and (
                slot not in latest or (cover.decided_at or 0) >= (latest[slot].decided_at or 0)
            ):
                latest[slot] = cover
        return tuple(
            self._revoked_unless(latest.get((request.index, request.discipline)), request)
            for request in covers
        )

    def _revoked_unless(self, latest: CoverData | None, cover: CoverData) -> CoverData:
        if cover.status != "approved" or latest is None or cover is latest:
            return cover
        name = self._people.name
        self._note(
            "several_approved",
            f"overrides.json: {self._slot(cover)} has several approved covers; the latest,"
            f" by {name(latest.replacement_id)}, counts, the one by {name(cover.replacement_id)} is revoked.",
        )
        return cover.model_copy(update={"status": "revoked"})

    def _slot(self, cover: CoverData) -> str:
        return f"{cover.discipline} in “{self._sprints[cover.index].name}”"

    def _leave_out(self, place: str, why: str) -> None:
        self._note("left_out", f"{place}: left out, because {why}.")

    def _note(self, kind: str, sentence: str) -> None:
        self._mended.append(Mended(kind, sentence))


def _start_of(sprint: SprintData) -> int:
    return int(datetime.combine(sprint.start, time(), UTC).timestamp())
