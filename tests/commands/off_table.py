"""What becomes of every command while the database is away, as the design's table of commands says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import simcord

    from tests.conftest import BotEnv

Off = Literal["shown", "saved", "refused", "answered"]
"""From the snapshot; saved for later; refused with a sentence; answered without any database."""


@dataclass(frozen=True)
class Case:
    """A command as somebody uses it, and what becomes of it; ``button`` confirms it where it asks first."""

    off: Off
    who: str = "manager"
    options: dict[str, Any] = field(default_factory=dict)
    button: str | None = None


BO = {"discipline": "account", "member": "Bo Account"}
OFF: dict[str, Case] = {
    "about": Case("answered", "player"),
    "audit member": Case("refused", "admin", {"user": "bo"}),
    "audit record": Case("refused", "admin", {"table": "users", "record": "1"}),
    "audit verify": Case("refused", "admin"),
    "backup create": Case("refused", "admin"),
    "backup drill": Case("answered", "admin"),
    "backup list": Case("answered", "admin"),
    "backup preview": Case("answered", "admin", {"at": "20 minutes ago"}),
    "backup restore": Case("answered", "admin", {"at": "20 minutes ago", "reason": "r"}),
    "backup verify": Case("answered", "admin", {"backup": "none"}),
    "conversation delete": Case("refused", "bo", {"message": "1"}),
    "conversation edit": Case("refused", "bo", {"message": "1", "text": "t"}),
    "conversation search": Case("refused", "bo", {"text": "t"}),
    "conversation show": Case("refused", "bo", {"item": "1"}),
    "coverage": Case("shown", "bo"),
    "cover list": Case("shown", "bo"),
    "cover refuse": Case("refused", "avery", {"request": "1"}),
    "cover request": Case("saved", "bo", {"sprint": "Sprint 2", "discipline": "account"}),
    "cover revoke": Case("refused", "manager", {"request": "1", "reason": "r"}),
    "cover show": Case("shown", "bo", {"request": "1"}),
    "cover take": Case("refused", "avery", {"request": "1"}),
    "cover untake": Case("refused", "avery", {"request": "1"}),
    "cover withdraw": Case("refused", "casey", {"request": "1"}),
    "database check": Case("refused", "admin"),
    "database clock": Case("answered", "admin"),
    "database maintain": Case("refused", "admin"),
    "dbhealth": Case("answered", "admin"),
    "economy balance": Case("refused", "player", {"nation": "Utah"}),
    "economy journal": Case("refused", "admin"),
    "economy reverse": Case("refused", "admin", {"transaction": 1, "reason": "r"}),
    "economy turn": Case("refused", "admin", {"action": "pause"}),
    "economy statement": Case("refused", "player", {"nation": "Utah"}),
    "help": Case("answered", "player"),
    "inbox list": Case("refused", "bo"),
    "inbox prefs": Case("refused", "bo"),
    "inbox quiet": Case("refused", "bo", {"from": "22:00", "to": "7:00", "zone": "Europe/Berlin"}),
    "inbox read": Case("refused", "bo", {"notice": "1"}),
    "inbox read-all": Case("refused", "bo"),
    "law add": Case("refused", "manager", {"name": "N"}),
    "law book": Case("shown", "player", {"nation": "Utah"}),
    "law close": Case("refused", "manager", {"law": "Utah 1"}),
    "law edit": Case("refused", "manager", {"law": "Utah 1"}),
    "law enact": Case("refused", "manager", {"law": "Utah 1"}),
    "law history": Case("shown", "player", {"law": "Utah 1"}),
    "law list": Case("shown", "player"),
    "law publish": Case("refused", "manager", {"law": "Utah 1"}),
    "law read": Case("shown", "player", {"law": "Utah 1"}),
    "law rename": Case("refused", "manager", {"law": "Utah 1", "name": "N"}),
    "law repeal": Case("refused", "manager", {"law": "Utah 1"}),
    "law tag": Case("refused", "manager", {"law": "Utah 1"}),
    "loan answer": Case("refused", "manager", {"code": "LOAN-1", "decision": "decline"}),
    "loan cancel": Case("refused", "manager", {"code": "LOAN-1"}),
    "loan list": Case("refused", "player"),
    "loan offer": Case("refused", "manager", {
        "borrower": "Utah", "amount": "1 B", "rate": "5", "term": 2, "repayment": "compound",
    }),
    "loan pay": Case("refused", "manager", {"code": "LOAN-1", "amount": "5"}),
    "loan show": Case("refused", "player", {"code": "LOAN-1"}),
    "loan-admin default": Case("refused", "admin", {"code": "LOAN-1", "reason": "r"}),
    "loan-admin forgive": Case("refused", "admin", {"code": "LOAN-1", "reason": "r"}),
    "loan-admin void": Case("refused", "admin", {"code": "LOAN-1", "reason": "r"}),
    "member deactivate": Case("refused", "admin", {"member": "Bo Account", "reason": "r"}),
    "member erase": Case("refused", "bo"),
    "member export": Case("refused", "bo"),
    "member link": Case("refused", "admin", {"person": "Bo Account", "user": "player"}),
    "member reactivate": Case("refused", "admin", {"member": "Bo Account"}),
    "member role": Case("refused", "admin", {"user": "bo", "role": "tester"}),
    "member show": Case("shown", "bo"),
    "nation city": Case("refused", "leader", {"action": "add", "name": "Austin"}),
    "nation compare": Case("shown", "player", {"first": "Texas", "second": "Dakota"}),
    "nation describe": Case("refused", "leader", {"text": "t"}),
    "nation flag": Case("refused", "leader", {"image": ("f.png", b"\xff\xd8\xff" + bytes(40))}),
    "nation government": Case("refused", "leader", {"form": "Republic"}),
    "nation history": Case("refused", "player", {"nation": "Texas"}),
    "nation map": Case("shown", "player"),
    "nation overview": Case("shown", "leader"),
    "nation prefix": Case("refused", "leader", {"prefix": "State of"}),
    "nation rename": Case("refused", "leader", {"new_name": "Tejas"}),
    "nation show": Case("shown", "player", {"nation": "Texas"}),
    "nation tax": Case("refused", "leader", {"rate": "5"}),
    "nation-admin archive": Case("refused", "admin", {"nation": "Dakota", "reason": "r"}),
    "nation-admin create": Case("refused", "admin", {"name": "N", "gdp": "1", "population": "1"}),
    "nation-admin edit": Case("refused", "admin", {"nation": "Texas", "metric": "gdp", "mode": "add",
                                                   "value": "1", "reason": "r"}),
    "nation-admin leave": Case("refused", "admin", {"nation": "Texas"}),
    "nation-admin link": Case("refused", "admin", {"nation": "Texas", "user": "bo"}),
    "nation-admin rename": Case("refused", "admin", {"nation": "Texas", "new_name": "Tejas"}),
    "nation-admin restore": Case("refused", "admin", {"nation": "Texas"}),
    "nation-admin undo": Case("refused", "admin", {"change": 1}),
    "nation-admin unlink": Case("refused", "admin", {"user": "leader"}),
    "oncall calendar": Case("shown", "bo"),
    "oncall handoff": Case("saved", "bo", {"note": "All is well"}),
    "oncall mine": Case("shown", "bo"),
    "oncall now": Case("shown", "bo"),
    "oncall on": Case("shown", "bo", {"day": "tomorrow"}),
    "oncall role": Case("refused", "admin", {"discipline": "account"}),
    "oncall set": Case("saved", options={"discipline": "producer", "user": "finn", "reason": "r"}),
    "ping": Case("answered", "player"),
    "rank": Case("shown", "player"),
    "roster add": Case("saved", options={"discipline": "po", "user": "casey"}, button="Add"),
    "roster away": Case("saved", "avery", {"from": "tomorrow"}, "Save"),
    "roster move": Case("saved", options={**BO, "position": 1}, button="Move"),
    "roster remove": Case("saved", options={**BO, "member": "Casey Account"}, button="Remove"),
    "roster show": Case("shown", "bo"),
    "sprint add": Case("saved", options={"name": "Late", "start": "2031-01-01", "end": "2031-01-15"},
                       button="Add"),
    "sprint archive": Case("saved", options={"sprint": "Sprint 5", "reason": "r"}, button="Archive"),
    "sprint current": Case("shown", "bo"),
    "sprint edit": Case("saved", options={"sprint": "Sprint 4", "name": "Fourth", "reason": "r"},
                        button="Change"),
    "sprint import": Case("saved", options={"sprints": ("sprints.json", b"[]")}, button="Import"),
    "sprint list": Case("shown", "bo"),
    "tag add": Case("refused", "manager", {"name": "N"}),
    "tag info": Case("shown", "player", {"tag": "water"}),
    "tag list": Case("shown", "player"),
    "tag remove": Case("refused", "admin", {"tag": "water", "reason": "r"}),
    "task add": Case("refused", "bo", {"title": "Late", "start": "today", "end": "tomorrow"}),
    "task assign": Case("refused", options={"task": "1", "user": "bo"}),
    "task board": Case("shown", "bo"),
    "task burndown": Case("shown", "bo"),
    "task bulk-assign": Case("refused", options={"tasks": "1", "user": "bo"}),
    "task cancel": Case("refused", options={"task": "1", "reason": "r"}),
    "task done": Case("refused", "bo", {"task": "1"}),
    "task edit": Case("refused", options={"task": "1", "title": "Other"}),
    "task late": Case("shown", "bo"),
    "task list": Case("shown", "bo"),
    "task mine": Case("shown", "bo"),
    "task progress": Case("refused", "bo", {"task": "1", "percent": 5}),
    "task show": Case("shown", "bo", {"task": "1"}),
    "task start": Case("refused", "bo", {"task": "1"}),
    "triage assign": Case("refused", options={"item": "1", "member": "Bo Account"}),
    "triage claim": Case("refused", "bo", {"item": "1"}),
    "triage duplicate": Case("refused", "bo", {"item": "1", "of": "2"}),
    "triage note": Case("refused", "bo", {"item": "1", "text": "t"}),
    "triage priority": Case("refused", "bo", {"item": "1", "level": "high", "reason": "r"}),
    "triage queue": Case("shown", "bo"),
    "triage rate": Case("refused", "player", {"item": "1", "stars": 5}),
    "triage reject": Case("refused", "bo", {"item": "1", "reason": "r"}),
    "triage release": Case("refused", "bo", {"item": "1"}),
    "triage reply": Case("refused", "bo", {"item": "1", "text": "t"}),
    "triage report": Case("saved", "player", {"title": "T", "description": "D"}),
    "triage resolve": Case("refused", "bo", {"item": "1", "resolution": "r"}),
    "triage route": Case("shown"),
    "triage show": Case("shown", "player"),
    "triage task": Case("refused", "bo", {"item": "1", "end": "in 9 days"}),
    "triage snooze": Case("refused", "bo", {"item": "1", "until": "1h"}),
    "war end": Case("refused", "admin", {"war": "River War", "reason": "r"}),
    "war join": Case("refused", "admin", {"war": "River War", "nation": "Ohio", "side": "other"}),
    "war leave": Case("refused", "admin", {"war": "River War", "nation": "Ohio"}),
    "war list": Case("shown", "player"),
    "war show": Case("shown", "player", {"war": "River War"}),
    "war start": Case("refused", "admin", {"name": "W", "side_a": "Utah", "side_b": "Ohio"}),
    "war update": Case("refused", "admin", {"war": "River War", "casualties": 5}),
}  # fmt: skip
"""Column "Off" of the command table in the design, for every command there is."""


def person(env: BotEnv, name: str) -> simcord.MemberActor:
    """Return a member by their part or their name."""
    found: simcord.MemberActor = getattr(env, name, None) or env.staff(name)
    return found


def options_of(env: BotEnv, case: Case) -> dict[str, Any]:
    """Return a command's options with members in place of their names."""
    return {key: person(env, value) if key == "user" else value for key, value in case.options.items()}
