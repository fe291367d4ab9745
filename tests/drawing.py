"""What Discord would draw of a text besides its letters: read as its clients do, escapes first."""

from __future__ import annotations

import re

__all__ = ["drawn"]

_ESCAPED = re.compile(r"\\[^0-9A-Za-z\s]")
_DRAWN = (
    r"\[[^\]]*\]\([^)]*\)",  # a link with words
    r"\w+://\S",  # an address
    r"(?<!\w)(?:discord|discordapp)\.(?:gg|com)/",  # an invitation
    r"@(?:everyone|here)",
    r"<[@#:/at&!][^>]*>",  # mentions, emojis, commands, timestamps
    r"\*\*?[^*\s][^*]*\*",
    r"(?<!\w)_{1,2}[^_\s][^_]*_",
    r"~~.+?~~",
    r"\|\|.+?\|\|",
    r"`+[^`]+`+",
    r"^(?:#{1,3}|-#|[-*+]|\d+\.|>>?>?)\s+\S",
    r":\w+:",
)


def drawn(text: str) -> list[str]:
    """Return everything in a text that is more than letters."""
    left = _ESCAPED.sub("\x00", text)
    return [found[0] for rule in _DRAWN for found in re.finditer(rule, left, re.MULTILINE)]
