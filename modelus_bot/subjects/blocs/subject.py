"""Declares the subject `blocs`: blocs of nations."""

from __future__ import annotations

from modelus_bot.domain.map_tints import MapTint
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.blocs.invariants import INVARIANTS
from modelus_bot.subjects.blocs.queries import bloc_groups
from modelus_bot.subjects.blocs.visibility import VISIBLE
from modelus_bot.subjects.blocs.writes.leaving import leave_blocs_of

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.blocs.buttons import BlocButton
    from modelus_bot.subjects.blocs.commands import BlocCommands
    from modelus_bot.subjects.blocs.enclosures import enclosure_of
    from modelus_bot.subjects.blocs.jobs import InvitationExpiry

    return Screens(
        commands=(BlocCommands,),
        buttons=(BlocButton,),
        jobs=(InvitationExpiry,),
        enclosures={"blocs": enclosure_of},
    )


_WORDING = Wording(
    rows={"blocs": "blocs", "bloc_members": "members of blocs"},
    row={"blocs": "a bloc", "bloc_members": "a member of a bloc"},
    told={"disbanded_at": "the time it was disbanded"},
    ranges={
        "blocs_name_length": ("The name of a bloc", "1 to 50 characters long"),
        "blocs_description_length": ("The description of a bloc", "1 to 500 characters long"),
        "blocs_status_known": ("The status of a bloc", "active or disbanded"),
        "bloc_members_rank_known": ("The rank of a nation in a bloc", "leader, member or invited"),
    },
    sentences={
        "blocs_name_trimmed": (
            "The name of a bloc begins and ends with something that can be seen. Correct it and try again."
        ),
        "blocs_disbanded_has_time": (
            "A bloc has an end exactly when it is disbanded. Please tell an administrator."
        ),
        "bloc_members_invited_expires": (
            "Only an invitation has a time until which it can be answered. Please tell an administrator."
        ),
        "bloc limit": (
            "A nation is in two blocs at most. Let it leave one with `/bloc leave` first, then try again."
        ),
    },
    taken={
        "blocs.id": "There is a bloc with this number already. Please try again.",
        "blocs.name": "There is a bloc of this name already. Choose another name.",
        "bloc_members.bloc_id, bloc_members.nation_id": "The nation is in this bloc, or invited, already.",
        "bloc_members.bloc_id": "Somebody leads this bloc already. Look at it with `/bloc show`.",
    },
    columns={
        "bloc_id": "the bloc",
        "rank": "the rank",
    },
    fields={
        "accept": "answer",
        "bloc_id": "bloc",
        "bloc_name": "name of the bloc",
        "invited_id": "nation that is invited",
        "kicked_id": "nation",
        "no_description": "whether the description is taken away",
        "since": "since when",
        "to_id": "other nation",
    },
)

SUBJECT = Subject(
    name="blocs",
    topic=Topic("blocs", "Blocs", "which nations stand together, and who leads them", 2),
    needs={"bloc": "anyone"},
    kept_tables=("blocs", "bloc_members"),
    audited=("blocs",),
    invariants=INVARIANTS,
    map_tints=(MapTint(key="bloc", label="bloc", groups=bloc_groups),),
    retiring={"nations": leave_blocs_of},
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)
