"""Bad input to every option of every command: a sentence that names the rule, and nothing written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import discord
import pytest
import pytest_asyncio

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.members.writes.members import DeactivateMember, SetRole
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.sprints.writes import EditSprint
from modelus_bot.subjects.tasks.writes.editing import AddTask
from modelus_bot.ui.commands.needs import commands_of
from tests.commands.acting import dump, labels, words_of
from tests.conftest import BotEnv, first_sprint_day, open_bot, plan_rota

LONG_AGO = "2026-02-30"
CHOICES = "Discord offers a fixed list and refuses anything else"
YES_OR_NO = "yes or no, nothing else can be given"
ANY_LENGTH = "any text of the allowed length is good, and Discord refuses others"
ANY_MEMBER = "every member can be looked up"
ANY_CHANNEL = "every channel can be looked up"
TRIED_ELSEWHERE = "roles are picked from a list; those that cannot be given are tried in test_rota_commands"
LIMITED = "Discord refuses numbers outside its range"
WITH_ITEMS = "tried on items that are there, in one bot, in tests/subjects/triage/test_bad_items.py"
WITH_WARS = "tried on wars that are there, in one bot, in tests/subjects/wars/test_commands.py"
WITH_BLOCS = "tried on a bloc that is there, in one bot, in tests/subjects/blocs/test_commands.py"
WITH_MONEY = "tried on transactions that are there, in one bot, in tests/subjects/ledger/test_commands.py"
WITH_LAWS = "tried on laws that are there, in one bot, in tests/subjects/laws/test_commands.py"
THE_END = "a place beyond the end is the end, and Discord refuses numbers outside 1 to 500"

SINCE = {"text": "t", "from": "2026-02-03"}


@dataclass(frozen=True)
class Bad:
    """One bad value: what is typed, what the rest of the form says, and words of the sentence expected."""

    command: str
    option: str
    value: Any
    sentence: str
    rest: dict[str, Any] = field(default_factory=dict)
    who: str = "manager"

    def __str__(self) -> str:
        """Name it in the list of tests."""
        return f"/{self.command} {self.option}:{str(self.value)[:30]}"


@dataclass(frozen=True)
class Person:
    """Stands for a person of the simulated server in the table."""

    key: str


@dataclass(frozen=True)
class File:
    """Stands for an attachment in the table."""

    content: bytes


PLAYER, BO, ROBOT, GONE = Person("player"), Person("bo"), Person("robot"), Person("gone")
ACCOUNT = {"discipline": "account"}
MOVE = {"discipline": "account", "member": "Bo Account", "position": 1}
DAYS = {"name": "Sprint 6", "start": "in 10 weeks", "end": "in 12 weeks"}
EDIT = {"sprint": "Sprint 5", "reason": "A reason", "name": "Another name"}
COVER = {"sprint": "Sprint 2", "discipline": "account"}
SET = {"discipline": "account", "user": Person("avery"), "reason": "A reason"}
LINK = {"person": "Quinn Imported", "user": PLAYER}
TASK = {"task": "1"}
NEW_TASK = {"title": "Write the law", "start": "today", "end": "in 9 days"}
EDIT_GROUND = {"nation": "Texas", "metric": "ground", "mode": "set", "reason": "A reason"}
EDIT_NATION = {"nation": "Texas", "metric": "gdp", "mode": "add", "value": "1", "reason": "A reason"}
NEW_NATION = {"name": "Utah", "gdp": "1 B", "population": "3 M"}
WAR = {"name": "W", "side_a": "Texas", "side_b": "Texas"}
ALIAS = {"nation": "Texas", "action": "add"}
LOAN = {"amount": "1 B", "rate": "5", "term": 2, "repayment": "compound"}
LENT = {**LOAN, "borrower": "Texas"}
JOIN_WHO = {"war": "W", "nation": "N"}
JOIN = {**JOIN_WHO, "side": "A"}
NO_SUCH = "Nobody of that name"
JSON = File(b'{"broken": ')
SENTENCES = {"sprints": File(json.dumps([]).encode())}

BAD = [
    Bad("help", "topic", "fly", "No such command", who="player"),
    Bad("inbox read", "notice", "twelve", "is not a notice", who="player"),
    Bad("inbox read", "notice", "999", "There is no notice number 999 in your inbox", who="player"),
    Bad("inbox prefs", "delivery", "inbox", "Say of which kind, too", who="player"),
    Bad("inbox prefs", "delivery", "off", "“Covers” cannot be switched off", {"kind": "cover"}, "player"),
    Bad("inbox quiet", "from", "late", "Write a time of the day as 22:00", who="player"),
    Bad("inbox quiet", "from", "22:00", "need both a start and an end", who="player"),
    Bad("inbox quiet", "from", "off", "there is no end of them", {"to": "7:00"}, "player"),
    Bad("inbox quiet", "to", "22:00", "cannot end when they begin", {"from": "10 pm"}, "player"),
    Bad("inbox quiet", "to", "25:00", "Write a time of the day as 22:00", {"from": "22:00"}, "player"),
    Bad("inbox quiet", "zone", "Berlim", "Did you mean Europe/Berlin", who="player"),
    Bad(
        "roster show",
        "discipline",
        "nope",
        "“nope” is not a discipline. There are: Account, Producer",
        who="avery",
    ),
    Bad("roster add", "discipline", "nope", "is not a discipline", {"user": PLAYER}),
    Bad("roster add", "user", ROBOT, "is a bot; choose a person", ACCOUNT),
    Bad("roster add", "user", GONE, "is deactivated", ACCOUNT),
    Bad("roster remove", "discipline", "nope", "is not a discipline", {"member": "Bo Account"}),
    Bad("roster remove", "member", NO_SUCH, "is not on the roster of Account", ACCOUNT),
    Bad("roster remove", "member", "Drew Producer", "is not on the roster of Account", ACCOUNT),
    Bad("roster move", "discipline", "nope", "is not a discipline", MOVE),
    Bad("roster move", "member", NO_SUCH, "is not on the roster of Account", MOVE),
    Bad("roster move", "position", 99, "so the position must be 1 to 3", MOVE),
    Bad("roster away", "member", NO_SUCH, "is not on any roster", {"from": "today"}),
    Bad("roster away", "member", "Bo Account", "You can only set your own days away", {}, "avery"),
    Bad("roster away", "discipline", "nope", "is not a discipline", {"from": "today"}, "avery"),
    Bad("roster away", "discipline", "producer", "is not on that roster", {"from": "today"}, "avery"),
    Bad("roster away", "from", "someday", "Write a day as 2026-03-31", {}, "avery"),
    Bad("roster away", "from", LONG_AGO, "is not a day of the calendar", {}, "avery"),
    Bad("roster away", "to", "yesterday", "is before the first", {"from": "today"}, "avery"),
    Bad("roster away", "to", "tomorrow", "needs a first day", {}, "avery"),
    Bad("roster away", "to", "9999-12-31", "too far away", {"from": "today"}, "avery"),
    Bad("sprint list", "from", "31/12/2026", "Write a day as 2026-03-31", who="avery"),
    Bad("sprint add", "name", "sprint  5", "There is a sprint called Sprint 5 already", DAYS),
    Bad("sprint add", "name", "   ", "The name is missing", DAYS),
    Bad("sprint add", "start", "soon", "Write a day as 2026-03-31", DAYS),
    Bad("sprint add", "start", "today", "overlap with Sprint 2", DAYS),
    Bad("sprint add", "end", "in 9 weeks", "must end after it starts", DAYS),
    Bad("sprint add", "end", "2026-13-01", "is not a day of the calendar", DAYS),
    Bad("sprint edit", "sprint", "Sprint 99", "is not a sprint", EDIT),
    Bad("sprint edit", "sprint", "9" * 30, "is not a sprint", EDIT),
    Bad("sprint edit", "reason", "  ", "The reason is missing", EDIT),
    Bad("sprint edit", "name", "  ", "The name is missing", EDIT),
    Bad("sprint edit", "name", "Sprint 5", "Nothing to change", EDIT),
    Bad("sprint edit", "start", "0001-01-01", "too far away", EDIT),
    Bad("sprint edit", "start", "today", "overlap", EDIT),
    Bad("sprint edit", "end", "yesterday", "must end after it starts", EDIT),
    Bad("sprint archive", "sprint", "Sprint 99", "is not a sprint", {"reason": "A reason"}),
    Bad("sprint archive", "sprint", "Sprint 2", "is on duty now", {"reason": "A reason"}),
    Bad("sprint archive", "reason", " ", "The reason is missing", {"sprint": "Sprint 5"}),
    Bad("sprint import", "sprints", JSON, "sprints.json, line 1, column 12: this is not JSON"),
    Bad("sprint import", "sprints", File(b'[{"sprintName": "A"}]'), "sprints.json, entry 1"),
    Bad("sprint import", "sprints", File(b"\xff\xfe["), "sprints.json is not UTF-8 text"),
    Bad("sprint import", "sprints", File(b" " * 1_000_001), "at most 1000000 are taken"),
    Bad("sprint import", "disciplines", JSON, "disciplines.json, line 1"),
    Bad("sprint import", "current_state", JSON, "currentState.json, line 1", SENTENCES),
    Bad("sprint import", "current_state", JSON, "Neither sprints.json nor disciplines.json is there"),
    Bad("sprint import", "overrides", JSON, "overrides.json, line 1", SENTENCES),
    Bad("sprint import", "people", File(b'{"U1": "me"}'), "people.json, U1", SENTENCES),
    Bad("oncall now", "discipline", "nope", "“nope” is not a discipline", who="avery"),
    Bad("oncall on", "day", "whenever", "Write a day as 2026-03-31", who="avery"),
    Bad("oncall on", "day", "in 60 weeks", "No sprint is planned for", who="avery"),
    Bad("oncall handoff", "note", "   ", "is missing", who="bo"),
    Bad("oncall role", "discipline", "nope", "“nope” is not a discipline", {}, "admin"),
    Bad("oncall set", "discipline", "nope", "“nope” is not a discipline", SET),
    Bad("oncall set", "user", ROBOT, "is a bot; choose a person", SET),
    Bad("oncall set", "user", GONE, "is deactivated", SET),
    Bad("oncall set", "reason", "  ", "The reason is missing", SET),
    Bad("coverage", "from", "whenever", "Write a day as 2026-03-31", who="avery"),
    Bad("coverage", "from", "1000-01-01", "is too far away", who="avery"),
    Bad("coverage", "from", "2001-01-01", "is more than two years", who="avery"),
    Bad("coverage", "to", "soon", "Write a day as 2026-03-31", who="avery"),
    Bad("coverage", "to", "2026-01-01", "is before the first", {"from": "today"}, "avery"),
    Bad("cover show", "request", "99", "There is no cover request number 99"),
    Bad("cover request", "sprint", "Sprint 99", "is not a sprint", COVER, "bo"),
    Bad("cover request", "sprint", "Sprint 1", "is over", COVER, "avery"),
    Bad("cover request", "sprint", "Sprint 3", "belongs to somebody else", COVER, "bo"),
    Bad("cover request", "discipline", "nope", "is not a discipline", COVER, "bo"),
    Bad("cover request", "replacement", NO_SUCH, "is not on the roster of Account", COVER, "bo"),
    Bad("cover request", "replacement", "Bo Account", "cannot cover their own turn", COVER, "bo"),
    Bad("cover request", "replacement", "Drew Producer", "is not on the roster of Account", COVER, "bo"),
    Bad("cover request", "for_user", NO_SUCH, "is not on any roster", COVER),
    Bad("cover request", "for_user", "Drew Producer", "belongs to somebody else", COVER),
    Bad("cover request", "for_user", "Bo Account", "Only project managers can ask", COVER, "avery"),
    Bad("cover request", "first_day", "whenever", "Write one day, as 2026-03-31", COVER, "bo"),
    Bad("cover request", "first_day", "in 10 weeks", "is not within Sprint 2", COVER, "bo"),
    Bad("cover request", "first_day", "tomorrow to today", "is before the first", COVER, "bo"),
    Bad("cover request", "first_day", "in 100 weeks to in 999 weeks", "is not within", COVER, "bo"),
    Bad("cover request", "last_day", "tomorrow", "Give the first day, too", COVER, "bo"),
    Bad("cover request", "last_day", "soon", "Write one day", {**COVER, "first_day": "today"}, "bo"),
    *(
        Bad(f"cover {step}", "request", value, sentence, rest, who)
        for step, rest, who in (
            ("take", {}, "avery"),
            ("untake", {}, "avery"),
            ("withdraw", {}, "avery"),
            ("refuse", {}, "avery"),
            ("revoke", {"reason": "A reason"}, "manager"),
        )
        for value, sentence in (
            ("the first", "is not a cover request"),
            ("99", "There is no cover request number 99"),
            ("9" * 40, "is not a cover request"),
        )
    ),
    Bad("cover revoke", "reason", "  ", "The reason is missing", {"request": "1"}),
    Bad("task add", "title", "  ", "The title is missing", NEW_TASK),
    Bad("task add", "start", "someday", "Write a day as 2026-03-31", NEW_TASK),
    Bad("task add", "end", "whenever", "Write a day as 2026-03-31", NEW_TASK),
    Bad("task add", "end", "today", "must be due after the day it begins", NEW_TASK),
    Bad("task add", "user", PLAYER, "does not know this member yet", NEW_TASK),
    Bad("task add", "user", ROBOT, "is a bot; choose a person", NEW_TASK),
    Bad("task add", "user", GONE, "is deactivated", NEW_TASK),
    Bad("task add", "discipline", "nope", "is not a discipline", NEW_TASK),
    Bad("task add", "epic", "  ", "The epic is missing", NEW_TASK),
    Bad("task add", "story", "  ", "The story is missing", NEW_TASK),
    Bad("task show", "task", "the law", "is not a task", who="avery"),
    Bad("task show", "task", "0", "is not a task", who="avery"),
    Bad("task show", "task", "9" * 40, "is not a task", who="avery"),
    Bad("task start", "task", "99", "There is no task number 99", who="avery"),
    Bad("task progress", "task", "99", "There is no task number 99", {"percent": 5}, "avery"),
    Bad("task done", "task", "99", "There is no task number 99", who="avery"),
    Bad("task edit", "task", "99", "There is no task number 99", {"title": "New"}),
    Bad("task cancel", "task", "99", "There is no task number 99", {"reason": "Why"}),
    Bad("task assign", "task", "99", "There is no task number 99", {"user": BO}),
    Bad("task edit", "title", "  ", "The title is missing", TASK),
    Bad("task edit", "start", "someday", "Write a day as 2026-03-31", TASK),
    Bad("task edit", "start", "in 20 weeks", "must be due after the day it begins", TASK),
    Bad("task edit", "end", "today", "must be due after the day it begins", TASK),
    Bad("task edit", "discipline", "nope", "is not a discipline", TASK),
    Bad("task edit", "priority", 1, "Nothing to change", TASK),
    Bad("task edit", "epic", "  ", "The epic is missing", TASK),
    Bad("task edit", "story", "  ", "The story is missing", TASK),
    Bad("task cancel", "reason", "  ", "The reason is missing", TASK),
    Bad("task progress", "percent", 0, "is at 0 % already", TASK),
    Bad("task assign", "user", PLAYER, "does not know this member yet", TASK),
    Bad("task assign", "user", BO, "Bo Account has task 1 already", TASK),
    Bad("task bulk-assign", "tasks", "all of them", "is no number of a task", {"user": BO}),
    Bad("task bulk-assign", "tasks", "1-90", "At most 50 tasks", {"user": BO}),
    Bad("task bulk-assign", "tasks", "1", "None of them can be assigned", {"user": BO}),
    Bad("task bulk-assign", "user", ROBOT, "is a bot; choose a person", {"tasks": "1"}),
    Bad("task list", "epic", "Nowhere", "is of this epic any more", who="avery"),
    Bad("task burndown", "sprint", "Sprint 99", "is not a sprint", who="avery"),
    Bad("task board", "epic", "Nowhere", "is of this epic any more", who="avery"),
    Bad("task board", "user", ROBOT, "is a bot; choose a person", who="avery"),
    Bad("task board", "discipline", "nope", "is not a discipline", who="avery"),
    *(
        Bad(command, option, "Atlantis", "is not a nation", rest, who)
        for command, option, rest, who in (
            ("nation show", "nation", {}, "player"),
            ("nation compare", "first", {}, "player"),
            ("nation compare", "second", {"first": "Texas"}, "player"),
            ("nation history", "nation", {}, "player"),
            ("nation rename", "nation", {"new_name": "N"}, "admin"),
            ("nation prefix", "nation", {}, "admin"),
            ("nation tax", "nation", {"rate": "5"}, "admin"),
            ("nation government", "nation", {"form": "Republic"}, "admin"),
            ("nation describe", "nation", {"text": "t"}, "admin"),
            ("nation city", "nation", {"action": "list"}, "admin"),
            ("nation flag", "nation", {"image": File(b"MZ")}, "admin"),
            ("nation-admin edit", "nation", EDIT_NATION, "admin"),
            ("nation-admin rename", "nation", {"new_name": "N"}, "admin"),
            ("nation-admin alias", "nation", {"action": "add", "name": "N"}, "admin"),
            ("nation-admin archive", "nation", {"reason": "r"}, "admin"),
            ("nation-admin restore", "nation", {}, "admin"),
            ("nation-admin leave", "nation", {}, "admin"),
            ("nation-admin link", "nation", {"user": PLAYER}, "admin"),
        )
    ),
    *(
        Bad(f"nation-admin {command}", "reason", "  ", "The reason is missing", rest, "admin")
        for command, rest in (
            ("create", NEW_NATION),
            ("edit", EDIT_NATION),
            ("rename", {"nation": "Texas", "new_name": "N"}),
            ("alias", {"action": "add", "nation": "Texas", "name": "N"}),
            ("undo", {"change": "1"}),
            ("archive", {"nation": "Dakota"}),
            ("restore", {"nation": "Dakota"}),
            ("leave", {"nation": "Dakota"}),
            ("link", {"nation": "Dakota", "user": PLAYER}),
            ("unlink", {"user": Person("leader")}),
        )
    ),
    Bad("nation compare", "second", "texas", "two different nations", {"first": "Texas"}, "player"),
    Bad("nation map", "which", "River War", "nothing to choose for this map", {"by": "gdp"}, "player"),
    Bad("nation map", "which", "Atlantis", "is not a war", {"by": "war"}, "player"),
    Bad("nation show", "nation", "pick:task:1:00000000", "is not a nation", who="player"),
    Bad("nation rename", "new_name", "Kingdom of X", "stands apart from the name", who="leader"),
    Bad("nation rename", "new_name", "dakota", "There is a nation called dakota already", who="leader"),
    Bad("nation rename", "new_name", "  ", "The name is missing", who="leader"),
    Bad("nation prefix", "prefix", "Grand", "is not one of the 57 prefixes", who="leader"),
    Bad("nation tax", "rate", "lots", "is not a value for Tax rate", who="leader"),
    Bad("nation tax", "rate", "50.01", "it is 0 to 50 %", who="leader"),
    Bad("nation tax", "rate", "20.001", "is not a value for Tax rate", who="leader"),
    Bad("nation tax", "rate", "20", "nothing was changed and nothing has to wait", who="leader"),
    Bad("nation city", "name", "<b>", "is no name for a city", {"action": "add"}, "leader"),
    Bad("nation city", "name", "Waco", "has no city called", {"action": "remove"}, "leader"),
    Bad("nation city", "name", "Waco", "has no city called", {"action": "capital"}, "leader"),
    Bad("nation flag", "image", File(b"MZ" * 50), "whatever its name says", who="leader"),
    Bad(
        "nation-admin create", "name", "TEXAS", "There is a nation called TEXAS already", NEW_NATION, "admin"
    ),
    Bad("nation-admin create", "gdp", "much", "is not a value for GDP", NEW_NATION, "admin"),
    Bad("nation-admin create", "gdp", "901 T", "can only be $0 to $900 T", NEW_NATION, "admin"),
    Bad("nation-admin create", "population", "-1", "Population would be -1", NEW_NATION, "admin"),
    Bad("nation-admin create", "stability", "101", "can only be 0 % to 100 %", NEW_NATION, "admin"),
    Bad("nation-admin create", "tax", "5 T%", "is not a value for Tax rate", NEW_NATION, "admin"),
    Bad("nation-admin edit", "value", "1e9", "is not a value for GDP", EDIT_NATION, "admin"),
    Bad(
        "nation-admin edit",
        "value",
        "-2 T",
        "would be −$1 T, but it can only be $0 to $900 T",
        EDIT_NATION,
        "admin",
    ),
    Bad("nation-admin edit", "value", "11", "it can only be 0 to 10 of 10", EDIT_GROUND, "admin"),
    Bad("nation-admin rename", "new_name", "Dakota", "called Dakota already", {"nation": "Texas"}, "admin"),
    Bad("nation-admin alias", "name", "texas", "finds Texas already", ALIAS, "admin"),
    Bad("nation-admin alias", "name", "Dakota", "means Dakota. Choose another", ALIAS, "admin"),
    Bad("nation-admin alias", "name", "--", "letters that can be seen", ALIAS, "admin"),
    Bad("nation-admin alias", "name", "TX", "has no alias", {**ALIAS, "action": "remove"}, "admin"),
    Bad("nation-admin undo", "change", "soon", "is not the number of a change", who="admin"),
    Bad("nation-admin undo", "change", "9" * 30, "is not the number of a change", who="admin"),
    Bad("nation-admin undo", "change", "999", "There is no change of this number", who="admin"),
    Bad("nation-admin undo", "change", "1", "is where the figure began", who="admin"),
    Bad("nation-admin archive", "nation", "Texas", "is led by", {"reason": "r"}, "admin"),
    Bad("nation-admin restore", "nation", "Texas", "is active already", who="admin"),
    Bad("nation-admin leave", "until", "someday", "Write a day as 2026-03-31", {"nation": "Texas"}, "admin"),
    Bad("nation-admin leave", "until", "yesterday", "still to come", {"nation": "Texas"}, "admin"),
    Bad("nation-admin link", "user", ROBOT, "is a bot; choose a person", {"nation": "Texas"}, "admin"),
    Bad("nation-admin link", "user", GONE, "is deactivated", {"nation": "Texas"}, "admin"),
    Bad("nation-admin unlink", "user", PLAYER, "holds no office", who="admin"),
    *(
        Bad(f"law {command}", "law", value, "no such law that you can read", rest, who)
        for command, rest in (
            ("read", {}),
            ("history", {}),
            ("edit", {}),
            ("rename", {"name": "N"}),
            ("tag", {}),
            ("enact", {}),
            ("repeal", {}),
            ("publish", {}),
            ("close", {}),
        )
        for value, who in (("Nothing Act", "player"), ("#99", "admin"))
    ),
    Bad("law list", "nation", "Atlantis", "is not a nation", {}, "player"),
    Bad("law list", "tag", "nope", "is not a tag", {}, "player"),
    Bad("law search", "nation", "Atlantis", "is not a nation", {"text": "t"}, "player"),
    Bad("law search", "tag", "nope", "is not a tag", {"text": "t"}, "player"),
    Bad("law search", "text", "\"'- *", "no word to look for", {}, "player"),
    Bad("economy balance", "nation", "Atlantis", "is not a nation", {}, "player"),
    Bad("economy statement", "nation", "Atlantis", "is not a nation", {}, "player"),
    Bad("loan offer", "borrower", "Atlantis", "is not a nation", LOAN, "player"),
    Bad("loan offer", "rate", "50.01", "percent a year from 0 to 50", LENT, "player"),
    Bad("loan offer", "rate", "7.125", "percent a year from 0 to 50", LENT, "player"),
    Bad("loan offer", "amount", "much", "is not a value", LENT, "player"),
    Bad("loan offer", "amount", "5", "from 100 M to 1 T", LENT, "player"),
    *(
        Bad(command, "code", code, "no loan of this code that you can see", rest, who)
        for command, rest, who in (
            ("loan answer", {"decision": "decline"}, "player"),
            ("loan cancel", {}, "player"),
            ("loan pay", {"amount": "5"}, "player"),
            ("loan show", {}, "player"),
            ("loan-admin void", {"reason": "A reason"}, "admin"),
            ("loan-admin forgive", {"reason": "A reason"}, "admin"),
            ("loan-admin default", {"reason": "A reason"}, "admin"),
        )
        for code in ("LOAN-9", "x")
    ),
    Bad("loan pay", "amount", "0", "more than nothing", {"code": "LOAN-9"}, "player"),
    Bad("loan list", "nation", "Atlantis", "is not a nation", {}, "player"),
    *(
        Bad(f"loan-admin {step}", "reason", " ", "The reason is missing", {"code": "LOAN-9"}, "admin")
        for step in ("void", "forgive", "default")
    ),
    Bad("law book", "nation", "Atlantis", "is not a nation", {}, "player"),
    Bad("law add", "nation", "Atlantis", "is not a nation", {}, "admin"),
    Bad("tag info", "tag", "nope", "is not a tag", {}, "player"),
    Bad("tag remove", "tag", "nope", "is not a tag", {"reason": "A reason"}, "admin"),
    *(
        Bad(f"war {command}", "war", "Nothing War", "is not a war", rest, "admin")
        for command, rest in (
            ("show", {}),
            ("join", {"nation": "N", "side": "A"}),
            ("leave", {"nation": "N"}),
            ("update", {"casualties": 1}),
            ("end", {"reason": "r"}),
        )
    ),
    *(
        Bad("war start", side, value, sentence, WAR, "admin")
        for side in ("side_a", "side_b")
        for value, sentence in (("Atlantis", "is not a nation"), (" , ", "at least one nation on each side"))
    ),
    *(
        Bad(f"war {command}", "on", "someday", "is not a day", rest, "admin")
        for command, rest in (("join", JOIN), ("leave", JOIN_WHO), ("end", {"war": "W", "reason": "r"}))
    ),
    Bad("activity leave", "from", "someday", "is not a day", {"to": "tomorrow"}),
    Bad("activity leave", "from", "tomorrow", "needs a last day"),
    Bad("activity leave", "to", "2026-01-01", "is before the first"),
    Bad("activity leave", "to", "in 400 days", "180 days at most"),
    Bad("activity leave", "user", ROBOT, "is a bot; choose a person", {"to": "tomorrow"}),
    Bad("war end", "reason", "  ", "The reason is missing", {"war": "W"}, "admin"),
    *(
        Bad(f"treaty {command}", "treaty", value, sentence, rest, "leader")
        for command, rest in (("answer", {"answer": "accept"}), ("withdraw", {}), ("end", {}))
        for value, sentence in (("a pact", "is not a treaty"), ("#999", "There is no such treaty"))
    ),
    *(
        Bad(f"{group} {command}", "as_nation", "Atlantis", "is not a nation", rest, "admin")
        for group, command, rest in (
            ("treaty", "propose", {"nation": "Texas", "kind": "trade"}),
            ("treaty", "answer", {"treaty": "1", "answer": "accept"}),
            ("treaty", "withdraw", {"treaty": "1"}),
            ("treaty", "end", {"treaty": "1"}),
            ("bloc", "create", {"name": "B"}),
        )
    ),
    Bad("treaty propose", "nation", "Atlantis", "is not a nation", {"kind": "trade"}, "leader"),
    Bad("treaty propose", "nation", "Texas", "needs two nations", {"kind": "trade"}, "leader"),
    Bad("treaty picture", "nation", "Atlantis", "is not a nation", {}, "player"),
    Bad("treaty list", "nation", "Atlantis", "is not a nation", {}, "player"),
    *(
        Bad(f"bloc {command}", "bloc", "Nothing Pact", "is not a bloc", rest, "leader")
        for command, rest in (
            ("answer", {"answer": "accept"}),
            ("disband", {}),
            ("edit", {"name": "B"}),
            ("invite", {"nation": "Dakota"}),
            ("kick", {"nation": "Dakota"}),
            ("leave", {}),
            ("show", {}),
            ("transfer", {"nation": "Dakota"}),
        )
    ),
    Bad("bloc create", "name", "\u2800", "needs letters that can be seen", {}, "leader"),
    Bad("tag add", "name", "  ", "The name is missing"),
    Bad("tag add", "name", "a, b", "has no comma"),
    Bad("member show", "user", PLAYER, "The bot does not know this member yet", who="avery"),
    Bad("member role", "user", ROBOT, "is a bot; choose a person", {"role": "tester"}, "admin"),
    Bad("member deactivate", "member", NO_SUCH, "is not a member whom", {"reason": "A reason"}, "admin"),
    Bad("member deactivate", "member", "Gone Person", "is deactivated", {"reason": "Why"}, "admin"),
    Bad("member deactivate", "reason", "  ", "The reason is missing", {"member": "Bo Account"}, "admin"),
    Bad("member erase", "user", PLAYER, "Nothing is stored about this person", {}, "admin"),
    Bad("member reactivate", "member", NO_SUCH, "is not a member whom the bot knows", {}, "admin"),
    Bad("member link", "person", "Bo Account", "already has a Discord account", LINK, "admin"),
    Bad("member link", "person", NO_SUCH, "is not a member whom the bot knows", LINK, "admin"),
    Bad("member link", "user", BO, "already stands on a roster", LINK, "admin"),
    Bad("member link", "user", ROBOT, "is a bot; choose a person", LINK, "admin"),
    Bad("conversation edit", "message", "that one", "is not a message", {"text": "t"}),
    Bad("conversation edit", "message", "99", "no such message", {"text": "t"}),
    Bad("conversation delete", "message", "that one", "is not a message"),
    Bad("conversation delete", "message", "99", "no such message"),
    Bad("conversation search", "text", "  ", "The text is missing"),
    Bad("conversation search", "with", NO_SUCH, "is not a member whom the bot knows", {"text": "t"}),
    Bad("conversation search", "from", LONG_AGO, "is not a day of the calendar", {"text": "t"}),
    Bad(
        "conversation search", "to", "2026-01-01", "is before the first", {"text": "t", "from": "2026-02-03"}
    ),
    Bad("conversation show", "item", "the first", "is not an item"),
    Bad("conversation show", "item", "99", "no item number 99"),
    Bad("audit nation", "nation", "Nowhere", "is not a nation", {}, "admin"),
    Bad("audit record", "table", "secrets", "is not audited", {"record": "1"}, "admin"),
    Bad("dbhealth", "reference", "NOTHING", "No failure of the database with the reference", {}, "admin"),
    Bad("audit record", "record", "1 OR 1=1", "is no record's id", {"table": "users"}, "admin"),
    Bad("backup verify", "backup", "modelus-1.db", "“modelus-1\\.db” is not a backup", who="admin"),
    Bad("backup preview", "backup", "../../etc/passwd", "is not a backup", who="admin"),
    Bad("backup preview", "at", "someday", "Write a moment as 2026-03-31 14:30", who="admin"),
    Bad("backup preview", "at", "2999-01-01 10:00", "is in the future", who="admin"),
    Bad("backup restore", "backup", "nope", "is not a backup", {"reason": "A reason"}, "admin"),
    Bad("backup restore", "at", "25:00", "is not a moment", {"reason": "A reason"}, "admin"),
    Bad("backup restore", "reason", "  ", "The reason is missing", {"at": "1 hour ago"}, "admin"),
]

NOT_POSSIBLE = {
    **{("task add", name): LIMITED for name in ("priority", "estimate")},
    **{(f"task {step}", "role"): CHOICES for step in ("add", "edit", "list")},
    **{(f"task {step}", "description"): ANY_LENGTH for step in ("add", "edit")},
    **{(f"task {step}", "status"): CHOICES for step in ("list", "mine")},
    ("task edit", "estimate"): LIMITED,
    **{("task burndown", name): CHOICES for name in ("unit", "theme")},
    ("task done", "take_next"): YES_OR_NO,
    ("task bulk-assign", "dry_run"): YES_OR_NO,
    ("oncall role", "role"): TRIED_ELSEWHERE,
    **{
        (f"nation-admin {command}", "dry_run"): YES_OR_NO
        for command in (
            "alias",
            "create",
            "edit",
            "rename",
            "undo",
            "archive",
            "restore",
            "leave",
            "link",
            "unlink",
        )
    },
    ("nation history", "metric"): CHOICES,
    ("nation history", "theme"): CHOICES,
    ("nation history", "days"): LIMITED,
    **{(command, "picture"): CHOICES for command in ("nation compare", "rank")},
    **{("nation map", name): CHOICES for name in ("by", "theme")},
    ("nation government", "form"): CHOICES,
    ("nation describe", "text"): ANY_LENGTH,
    ("nation city", "action"): CHOICES,
    ("nation-admin create", "government"): CHOICES,
    ("nation-admin edit", "metric"): CHOICES,
    ("nation-admin alias", "action"): CHOICES,
    ("nation-admin edit", "mode"): CHOICES,
    ("nation-admin link", "office"): CHOICES,
    ("rank", "by"): CHOICES,
    ("rank", "limit"): LIMITED,
    ("roster add", "position"): THE_END,
    ("inbox list", "unread"): YES_OR_NO,
    ("inbox prefs", "kind"): CHOICES,
    ("roster move", "dry_run"): YES_OR_NO,
    ("sprint edit", "dry_run"): YES_OR_NO,
    ("sprint import", "dry_run"): YES_OR_NO,
    ("cover list", "status"): CHOICES,
    ("oncall calendar", "whose"): CHOICES,
    ("oncall calendar", "weeks"): LIMITED,
    ("oncall calendar", "colours"): CHOICES,
    ("conversation edit", "text"): ANY_LENGTH,
    **{("conversation search", name): CHOICES for name in ("part", "order")},
    ("coverage", "view"): CHOICES,
    ("cover request", "reason"): ANY_LENGTH,
    ("sprint add", "count"): THE_END,
    ("member role", "role"): CHOICES,
    ("audit member", "user"): ANY_MEMBER,
    ("member export", "user"): ANY_MEMBER,
    ("dbhealth", "view"): CHOICES,
    ("database maintain", "vacuum"): YES_OR_NO,
    ("database clock", "trust"): YES_OR_NO,
    ("law add", "public"): YES_OR_NO,
    ("law add", "draft"): YES_OR_NO,
    ("law list", "status"): CHOICES,
    ("tag add", "description"): ANY_LENGTH,
    ("treaty propose", "kind"): CHOICES,
    ("treaty propose", "terms"): ANY_LENGTH,
    ("treaty answer", "answer"): CHOICES,
    ("treaty end", "reason"): ANY_LENGTH,
    ("treaty list", "status"): CHOICES,
    ("treaty picture", "theme"): CHOICES,
    **{(f"treaty {command}", "dry_run"): YES_OR_NO for command in ("propose", "answer", "withdraw", "end")},
    **{
        (f"bloc {command}", "dry_run"): YES_OR_NO
        for command in ("answer", "create", "disband", "edit", "invite", "kick", "leave", "transfer")
    },
    ("bloc answer", "answer"): CHOICES,
    ("bloc list", "status"): CHOICES,
    **{(f"bloc {command}", "description"): ANY_LENGTH for command in ("create", "edit")},
    **{(f"bloc {command}", "reason"): ANY_LENGTH for command in ("disband", "kick")},
    ("bloc edit", "no_description"): YES_OR_NO,
    **{(f"bloc {command}", "nation"): WITH_BLOCS for command in ("invite", "kick", "transfer")},
    **{(f"bloc {command}", "as_nation"): WITH_BLOCS for command in ("answer", "leave")},
    ("bloc edit", "name"): WITH_BLOCS,
    ("activity member", "user"): ANY_MEMBER,
    **{("activity member", option): why for option, why in (("days", LIMITED), ("picture", CHOICES))},
    **{("activity top", option): why for option, why in (("days", LIMITED), ("channel", ANY_CHANNEL))},
    **{("activity inactive", option): why for option, why in (("days", LIMITED), ("office", CHOICES))},
    ("war list", "status"): CHOICES,
    ("war join", "side"): CHOICES,
    ("war start", "description"): ANY_LENGTH,
    ("war update", "note"): ANY_LENGTH,
    ("war update", "casualties"): LIMITED,
    ("economy turn", "action"): CHOICES,
    **{("loan offer", option): LIMITED for option in ("term",)},
    ("loan offer", "repayment"): CHOICES,
    ("loan offer", "description"): ANY_LENGTH,
    ("loan answer", "decision"): CHOICES,
    ("loan list", "status"): CHOICES,
    **{(f"loan-admin {step}", "dry_run"): YES_OR_NO for step in ("void", "forgive", "default")},
    ("economy statement", "csv"): YES_OR_NO,
    ("economy reverse", "dry_run"): YES_OR_NO,
    **{("economy reverse", option): WITH_MONEY for option in ("transaction", "reason")},
    **{("war start", option): WITH_WARS for option in ("name", "on")},
    **{(f"war {command}", "nation"): WITH_WARS for command in ("join", "leave")},
    **{
        (f"law {command}", option): WITH_LAWS
        for command, options in {
            "add": ("name", "tags"),
            "history": ("older", "newer"),
            "read": ("revision",),
            "rename": ("name",),
            "tag": ("tags",),
        }.items()
        for option in options
    },
    ("tag remove", "reason"): WITH_LAWS,
    **{
        (f"triage {command}", option): WITH_ITEMS
        for command, options in {
            "assign": ("item", "member"),
            "claim": ("item",),
            "duplicate": ("item", "of"),
            "note": ("item", "text"),
            "priority": ("item", "level", "reason"),
            "queue": ("discipline", "whose"),
            "rate": ("item", "stars"),
            "reject": ("item", "reason"),
            "release": ("item",),
            "reply": ("item", "text"),
            "report": ("category", "description", "on_behalf", "title"),
            "resolve": ("item", "resolution"),
            "route": ("category", "discipline"),
            "show": ("item",),
            "snooze": ("item", "until"),
            "task": ("item", "end", "title", "member"),
        }.items()
        for option in options
    },
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[BotEnv, dict[str, Any]]]:
    """Return the bot with a robot, somebody deactivated and somebody imported among its people.

    It is the same for all that is bad, since none of it may change anything.
    """
    async with open_bot(tmp_path_factory.mktemp("crowd")) as env:
        await plan_rota(env)
        yield env, await crowd_of(env)


async def crowd_of(env: BotEnv) -> dict[str, Any]:
    """Let them join; return everybody by what they are called in the table."""
    simulation = env.simulation
    robot = env.guild.add_member(simulation.create_user("robot", bot=True))
    gone = env.guild.add_member(simulation.create_user("gone", global_name="Gone Person"))
    await env.db.write(_set_role(gone.id, "Gone Person"), Context())
    await env.db.write(DeactivateMember(discord_id=gone.id, reason="Left"), Context())
    await env.db.write(_imported("Quinn Imported"), Context())
    task = AddTask(title="T", start=env_day(0), end=env_day(60), user_id=env.staff("bo").id)
    await env.db.write(task, Context(actor=env.manager.id))
    for name in ("Texas", "Dakota"):
        await env.db.write(CreateNation(name=name, gdp=10**12, population=10**6), Context())
    lead = GiveOffice(nation_id=1, user_id=env.leader.id, username="Lee", office="president")
    await env.db.write(lead, Context())
    people = {
        "leader": env.leader,
        "player": env.player,
        "robot": robot,
        "gone": gone,
        "manager": env.manager,
        "admin": env.admin,
    }
    return people | dict(env.world.rota)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("bad", BAD, ids=str)
async def test_a_sentence_names_the_rule(crowd: tuple[BotEnv, dict[str, Any]], bad: Bad) -> None:
    """The answer names the rule and only its author sees it; no table has changed; nothing can be pressed."""
    env, people = crowd
    options = {name: _value(value, people) for name, value in {**bad.rest, bad.option: bad.value}.items()}
    before = dump(env)
    answer = await people[bad.who].slash(env.channel, bad.command, **options)
    words = words_of(answer)
    assert bad.sentence in words
    assert "Reference" not in words, "bad input is no failure of the bot"
    assert "Something went wrong" not in words
    shown = [message for message in (answer.response, *answer.followups) if message is not None]
    assert all(message.ephemeral for message in shown)
    assert all(labels(message) == [] for message in shown)
    assert dump(env) == before


async def test_every_option_has_bad_input_or_a_reason(bot_env: BotEnv) -> None:
    """No option of the command tree is left out of the table, and the table names no option too many."""
    options = {
        (command.qualified_name, option.display_name)
        for command in commands_of(bot_env.bot.tree)
        for option in command.parameters
    }
    tried = {(bad.command, bad.option) for bad in BAD}
    assert options - tried - NOT_POSSIBLE.keys() == set()
    assert (tried | NOT_POSSIBLE.keys()) - options == set()
    assert tried & NOT_POSSIBLE.keys() == set()


async def test_free_text_has_a_limit(bot_env: BotEnv) -> None:
    """Every text option is bounded by Discord, or is looked up in a list of what there is."""
    unbounded = {
        (command.qualified_name, option.display_name)
        for command in commands_of(bot_env.bot.tree)
        for option in command.parameters
        if option.type is discord.AppCommandOptionType.string
        and not (option.max_value or option.choices or option.autocomplete)
    }
    assert unbounded == set()


async def test_ambiguous_names_are_not_guessed(rota_env: BotEnv) -> None:
    """Of two people or sprints with one name none is taken; the sentence asks to pick from the list."""
    env = rota_env
    twin = AddToRoster(member_id=env.player.id, name="Bo Account", discipline="account")
    await env.db.write(twin, Context())
    answer = await env.manager.slash(env.channel, "roster remove", discipline="account", member="bo account")
    assert "can mean 2 different ones" in words_of(answer)
    with closing(sqlite3.connect(env.settings.database.path)) as connection, connection:
        connection.execute("UPDATE sprints SET name = 'Sprint 5' WHERE name = 'Sprint 4'")
    await env.db.write(EditSprint(sprint_id=3, reason="Another name", name="Third"), Context())
    answer = await env.manager.slash(env.channel, "sprint archive", sprint="Sprint 5", reason="Which?")
    assert "can mean 2 different ones" in words_of(answer)


def env_day(days: int) -> date:
    """Return a day some days after the middle of the second sprint."""
    return first_sprint_day() + timedelta(days=21 + days)


def _value(value: Any, people: dict[str, Any]) -> Any:
    if isinstance(value, Person):
        return people[value.key]
    return ("file.json", value.content) if isinstance(value, File) else value


def _set_role(discord_id: int, name: str) -> Any:

    return SetRole(discord_id=discord_id, username=name, role="tester")


def _imported(name: str) -> Any:
    from modelus_bot.subjects.rotation_import.model.data import PersonData, RotationData
    from modelus_bot.subjects.rotation_import.writes.importing import ImportRotation

    return ImportRotation(
        data=RotationData(people=(PersonData(slack_id="U1", id=77, placeholder=77, name=name),))
    )


def test_the_table_uses_days_that_hold() -> None:
    """The days in the table lie after the last sprint of the fixture, whatever today is."""
    last = first_sprint_day() + timedelta(days=70)
    assert last <= date.today() + timedelta(weeks=10)  # noqa: DTZ011 - a margin of days
