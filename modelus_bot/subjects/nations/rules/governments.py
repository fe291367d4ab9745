"""The forms of government that a nation may have. Pure."""

from __future__ import annotations

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import folded, plain

__all__ = ["GOVERNMENTS", "checked_government"]

GOVERNMENTS = (
    "Democracy",
    "Direct Democracy",
    "Parliamentary Democracy",
    "Republic",
    "Federal Republic",
    "Constitutional Republic",
    "Socialist Republic",
    "Commonwealth",
    "Federation",
    "Confederation",
    "City-State",
    "Constitutional Monarchy",
    "Absolute Monarchy",
    "Elective Monarchy",
    "Aristocracy",
    "Oligarchy",
    "Plutocracy",
    "Technocracy",
    "Meritocracy",
    "Theocracy",
    "Communist State",
    "Dictatorship",
    "Military Junta",
    "Anarchist Territory",
)
_BY_FOLDED = {folded(name): name for name in GOVERNMENTS}


def checked_government(text: str) -> str:
    """Return the form of government that was typed; raises ``InvalidInput`` for one that is not known."""
    found = _BY_FOLDED.get(folded(text))
    if found is None:
        raise InvalidInput(
            f"“{plain(text[:60])}” is not one of the {len(GOVERNMENTS)} forms of government. Pick one from"
            " the list.",
            rule="nation.government",
        )
    return found
