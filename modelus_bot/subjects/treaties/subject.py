"""Declares the subject `treaties`: treaties between two nations."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.treaties.invariants import INVARIANTS
from modelus_bot.subjects.treaties.visibility import VISIBLE
from modelus_bot.subjects.treaties.writes.expiring import end_treaties_of

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.treaties.buttons import TreatyButton
    from modelus_bot.subjects.treaties.commands import TreatyCommands
    from modelus_bot.subjects.treaties.enclosures import enclosure_of
    from modelus_bot.subjects.treaties.jobs import TreatyExpiry

    return Screens(
        commands=(TreatyCommands,),
        buttons=(TreatyButton,),
        jobs=(TreatyExpiry,),
        enclosures={"treaties": enclosure_of},
    )


_WORDING = Wording(
    rows={"treaties": "treaties"},
    row={"treaties": "a treaty"},
    told={
        "decided_at": "the time of the answer",
        "ended_at": "the time it ended",
        "ended_by": "who ended it",
        "nations": "the nations",
        "terms": "the terms",
    },
    ranges={
        "treaties_kind_known": ("The kind of a treaty", "alliance, trade, non-aggression or defense"),
        "treaties_status_known": (
            "The status of a treaty",
            "pending, active, declined, withdrawn, expired or ended",
        ),
        "treaties_terms_length": ("The terms of a treaty", "1 to 500 characters long"),
        "treaties_end_reason_length": ("Why a treaty ended", "1 to 300 characters long"),
    },
    sentences={
        "treaties_pair": "A treaty needs two nations. Choose another one.",
        "treaties_proposed_by_party": (
            "A treaty is proposed by one of its nations. Please tell an administrator."
        ),
        "treaties_expire_later": "A proposal can be answered for a while. Please tell an administrator.",
        "treaties_decided_has_time": (
            "A treaty has an answer exactly when it does not wait for one. Please tell an administrator."
        ),
        "treaties_ended_has_time": (
            "A treaty has an end exactly when it has ended. Please tell an administrator."
        ),
    },
    taken={
        "treaties.id": "There is a treaty with this number already. Please try again.",
        "treaties.nation_a, treaties.nation_b, treaties.kind": (
            "These nations have a treaty of this kind already, or one is proposed. `/treaty list` shows it."
        ),
    },
    columns={
        "nation_a": "one nation",
        "nation_b": "the other nation",
        "proposed_by": "who proposed it",
        "proposed_at": "the time it was proposed",
        "expires_at": "until when it can be answered",
    },
    fields={
        "accept": "answer",
        "terms": "terms",
        "to_id": "other nation",
        "treaty_id": "number of the treaty",
        "treaty_kind": "kind of treaty",
    },
)

_PERSONAL = (
    PersonalRows(
        table="treaties",
        exported=("SELECT * FROM treaties WHERE :id IN (proposer_id, decided_by, ended_by) ORDER BY id"),
        erased=(
            (
                "UPDATE treaties SET end_reason = NULL, version = version + 1"
                " WHERE ended_by = :id AND end_reason IS NOT NULL RETURNING id, end_reason"
            ),
        ),
        stays="Which treaties you proposed, answered and ended, under your number: they are the nations'.",
    ),
)

SUBJECT = Subject(
    name="treaties",
    topic=Topic("treaties", "Treaties", "what nations have agreed with each other", 2),
    needs={"treaty": "anyone"},
    kept_tables=("treaties",),
    audited=("treaties",),
    invariants=INVARIANTS,
    retiring={"nations": end_treaties_of},
    visible=VISIBLE,
    personal=_PERSONAL,
    wording=_WORDING,
    screens=_screens,
)
