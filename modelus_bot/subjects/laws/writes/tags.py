"""Tags are added by staff and removed by administrators."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.permissions import require_admin, require_staff
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.laws.model import Tag
from modelus_bot.subjects.laws.queries.tags import require_tag, tag_called
from modelus_bot.subjects.laws.rules.wording import checked_tag
from modelus_bot.subjects.laws.writes.fields import LawNumber

__all__ = ["ABOUT_LIMIT", "TAG_LIMIT", "AddTag", "RemoveTag"]

TAG_LIMIT, ABOUT_LIMIT = 50, 200
_ADD = "INSERT INTO tags(name, description, created_by, created_at) VALUES(?, ?, ?, ?)"
_REMOVE = "DELETE FROM tags WHERE id = ?"


class AddTag(Write[Tag]):
    """Add a tag that laws can be filed under."""

    name: Annotated[str, Field(min_length=1, max_length=TAG_LIMIT)]
    description: Annotated[str, Field(min_length=1, max_length=ABOUT_LIMIT)] | None = None

    def apply(self, tx: Transaction) -> Tag:
        """Insert it."""
        require_staff(tx)
        name = checked_tag(self.name)
        if tag_called(tx, name) is not None:
            raise InvalidInput(
                "There is a tag of this name already. `/tag list` shows them all.", rule="tag.taken"
            )
        context = tx.context
        number = tx.insert(_ADD, (name, self.description, context.actor, context.at))
        tx.audit("tags", number, "INSERT", new={"name": name, "description": self.description})
        return Tag(number, name, self.description, context.actor, context.at)


class RemoveTag(Write[Tag]):
    """Remove a tag; laws lose it and nothing else."""

    tag_id: LawNumber

    def apply(self, tx: Transaction) -> Tag:
        """Delete it."""
        require_admin(tx)
        found = require_tag(tx, self.tag_id)
        tx.execute(_REMOVE, (found.id,))
        tx.audit("tags", found.id, "DELETE", old={"name": found.name, "description": found.description})
        return found
