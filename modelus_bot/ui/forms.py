"""Forms: what is sent is taken by the form's id, so that one that is open outlives a restart of the bot."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import discord

from modelus_bot.ui.presses import answered

__all__ = ["FORM_PATIENCE", "form", "take_form"]

FORM_PATIENCE = 900.0
"""Seconds after which a form that was opened is forgotten here; what is sent then is taken all the same."""

Take = Callable[[re.Match[str], discord.Interaction[Any], dict[str, str]], Coroutine[Any, Any, None]]
_FORMS: dict[re.Pattern[str], Take] = {}


def form(template: str) -> Callable[[Take], Take]:
    """Register what takes a form whose id is like ``template``; it gets the match and the fields by id."""

    def register(take: Take) -> Take:
        _FORMS[re.compile(template)] = take
        return take

    return register


async def take_form(interaction: discord.Interaction[Any]) -> None:
    """Hand a form that was sent to what takes it; other interactions are nobody's here."""
    if interaction.type is not discord.InteractionType.modal_submit or interaction.custom_id is None:
        return
    for template, take in _FORMS.items():
        if (match := template.fullmatch(interaction.custom_id)) is not None:
            await _taken(_Sent(match, take), interaction)


class _Sent:
    """A form that was sent, and what takes it."""

    def __init__(self, match: re.Match[str], take: Take) -> None:
        self.match = match
        self.take = take


@answered
async def _taken(sent: _Sent, interaction: discord.Interaction[Any]) -> None:
    data: Any = interaction.data or {}
    await sent.take(sent.match, interaction, dict(_fields(data.get("components") or ())))


def _fields(components: Any) -> Iterator[tuple[str, str]]:
    """Walk rows and labels down to what was typed or chosen; several things that were chosen are lines."""
    for component in components:
        if "custom_id" in component:
            yield component["custom_id"], component.get("value") or "\n".join(component.get("values") or ())
        inner = component.get("components") or ([component["component"]] if "component" in component else [])
        yield from _fields(inner)
