"""Laws are written and rewritten; every text is kept."""

from __future__ import annotations

from typing import ClassVar

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import MemberName
from modelus_bot.domain.permissions import require_actor
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.laws.model import LawChange
from modelus_bot.subjects.laws.queries.records import text_of
from modelus_bot.subjects.laws.queries.tags import require_tag
from modelus_bot.subjects.laws.rules.wording import checked_body, checked_name
from modelus_bot.subjects.laws.writes.fields import LawBody, LawNumber, LawTitle, Note, TagNumbers, Version
from modelus_bot.subjects.laws.writes.notices import tell
from modelus_bot.subjects.laws.writes.powers import changeable_law
from modelus_bot.subjects.laws.writes.saving import add_text, changed, file_under, save
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.subjects.people.writes import ensure_member

__all__ = ["AddLaw", "EditLaw", "RenameLaw"]

_ADD = """
INSERT INTO laws(nation_id, name, is_public, status, author_id, created_at, updated_at)
VALUES(?, ?, ?, 'draft', ?, ?, ?)
"""
_LIVE = "SELECT id FROM laws WHERE nation_id = ? AND name = ? AND status <> 'repealed'"


class AddLaw(Write[LawChange]):
    """Write a law of a nation that the author acts for; it is in force at once unless it is a draft."""

    confidential: ClassVar[bool] = True
    name: LawTitle
    body: LawBody
    username: MemberName
    is_public: bool = True
    draft: bool = False
    tags: TagNumbers = ()
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> LawChange:
        """Insert it with its first text."""
        actor = require_actor(tx)
        nation = led_nation(tx, self.nation_id, deputy=True)
        name, body = checked_name(self.name), checked_body(self.body)
        _require_free(tx, nation.id, name)
        for tag in self.tags:
            require_tag(tx, tag)
        ensure_member(tx, actor, self.username)
        at = tx.context.at
        number = tx.insert(_ADD, (nation.id, name, int(self.is_public), actor, at, at))
        add_text(tx, number, 1, body, None)
        file_under(tx, number, self.tags)
        values = {"name": name, "is_public": int(self.is_public), "status": "draft", "tags": list(self.tags)}
        tx.audit("laws", number, "INSERT", new=values, nation_id=nation.id)
        change = changed(tx, None, number)
        if self.draft:
            return tell(tx, change)
        enacted = save(tx, change.after, status="enacted", enacted_at=at)
        return tell(tx, LawChange(None, enacted.after, enacted.name))


class EditLaw(Write[LawChange]):
    """Give a law another text; the one before is kept, with a note on why."""

    confidential: ClassVar[bool] = True
    law_id: LawNumber
    body: LawBody
    note: Note = None
    version: Version = None

    def apply(self, tx: Transaction) -> LawChange:
        """Add the text."""
        before = changeable_law(tx, self.law_id, self.version)
        if before.status == "repealed":
            raise InvalidInput(
                "This law is repealed; its text stays as it was. `/law add` makes a new one.",
                rule="law.repealed",
            )
        body = checked_body(self.body)
        present = text_of(tx, before.id, before.revision)
        if present is not None and present.body == body:
            raise InvalidInput("Nothing to change: this is the law's text already.", rule="law.unchanged")
        add_text(tx, before.id, before.revision + 1, body, self.note)
        return tell(tx, save(tx, before, revision=before.revision + 1), self.note)


class RenameLaw(Write[LawChange]):
    """Give a law another name; its number stays, so whatever cites it still does."""

    confidential: ClassVar[bool] = True
    law_id: LawNumber
    name: LawTitle

    def apply(self, tx: Transaction) -> LawChange:
        """Save it."""
        before = changeable_law(tx, self.law_id)
        name = checked_name(self.name)
        if name == before.name:
            raise InvalidInput("It has this name already.", rule="law.unchanged")
        if before.status != "repealed":
            _require_free(tx, before.nation_id, name, but=before.id)
        return tell(tx, save(tx, before, name=name))


def _require_free(tx: Transaction, nation_id: int, name: str, but: int | None = None) -> None:
    """Raise ``InvalidInput`` where the nation has another law of this name; asked only of its own people."""
    found = tx.fetch_value(_LIVE, (nation_id, name))
    if found is not None and found != but:
        raise InvalidInput(
            "The nation has a law of this name already. Choose another name, or change that one with"
            " `/law edit`.",
            rule="law.name_taken",
        )
