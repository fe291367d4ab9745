"""What ``doctor`` says of the server's own map."""

from __future__ import annotations

from modelus_bot.cli.finding import Finding, Grade
from modelus_bot.config import Settings
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.cards.map_source import map_of

__all__ = ["own_map"]


def own_map(settings: Settings) -> list[Finding]:
    """Read the file that ``map_file`` names as ``/nation map`` does; nothing where none is named."""
    path = settings.server.map_file
    if path is None:
        return []
    try:
        regions = map_of(path)
    except InvalidInput as refusal:
        return [Finding(Grade.BAD, f"{refusal} It is {path}.")]
    return [Finding(Grade.FINE, f"Regions on the map of nations: {len(regions)}.")]
