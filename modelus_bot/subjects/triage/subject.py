"""Declares the subject `triage`: what members report to the staff, from the report to its answer."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.triage.visibility import VISIBLE
from modelus_bot.subjects.triage.writes.reports import ReportItem

__all__ = ["SUBJECT"]

_CATEGORIES = "issue, bug, question, rules, event, diplomacy, disaster or request"


def _screens() -> Screens:
    from modelus_bot.subjects.triage.buttons.pressing import RateButton, StepButton
    from modelus_bot.subjects.triage.commands.group import TriageCommands
    from modelus_bot.subjects.triage.enclosures import enclosure_of
    from modelus_bot.subjects.triage.jobs.clock import TriageClock, TriageHandover
    from modelus_bot.subjects.triage.jobs.copies import TriageCopies
    from modelus_bot.subjects.triage.jobs.threads import TriageThreads

    return Screens(
        commands=(TriageCommands,),
        buttons=(StepButton, RateButton),
        jobs=(TriageClock, TriageHandover, TriageThreads, TriageCopies),
        enclosures={"triage_items": enclosure_of},
    )


_WORDING = Wording(
    rows={
        "triage_items": "reports to the staff",
        "triage_routes": "duties of categories of reports",
    },
    row={
        "triage_items": "a report to the staff",
        "triage_routes": "the duty of a category of reports",
    },
    ranges={
        "triage_items_title_length": ("The title of a report", "1 to 200 characters long"),
        "triage_items_description_length": ("The description of a report", "1 to 4000 characters long"),
        "triage_items_category_known": ("The category of a report", _CATEGORIES),
        "triage_items_priority_known": ("The priority of a report", "low, medium, high or critical"),
        "triage_items_status_known": ("The status of a report", "pending, in review, resolved or rejected"),
        "triage_items_by_duty_flag": ("Whether a report goes with a duty", "yes or no"),
        "triage_items_thread_state_known": (
            "The state of a report's thread",
            "wanted, open, refused, deleted or unset",
        ),
        "triage_items_escalated_range": ("The steps taken of a late report", "0 to 3"),
        "triage_items_resolution_length": ("What was done about a report", "1 to 1000 characters long"),
        "triage_items_rating_range": ("A rating", "1 to 5"),
        "triage_items_ratings_range": ("The number of times a report was rated", "0 to 2"),
        "triage_routes_category_known": ("The category of reports", _CATEGORIES),
    },
    sentences={
        "triage_closed_has_time": (
            "A report has a time of closing exactly when it is closed. Please tell an administrator."
        ),
        "triage_no_own_duplicate": "A report cannot be a duplicate of itself. Choose another one.",
        "triage_open_thread": ("A report whose thread is open has a thread. Please tell an administrator."),
        "triage_rated": (
            "A report has a rating exactly when somebody rated it. Please tell an administrator."
        ),
    },
    taken={
        "triage_items.id": "There is a report with this number already. Please try again.",
        "triage_items.thread_id": "This thread belongs to another report already.",
        "triage_routes.category": "This category has its duty already. Change it instead of adding it.",
    },
    columns={
        "by_duty": "whether it goes with the duty",
        "category": "the category",
        "description": "the description",
        "escalated": "the number of steps taken",
        "priority": "the priority",
        "ratings": "the number of times it was rated",
        "reporter_id": "who reported it",
        "shown_version": "the version that is shown",
        "thread_state": "the state of its thread",
        "title": "the title",
    },
    fields={
        "card_id": "message of the card",
        "category": "category",
        "description": "description",
        "item_id": "number of the item",
        "member_id": "member",
        "name": "name",
        "of": "number of the item it is a duplicate of",
        "on_behalf": "member it is reported for",
        "level": "priority",
        "resolution": "resolution",
        "stars": "number of stars",
        "state": "state of the thread",
        "thread_id": "thread",
        "title": "title",
        "until": "time until which it sleeps",
        "version": "version",
    },
    told={
        "assigned_to": "who has it",
        "duplicate_of": "the report it repeats",
        "first_response_at": "the time of the first reply",
        "rating": "the rating",
        "resolution": "what became of it",
        "resolved_at": "the time it was closed",
        "respond_by": "the time a reply is due",
        "snoozed_until": "the end of the pause",
        "thread_id": "the thread",
    },
)

_PERSONAL = (
    PersonalRows(
        table="triage_items",
        exported="SELECT * FROM triage_items WHERE :id IN (reporter_id, assigned_to) ORDER BY id",
        erased=(
            (
                "UPDATE triage_items SET title = '(erased)', description = '(erased)', updated_at = :at"
                " WHERE reporter_id = :id RETURNING id, title, description"
            ),
        ),
        stays="That you reported something, and what became of it, without your words.",
    ),
)

SUBJECT = Subject(
    name="triage",
    deferrable=(ReportItem,),
    topic=Topic("triage", "Triage", "what members report to the staff, and how it is dealt with", 3),
    needs={
        "triage": "staff",
        "triage report": "anyone",
        "triage show": "anyone",
        "triage rate": "anyone",
        "triage route": "manager",
    },
    kept_tables=("triage_items", "triage_routes"),
    audited=("triage_items", "triage_routes"),
    visible=VISIBLE,
    personal=_PERSONAL,
    wording=_WORDING,
    screens=_screens,
)
