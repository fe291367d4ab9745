"""What offices, causes and states of nations are called. Pure."""

from __future__ import annotations

from modelus_bot.subjects.nations.model import Cause, NationStatus, OfficeName

__all__ = ["CAUSES", "OFFICES", "STATUSES"]

OFFICES: dict[OfficeName, str] = {"president": "president", "vice_president": "vice president"}
STATUSES: dict[NationStatus, str] = {"active": "Active", "leave": "On leave", "archived": "Archived"}
CAUSES: dict[Cause, str] = {
    "admin": "set",
    "tax": "tax",
    "law": "a law",
    "loan": "a loan",
    "invest": "an investment",
    "disaster": "a disaster",
    "war": "a war",
    "turn": "a turn",
    "undo": "undone",
    "import": "imported",
}
