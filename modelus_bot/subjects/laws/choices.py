"""Laws and tags as people pick or type them."""

from __future__ import annotations

import discord

from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.laws.cards.lists import law_label
from modelus_bot.subjects.laws.queries.lists import law_called, named_laws
from modelus_bot.subjects.laws.queries.tags import tags
from modelus_bot.subjects.laws.writes.fields import MOST_TAGS
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.text.escaping import bare, folded, plain
from modelus_bot.ui.commands.suggestions import SHOWN, Choices, picks, suggested
from modelus_bot.ui.picks import Named, meant, unpicked

__all__ = ["PicksLaws"]

LONGEST = 120
"""Characters of what was typed that are looked for."""


class PicksLaws(PicksNations):
    """A command group whose commands take laws and tags."""

    async def law_key(self, interaction: discord.Interaction, value: str) -> tuple[str, int]:
        """Return what finds the law that was picked or typed, and the section that was cited, or 0.

        Raises ``NotFound``, or ``InvalidInput`` where several are meant.
        """
        key = unpicked("law", value)
        if key is not None:
            return key, 0
        name, section = await self.bot.db.read(law_called, self.viewer(interaction), value.strip()[:LONGEST])
        return name.key, section

    async def suggest_laws(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest laws that the member may read, by citation, name and nation."""
        viewer = self.viewer(interaction)
        found = await suggested(interaction, named_laws, viewer, typed.strip()[:LONGEST])
        return picks("law", ((law_label(one), one.key) for one in found or ()), "")

    async def tag_id(self, value: str) -> int:
        """Return the number of the tag that was picked or whose name was typed; raises ``InvalidInput``."""
        known = await self.bot.db.read(tags)
        hint = "Pick one from the list, or look at `/tag list`."
        return meant("tag", value, (Named(tag.id, tag.name) for tag in known), "a tag", "tag.unknown", hint)

    async def tag_ids(self, value: str | None) -> tuple[int, ...]:
        """Return the numbers of tags whose names were typed with commas between them."""
        names = [part.strip() for part in (value or "").split(",") if part.strip()]
        if len(names) > MOST_TAGS:
            raise InvalidInput(f"A law has at most {MOST_TAGS} tags.", rule="tag.most")
        known = {folded(tag.name): tag.id for tag in await self.bot.db.read(tags)}
        for name in names:
            if folded(name) not in known:
                raise NotFound(
                    f"“{plain(name[:60])}” is not a tag. `/tag list` shows them; put commas between them.",
                    rule="tag.unknown",
                )
        return tuple(dict.fromkeys(known[folded(name)] for name in names))

    async def suggest_tags(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest one tag."""
        found = await suggested(interaction, tags)
        return picks("tag", ((bare(tag.name), tag.id) for tag in found or ()), typed)

    async def suggest_more_tags(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest another tag after those that were typed already."""
        *before, last = [part.strip() for part in typed.split(",")]
        found = await suggested(interaction, tags)
        names = [
            tag.name
            for tag in found or ()
            if tag.name not in before and folded(last or " ") in folded(tag.name)
        ]
        if not last.strip():
            names = [tag.name for tag in found or () if tag.name not in before]
        values = [", ".join([*before, name]) for name in names]
        choice = discord.app_commands.Choice
        return [choice(name=bare(value), value=value) for value in values if len(value) <= 100][:SHOWN]
