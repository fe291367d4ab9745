"""The bot's subjects, each a folder; this is the only list of them.

A subject may use the model, queries and writes of those before it.
"""

from __future__ import annotations

from modelus_bot.domain.subject import declare
from modelus_bot.subjects.activity.subject import SUBJECT as ACTIVITY
from modelus_bot.subjects.alerts.subject import SUBJECT as ALERTS
from modelus_bot.subjects.assignments.subject import SUBJECT as ASSIGNMENTS
from modelus_bot.subjects.audit.subject import SUBJECT as AUDIT
from modelus_bot.subjects.backups.subject import SUBJECT as BACKUPS
from modelus_bot.subjects.blocs.subject import SUBJECT as BLOCS
from modelus_bot.subjects.clock.subject import SUBJECT as CLOCK
from modelus_bot.subjects.conversations.subject import SUBJECT as CONVERSATIONS
from modelus_bot.subjects.coverage.subject import SUBJECT as COVERAGE
from modelus_bot.subjects.covers.subject import SUBJECT as COVERS
from modelus_bot.subjects.disciplines.subject import SUBJECT as DISCIPLINES
from modelus_bot.subjects.duty_calendar.subject import SUBJECT as DUTY_CALENDAR
from modelus_bot.subjects.feed.subject import SUBJECT as FEED
from modelus_bot.subjects.general.subject import SUBJECT as GENERAL
from modelus_bot.subjects.heads_up.subject import SUBJECT as HEADS_UP
from modelus_bot.subjects.health.subject import SUBJECT as HEALTH
from modelus_bot.subjects.imports.subject import SUBJECT as IMPORTS
from modelus_bot.subjects.laws.subject import SUBJECT as LAWS
from modelus_bot.subjects.ledger.subject import SUBJECT as LEDGER
from modelus_bot.subjects.loans.subject import SUBJECT as LOANS
from modelus_bot.subjects.maintenance.subject import SUBJECT as MAINTENANCE
from modelus_bot.subjects.members.subject import SUBJECT as MEMBERS
from modelus_bot.subjects.modelus_import.subject import SUBJECT as MODELUS_IMPORT
from modelus_bot.subjects.nations.subject import SUBJECT as NATIONS
from modelus_bot.subjects.notices.subject import SUBJECT as NOTICES
from modelus_bot.subjects.oncall.subject import SUBJECT as ONCALL
from modelus_bot.subjects.people.subject import SUBJECT as PEOPLE
from modelus_bot.subjects.places.subject import SUBJECT as PLACES
from modelus_bot.subjects.reminders.subject import SUBJECT as REMINDERS
from modelus_bot.subjects.rosters.subject import SUBJECT as ROSTERS
from modelus_bot.subjects.rotation_import.subject import SUBJECT as ROTATION_IMPORT
from modelus_bot.subjects.sprints.subject import SUBJECT as SPRINTS
from modelus_bot.subjects.staff_import.subject import SUBJECT as STAFF_IMPORT
from modelus_bot.subjects.tasks.subject import SUBJECT as TASKS
from modelus_bot.subjects.treaties.subject import SUBJECT as TREATIES
from modelus_bot.subjects.triage.subject import SUBJECT as TRIAGE
from modelus_bot.subjects.turns.subject import SUBJECT as TURNS
from modelus_bot.subjects.wars.subject import SUBJECT as WARS
from modelus_bot.subjects.weekly_post.subject import SUBJECT as WEEKLY_POST

__all__ = ["DECLARED", "SUBJECTS"]

SUBJECTS = (
    PEOPLE,
    DISCIPLINES,
    NOTICES,
    FEED,
    LEDGER,
    NATIONS,
    LAWS,
    WARS,
    TREATIES,
    BLOCS,
    ASSIGNMENTS,
    SPRINTS,
    ROSTERS,
    COVERS,
    TASKS,
    MEMBERS,
    ONCALL,
    COVERAGE,
    DUTY_CALENDAR,
    HEADS_UP,
    WEEKLY_POST,
    CONVERSATIONS,
    TRIAGE,
    ACTIVITY,
    LOANS,
    TURNS,
    REMINDERS,
    ROTATION_IMPORT,
    IMPORTS,
    STAFF_IMPORT,
    MODELUS_IMPORT,
    AUDIT,
    CLOCK,
    ALERTS,
    PLACES,
    HEALTH,
    BACKUPS,
    MAINTENANCE,
    GENERAL,
)

DECLARED = declare(SUBJECTS)
