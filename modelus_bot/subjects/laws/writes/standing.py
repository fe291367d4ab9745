"""Whether a law is in force, who may read it, and what it is filed under."""

from __future__ import annotations

from typing import ClassVar

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.laws.model import LawChange
from modelus_bot.subjects.laws.queries.tags import require_tag, tags_of
from modelus_bot.subjects.laws.writes.fields import LawNumber, TagNumbers, Version
from modelus_bot.subjects.laws.writes.notices import take_back, tell
from modelus_bot.subjects.laws.writes.powers import changeable_law
from modelus_bot.subjects.laws.writes.saving import changed, file_under, save

__all__ = ["EnactLaw", "RepealLaw", "SetLawReaders", "TagLaw"]


class EnactLaw(Write[LawChange]):
    """Put a draft into force."""

    confidential: ClassVar[bool] = True
    law_id: LawNumber
    version: Version = None

    def apply(self, tx: Transaction) -> LawChange:
        """Save it; a public one gets its number."""
        before = changeable_law(tx, self.law_id, self.version)
        if before.status == "enacted":
            raise InvalidInput("This law is in force already.", rule="law.enacted")
        if before.status == "repealed":
            raise InvalidInput(
                "This law is repealed and stays so. `/law add` makes a new one; the name is free.",
                rule="law.repealed",
            )
        return tell(tx, save(tx, before, status="enacted", enacted_at=tx.context.at))


class RepealLaw(Write[LawChange]):
    """End a law, or give a draft up; its text is kept and its name is free again."""

    confidential: ClassVar[bool] = True
    law_id: LawNumber
    version: Version = None

    def apply(self, tx: Transaction) -> LawChange:
        """Save it."""
        before = changeable_law(tx, self.law_id, self.version)
        if before.status == "repealed":
            raise InvalidInput("This law is repealed already.", rule="law.repealed")
        return tell(tx, save(tx, before, status="repealed", repealed_at=tx.context.at))


class SetLawReaders(Write[LawChange]):
    """Let everybody read a law, or its own nation's office holders and administrators alone."""

    confidential: ClassVar[bool] = True
    law_id: LawNumber
    is_public: bool

    def apply(self, tx: Transaction) -> LawChange:
        """Save it; earlier texts that nobody else could read stay closed."""
        before = changeable_law(tx, self.law_id)
        if before.is_public == self.is_public:
            word = "public" if before.is_public else "private"
            raise InvalidInput(f"This law is {word} already.", rule="law.unchanged")
        if before.status == "repealed":
            raise InvalidInput("This law is repealed; who may read it stays as it was.", rule="law.repealed")
        change = save(tx, before, is_public=self.is_public)
        if not self.is_public:
            take_back(tx, before)
        return tell(tx, change)


class TagLaw(Write[LawChange]):
    """File a law under these tags and no others."""

    confidential: ClassVar[bool] = True
    law_id: LawNumber
    tags: TagNumbers

    def apply(self, tx: Transaction) -> LawChange:
        """Change the rows and say so in the law's entry."""
        before = changeable_law(tx, self.law_id)
        for tag in self.tags:
            require_tag(tx, tag)
        old = [tag.id for tag in tags_of(tx, before.id)]
        if sorted(old) == sorted(set(self.tags)):
            raise InvalidInput("It is filed under these tags already.", rule="law.unchanged")
        file_under(tx, before.id, self.tags)
        tx.audit(
            "laws",
            before.id,
            "UPDATE",
            old={"tags": old},
            new={"tags": [tag.id for tag in tags_of(tx, before.id)]},
            nation_id=before.nation_id,
        )
        return tell(tx, changed(tx, before, before.id))
