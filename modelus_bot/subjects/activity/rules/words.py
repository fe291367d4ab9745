"""What the staff read of somebody in office who fell silent. Pure."""

from __future__ import annotations

from datetime import date

from modelus_bot.subjects.activity.model import OfficeStanding
from modelus_bot.subjects.nations.rules.words import OFFICES

__all__ = ["proposal"]

DECIDES = (
    "Nothing happens by itself. Ask them first; if they are only away for a while, set their leave with"
    " /activity leave."
)


def proposal(
    one: OfficeStanding, name: str, deputy: OfficeStanding | None, deputy_name: str, today: date
) -> tuple[str, str]:
    """Return title and description of an item: who is silent, for how long, and who could follow."""
    office = OFFICES[one.office]
    title = f"{one.nation}: the {office} {name} has been silent for {one.silent_days} days"
    silent = (
        f"{name}, {office} of {one.nation}, was last there on {one.silent_since.isoformat()}. That makes"
        f" {one.silent_days} silent days until {today.isoformat()}; {one.limit} make somebody inactive."
    )
    told = [silent, DECIDES]
    if one.office == "president":
        told.append(_succession(one, deputy, deputy_name))
    else:
        told.append("To make room for another one: /nation-admin unlink, then /nation-admin link.")
    return title, "\n".join(told)


def _succession(one: OfficeStanding, deputy: OfficeStanding | None, name: str) -> str:
    if deputy is None:
        return (
            "There is no vice president who could follow. An administrator can end the office with"
            " /nation-admin unlink and give it to somebody else with /nation-admin link."
        )
    how = (
        "who was there"
        if deputy.standing == "heard"
        else f"who has been silent for {deputy.silent_days} days"
    )
    if deputy.standing == "leave":
        how = "who is on leave"
    return (
        f"Proposal: the vice president {name}, {how}, follows as president of {one.nation}. An administrator"
        " does that with /nation-admin link, which asks before it ends the president's office; then close"
        " this item."
    )
