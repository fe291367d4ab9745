"""Declares the subject `tasks`: work of the staff, its board and its burndown."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.tasks.invariants import INVARIANTS
from modelus_bot.subjects.tasks.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.tasks.buttons.board_menus import BoardMenu
    from modelus_bot.subjects.tasks.buttons.pressing import TaskButton
    from modelus_bot.subjects.tasks.commands.group import TaskCommands
    from modelus_bot.subjects.tasks.enclosures import enclosure_of
    from modelus_bot.subjects.tasks.jobs import TaskCheck

    return Screens(
        commands=(TaskCommands,),
        buttons=(BoardMenu, TaskButton),
        jobs=(TaskCheck,),
        enclosures={"tasks": enclosure_of},
    )


_DAY = "a day that exists, written like 2026-01-31"
_ROLES = "developer, designer, tester, project_manager or admin"
_WORDING = Wording(
    rows={"tasks": "tasks"},
    row={"tasks": "a task"},
    ranges={
        "tasks_title_length": ("The title of a task", "1 to 200 characters long"),
        "valid_status": ("The status of a task", "to do, in progress, done or cancelled"),
        "tasks_assigned_role_known": ("The role of a task", _ROLES),
        "tasks_start_date_date": ("The first day of a task", _DAY),
        "tasks_end_date_date": ("The day a task is due", _DAY),
        "tasks_estimate_range": ("The estimate of a task", "1 to 400 hours"),
        "tasks_progress_range": ("The progress of a task", "0 to 100 percent"),
        "tasks_priority_range": ("The priority of a task", "0 to 3"),
        "tasks_is_delayed_flag": ("Whether a task is late", "yes or no"),
        "tasks_risk_known": ("The risk of a task", "low, medium or high"),
        "tasks_epic_length": ("The epic of a task", "1 to 50 characters long"),
        "tasks_story_length": ("The story of a task", "1 to 50 characters long"),
        "tasks_description_length": ("The description of a task", "at most 4000 characters long"),
    },
    sentences={
        "tasks_date_order": ("A task must be due after the day it begins. Correct the days and try again."),
        "tasks_done_has_time": (
            "A task has a time of completion exactly when it is done. Please tell an administrator."
        ),
    },
    taken={
        "tasks.id": "There is a task with this number already. Please try again.",
        "tasks.triage_id": "This report has a task already. `/triage show` names it.",
    },
    columns={
        "created_by": "who made it",
        "description": "the description",
        "end_date": "the last day",
        "is_delayed": "whether it is late",
        "priority": "the priority",
        "progress": "the progress",
        "risk": "the risk",
        "start_date": "the first day",
        "title": "the title",
    },
    fields={
        "triage_id": "report",
        "description": "description",
        "end": "last day",
        "epic": "epic",
        "estimate_h": "estimate in hours",
        "importance": "priority",
        "progress": "progress in percent",
        "reason": "reason",
        "start": "first day",
        "story": "story",
        "take_next": "whether the next one is handed out",
        "task_id": "number of the task",
        "task_ids": "list of tasks",
        "title": "title",
        "to": "column",
    },
    told={
        "assigned_role": "the role it is for",
        "assigned_user_id": "who has it",
        "completed_at": "the time it was done",
    },
)

_PERSONAL = (
    PersonalRows(
        table="tasks",
        exported="SELECT * FROM tasks WHERE :id IN (assigned_user_id, created_by) ORDER BY id",
        stays="Tasks that you made or did, under your number: they are the team's work.",
    ),
)

SUBJECT = Subject(
    name="tasks",
    topic=Topic("tasks", "Tasks", "work of the staff, its board and the sprint's burndown", 5),
    needs={"task": "staff"},
    kept_tables=("tasks",),
    audited=("tasks",),
    invariants=INVARIANTS,
    visible=VISIBLE,
    personal=_PERSONAL,
    wording=_WORDING,
    screens=_screens,
)
