"""Who the slack ids of the files are: Discord accounts where known, else stable placeholders."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.subjects.rotation_import.model.data import Mended, PersonData
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem

__all__ = ["People", "cleaned", "placeholder_id"]


def placeholder_id(slack_id: str) -> int:
    """Return the number that stands for a person until their Discord account is known.

    The same slack id always gives the same number, below any Discord account's.
    """
    digest = hashlib.sha256(f"triage-rotation-bot:{slack_id}".encode()).digest()
    return int.from_bytes(digest[:5], "big") % (PLACEHOLDER_LIMIT - 1) + 1


def cleaned(text: str, longest: int) -> str:
    """Return a name on one line, without control characters, at most ``longest`` characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:longest].rstrip()


class People:
    """Collects the people that the files mention, each once."""

    def __init__(self, accounts: Mapping[str, int], mended: list[Mended]) -> None:
        """Use ``accounts`` (Discord ids by slack id); sentences are added to ``mended``."""
        self._accounts = accounts
        self._mended = mended
        self._found: dict[str, PersonData] = {}
        self._owners: dict[int, str] = {}

    def __iter__(self) -> Iterator[PersonData]:
        """Yield everybody once, in the order of their first mention."""
        seen: set[int] = set()
        for person in self._found.values():
            if person.id not in seen:
                seen.add(person.id)
                yield person

    def add(self, slack_id: str, name: str | None = None) -> int:
        """Note a person and return their id; the first name given counts."""
        known = self._found.get(slack_id)
        wanted = cleaned(name or "", 100)
        if known is not None:
            if wanted and wanted != known.name:
                self._rename(known, wanted)
            return known.id
        placeholder = placeholder_id(slack_id)
        if self._owners.setdefault(placeholder, slack_id) != slack_id:
            raise ImportProblem(
                f"{slack_id} and {self._owners[placeholder]} would get the same number."
                f" Name one of them in people.json."
            )
        person = PersonData(
            slack_id=slack_id,
            id=self._account(slack_id) or placeholder,
            placeholder=placeholder,
            name=wanted or f"Slack {slack_id}",
        )
        if name and wanted != name:
            self._mended.append(
                Mended(
                    "name", f"{slack_id} is called “{person.name}” here; the name was not fit to be shown."
                )
            )
        self._found[slack_id] = person
        return person.id

    def by_id_or_name(self, text: str) -> str | None:
        """Return the slack id that ``text`` is, or whose name it is; None when nobody is meant."""
        if text in self._found or self._account(text) or _looks_like_slack_id(text):
            return text
        same = [slack_id for slack_id, person in self._found.items() if person.name == cleaned(text, 100)]
        return same[0] if len(same) == 1 else None

    def name(self, user_id: int | None) -> str:
        """Return somebody's name for a sentence."""
        return next((item.name for item in self._found.values() if item.id == user_id), "nobody")

    def _account(self, slack_id: str) -> int | None:
        if slack_id in self._accounts:
            return self._accounts[slack_id]
        if slack_id.isascii() and slack_id.isdecimal() and PLACEHOLDER_LIMIT <= int(slack_id) < 2**63:
            return int(slack_id)
        return None

    def _rename(self, known: PersonData, wanted: str) -> None:
        if known.name == f"Slack {known.slack_id}":
            self._found[known.slack_id] = known.model_copy(update={"name": wanted})
            return
        sentence = f"{known.slack_id} is called “{known.name}” and “{wanted}”; the first name is used."
        if all(item.sentence != sentence for item in self._mended):
            self._mended.append(Mended("name", sentence))


def _looks_like_slack_id(text: str) -> bool:
    return len(text) >= 8 and text[0] in "UW" and text.isascii() and text.isalnum() and text == text.upper()
