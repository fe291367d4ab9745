"""Rows after mending, as the writes take them; people and tasks are named by the source's own numbers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from modelus_bot.domain.fields import MemberName, Snowflake, StaffRole
from modelus_bot.subjects.conversations.model import MessageType
from modelus_bot.subjects.tasks.model import BoardColumn
from modelus_bot.subjects.triage.model import Category, Priority, Status

__all__ = [
    "MessageRow",
    "NoticeRow",
    "PersonRef",
    "PersonRow",
    "ReportRow",
    "ScrumRow",
    "SourceNumber",
    "TaskRow",
]

SourceNumber = Annotated[str, Field(min_length=1, max_length=50)]
"""The source's number of a row: digits, or a UUID."""
Instant = Annotated[int, Field(ge=946_684_800, lt=7_258_118_400)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Label = Annotated[str, Field(min_length=1, max_length=50)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    number: SourceNumber
    created_at: Instant | None = None


class PersonRef(BaseModel):
    """Somebody by the source's number, and their Discord account as far as the mapping names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: SourceNumber
    account: Snowflake | None = None


class PersonRow(_Row):
    """Somebody of the source's ``users``."""

    table: Literal["users"] = "users"
    account: Snowflake | None
    name: MemberName
    role: StaffRole | None
    active: bool


class TaskRow(_Row):
    """A task; it has a time of completion exactly when it is done."""

    table: Literal["tasks"] = "tasks"
    title: Title
    description: Annotated[str, Field(max_length=4000)]
    status: BoardColumn
    role: StaffRole | None
    assignee: PersonRef | None
    start: date
    end: date
    completed_at: Instant | None
    priority: Annotated[int, Field(ge=0, le=3)]
    progress: Annotated[int, Field(ge=0, le=100)]
    estimate_h: Annotated[int, Field(ge=1, le=400)] | None
    epic: Label | None
    story: Label | None


class NoticeRow(_Row):
    """A notification; it was read exactly when it has a time of reading.

    ``task_comes`` says that the files have the task it is about.
    """

    table: Literal["notifications"] = "notifications"
    reader: PersonRef
    type: Literal["task_assigned", "task_delayed", "task_completed", "issue_reported", "system"]
    title: Title
    message: Annotated[str, Field(min_length=1, max_length=2000)]
    task: SourceNumber | None
    task_comes: bool = False
    read_at: Instant | None


class MessageRow(_Row):
    """A message to somebody, or to a channel."""

    table: Literal["chat_messages"] = "chat_messages"
    sender: PersonRef
    recipient: PersonRef | None
    channel: Label
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    type: MessageType
    edited_at: Instant | None


class ReportRow(_Row):
    """A triage item; it has a time of closing exactly when it is closed."""

    table: Literal["triage_items"] = "triage_items"
    reporter: PersonRef
    title: Title
    description: Annotated[str, Field(min_length=1, max_length=4000)]
    status: Status
    assignee: PersonRef | None
    priority: Priority
    category: Category
    resolution: Annotated[str, Field(min_length=1, max_length=1000)] | None
    resolved_at: Instant | None


ScrumRow = Annotated[
    PersonRow | TaskRow | NoticeRow | MessageRow | ReportRow,
    Field(discriminator="table"),
]
