"""What a nation may be called, and what may stand before its name. Pure."""

from __future__ import annotations

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import NAMELESS, bare, folded, plain

__all__ = ["MOST_ALIASES", "PREFIXES", "checked_alias", "checked_name", "checked_prefix", "split_prefix"]

PREFIXES = (
    "Republic of",
    "Federal Republic of",
    "Democratic Republic of",
    "People's Republic of",
    "Socialist Republic of",
    "Constitutional Republic of",
    "United Republic of",
    "Free Republic of",
    "Grand Republic of",
    "Commonwealth of",
    "Federation of",
    "Confederation of",
    "Confederacy of",
    "Union of",
    "United States of",
    "United Provinces of",
    "United Kingdom of",
    "Kingdom of",
    "Grand Kingdom of",
    "Holy Kingdom of",
    "Empire of",
    "Grand Empire of",
    "Holy Empire of",
    "Duchy of",
    "Grand Duchy of",
    "Archduchy of",
    "Principality of",
    "County of",
    "March of",
    "Barony of",
    "Viscounty of",
    "Earldom of",
    "Margraviate of",
    "Electorate of",
    "Palatinate of",
    "Sultanate of",
    "Emirate of",
    "Caliphate of",
    "Khanate of",
    "Shogunate of",
    "Tsardom of",
    "Dominion of",
    "Protectorate of",
    "Territory of",
    "State of",
    "Free State of",
    "City-State of",
    "Province of",
    "Colony of",
    "Mandate of",
    "League of",
    "Alliance of",
    "Dictatorship of",
    "Directorate of",
    "Regency of",
    "Theocracy of",
    "Suzerainty of",
)
"""What may stand before a name, apart from it."""
MOST_ALIASES = 10
"""How many other names a nation may be given; what it was called before does not count."""
_BY_FOLDED = {folded(prefix): prefix for prefix in PREFIXES}


def checked_name(name: str) -> str:
    """Return a name that a nation may have; raises ``InvalidInput`` with what is wrong with it."""
    cleaned = checked_alias(name)
    prefix, rest = split_prefix(cleaned)
    if prefix is not None:
        raise InvalidInput(
            f"“{prefix}” stands apart from the name. Name it “{plain(rest)}” and set the rest with"
            " `/nation prefix`.",
            rule="nation.name_prefix",
        )
    return cleaned


def checked_alias(name: str) -> str:
    """Return another name that a nation may have, also with a prefix; raises ``InvalidInput``."""
    cleaned = " ".join(name.split())
    if bare(cleaned) == NAMELESS or not any(letter.isalnum() for letter in cleaned):
        raise InvalidInput("A nation's name needs letters that can be seen.", rule="nation.name")
    return cleaned


def split_prefix(text: str) -> tuple[str | None, str]:
    """Return the longest known prefix that a text begins with, and the rest; no prefix is None."""
    words = text.split()
    for count in range(len(words) - 1, 0, -1):
        prefix = _BY_FOLDED.get(folded(" ".join(words[:count])))
        if prefix is not None:
            return prefix, " ".join(words[count:])
    return None, text


def checked_prefix(text: str) -> str:
    """Return the known prefix that was typed, whatever its case; raises ``InvalidInput`` for another."""
    found = _BY_FOLDED.get(folded(text))
    if found is None:
        raise InvalidInput(
            f"“{plain(text[:60])}” is not one of the {len(PREFIXES)} prefixes. Pick one from the list.",
            rule="nation.prefix",
        )
    return found
