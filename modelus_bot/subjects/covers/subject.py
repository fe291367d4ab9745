"""Declares the subject `covers`: somebody else takes a turn, with a manager's approval."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.covers.invariants import INVARIANTS
from modelus_bot.subjects.covers.reports import REPORTS
from modelus_bot.subjects.covers.visibility import VISIBLE
from modelus_bot.subjects.covers.writes.requests import RequestCover

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.covers.buttons.asking import AskButton, TurnButton
    from modelus_bot.subjects.covers.buttons.pressing import CoverButton
    from modelus_bot.subjects.covers.commands import CoverCommands
    from modelus_bot.subjects.covers.enclosures import enclosure_of
    from modelus_bot.subjects.covers.jobs import CoverExpiry

    return Screens(
        commands=(CoverCommands,),
        buttons=(
            AskButton,
            CoverButton,
            TurnButton,
        ),
        jobs=(CoverExpiry,),
        enclosures={"overrides": enclosure_of},
    )


_WORDING = Wording(
    rows={
        "cover_cards": "messages of cover requests",
        "overrides": "cover requests",
    },
    row={
        "overrides": "a cover request",
        "cover_cards": "a message of a cover request",
    },
    ranges={
        "overrides_status_known": (
            "The status of a cover request",
            "open, taken, approved, declined, withdrawn, expired or revoked",
        ),
        "cover_cards_kind_known": ("What a message shows of a cover request", "card or notice"),
        "overrides_first_day_date": (
            "The first day of a cover",
            "a day that exists, written like 2026-01-31",
        ),
        "overrides_last_day_date": ("The last day of a cover", "a day that exists, written like 2026-01-31"),
        "overrides_reason_length": ("The reason of a cover request", "1 to 300 characters long"),
    },
    sentences={
        "override_no_self_approval": (
            "A cover request cannot be decided by whoever made it or would step in. Ask another project "
            "manager or administrator."
        ),
        "override_days_both": (
            "A cover has a first and a last day, or neither and is of the whole turn."
            " Give both and try again."
        ),
        "override_days_order": (
            "The last day of the cover is before the first. Correct the days and try again."
        ),
        "cover overlap": (
            "These days are covered already. A project manager can revoke that cover with `/cover revoke`"
            " first."
        ),
        "override_distinct": "Somebody cannot cover their own turn. Name somebody else and try again.",
        "override_approved_full": (
            "A cover can only be approved once somebody would step in. Wait until somebody takes it."
        ),
    },
    taken={
        "cover_cards.message_id": "This message is known already.",
        "overrides.id": "There is a cover request with this number already. Please try again.",
        "overrides.sprint_id, overrides.discipline, overrides.requested_by, overrides.replacement_id": (
            "The same cover was asked for already. `/cover list` shows the request."
        ),
        (
            "overrides.sprint_id, overrides.discipline, overrides.requested_by, overrides.replacement_id,"
            " overrides.first_day, overrides.last_day"
        ): "The same cover of these days was asked for already. `/cover list` shows the request.",
        (
            "overrides.sprint_id, overrides.discipline, overrides.requested_by, overrides.first_day,"
            " overrides.last_day"
        ): "An open call for these days is waiting already. `/cover list` shows it.",
        "overrides.sprint_id, overrides.discipline, overrides.requested_by": (
            "An open call for this turn is waiting already. `/cover list` shows it."
        ),
    },
    columns={
        "first_day": "the first day",
        "last_day": "the last day",
        "channel_id": "the channel",
        "cover_id": "the cover request",
        "message_id": "the message",
        "shown_at": "the time",
        "original_id": "whose turn it is",
        "requested_by": "who asked",
    },
    fields={
        "first_day": "first day of the cover",
        "last_day": "last day of the cover",
        "cover_id": "number of the cover request",
        "discipline": "discipline",
        "for_user": "member whose turn it is",
        "message_id": "message",
        "message_ids": "messages",
        "channel_id": "channel",
        "kind": "kind of message",
        "reason": "reason",
        "replacement_id": "replacement",
        "sprint_id": "sprint",
    },
    told={
        "decided_by": "who decided",
        "replacement_id": "the replacement",
    },
)

_PERSONAL = (
    PersonalRows(
        table="overrides",
        exported=(
            "SELECT * FROM overrides"
            " WHERE :id IN (requested_by, original_id, replacement_id, decided_by) ORDER BY id"
        ),
        erased=(
            (
                "UPDATE overrides SET reason = NULL, updated_at = :at"
                " WHERE requested_by = :id AND reason IS NOT NULL RETURNING id, reason"
            ),
        ),
        stays="Who covered whom and when, under your number, without your reasons: duties depend on it.",
    ),
)

SUBJECT = Subject(
    name="covers",
    deferrable=(RequestCover,),
    topic=Topic("covers", "Covers", "letting somebody else take a turn, and deciding about it", 2),
    needs={
        "cover": "staff",
        "cover request": "part",
        "cover take": "part",
        "cover untake": "part",
        "cover withdraw": "part",
        "cover refuse": "part",
        "cover revoke": "manager",
        "cover show": "part",
    },
    kept_tables=("overrides",),
    audited=("overrides",),
    invariants=INVARIANTS,
    personal=_PERSONAL,
    visible=VISIBLE,
    reports=REPORTS,
    wording=_WORDING,
    screens=_screens,
)
