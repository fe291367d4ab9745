"""Who may do what: whoever may not gets a private sentence, and nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.nations.commands.ranking import MENU as SHOW_NATION
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.triage.commands.reporting import MENU
from modelus_bot.ui.commands.needs import commands_of, needed_for
from tests.commands.acting import dump, labels, lift_discords_hint, words_of
from tests.conftest import BotEnv
from tests.subjects.blocs.bloc_cases import unite

if TYPE_CHECKING:
    import simcord

STAFF = "Only staff can do this"
MANAGER = "Only project managers and administrators can do this"
ADMIN = "Only administrators can do this"
PART = "Only staff and people on a roster can do this"

NEXT = {"sprint": "Sprint 3"}
"""Avery does not have a turn in the third sprint; Casey has."""

REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("player", "roster show", {}, STAFF),
    ("player", "sprint current", {}, STAFF),
    ("player", "sprint list", {}, STAFF),
    ("player", "oncall now", {}, STAFF),
    ("player", "oncall calendar", {}, PART),
    ("player", "oncall on", {"day": "today"}, STAFF),
    ("player", "cover list", {}, STAFF),
    ("player", "coverage", {}, STAFF),
    ("player", "member show", {"user": "avery"}, STAFF),
    ("avery", "roster add", {"discipline": "po", "user": "avery"}, MANAGER),
    ("avery", "roster remove", {"discipline": "account", "member": "Bo Account"}, MANAGER),
    ("avery", "roster move", {"discipline": "account", "member": "Bo Account", "position": 1}, MANAGER),
    ("avery", "roster move", {"discipline": "account", "member": "Bo Account", "position": 1,
                              "dry_run": True}, MANAGER),
    ("avery", "roster away", {"member": "Bo Account", "from": "tomorrow"}, "your own days away"),
    ("avery", "sprint add", {"name": "S", "start": "2031-01-01", "end": "2031-01-15"}, MANAGER),
    ("avery", "sprint edit", {**NEXT, "reason": "r", "name": "n"}, MANAGER),
    ("avery", "sprint archive", {**NEXT, "reason": "r"}, MANAGER),
    ("avery", "sprint import", {"sprints": ("sprints.json", b"[]")}, MANAGER),
    ("avery", "oncall set", {"discipline": "account", "user": "avery", "reason": "r"}, MANAGER),
    ("manager", "oncall role", {"discipline": "account"}, ADMIN),
    ("avery", "oncall handoff", {"note": "n"}, "Only somebody on duty"),
    ("avery", "cover request", {**NEXT, "discipline": "account"}, "belongs to somebody else"),
    ("avery", "cover request", {**NEXT, "discipline": "account", "for_user": "Casey Account"},
     "Only project managers"),
    ("player", "cover take", {"request": "1"}, PART),
    ("player", "cover show", {"request": "1"}, PART),
    ("drew", "cover take", {"request": "1"}, "not on the roster"),
    ("avery", "cover untake", {"request": "2"}, "Only whoever took it"),
    ("avery", "cover withdraw", {"request": "1"}, "Only whoever asked"),
    ("avery", "cover refuse", {"request": "1"}, "Only the person who is asked"),
    ("avery", "cover revoke", {"request": "1", "reason": "r"}, MANAGER),
    ("player", "task add", {"title": "T", "start": "today", "end": "tomorrow"}, STAFF),
    ("player", "task list", {}, STAFF),
    ("player", "task show", {"task": "1"}, STAFF),
    ("player", "task mine", {}, STAFF),
    ("player", "task late", {}, STAFF),
    ("player", "task board", {}, STAFF),
    ("player", "task burndown", {}, STAFF),
    ("player", "task done", {"task": "1"}, STAFF),
    ("avery", "task edit", {"task": "1", "title": "Mine"}, "belongs to Bo Account"),
    ("avery", "task cancel", {"task": "1", "reason": "r"}, "or a project manager, can cancel it"),
    ("avery", "task start", {"task": "1"}, "can work on it"),
    ("avery", "task progress", {"task": "1", "percent": 50}, "can work on it"),
    ("avery", "task done", {"task": "1"}, "can work on it"),
    ("avery", "task assign", {"task": "1", "user": "avery"}, "can pass it on"),
    ("avery", "task bulk-assign", {"tasks": "1", "user": "avery"}, "can pass it on"),
    ("avery", "task done", {"task": "2"}, "There is no task number 2"),
    ("avery", "task show", {"task": "2"}, "There is no task number 2"),
    ("manager", "member role", {"user": "manager", "role": "admin"}, ADMIN),
    ("manager", "member deactivate", {"member": "Bo Account", "reason": "r"}, ADMIN),
    ("manager", "member reactivate", {"member": "Bo Account"}, ADMIN),
    ("manager", "member export", {"user": "bo"}, ADMIN),
    ("manager", "member erase", {"user": "bo"}, ADMIN),
    ("manager", "member link", {"person": "Bo Account", "user": "player"}, ADMIN),
    ("manager", "audit nation", {"nation": "Texas"}, ADMIN),
    ("manager", "audit record", {"table": "users", "record": "1"}, ADMIN),
    ("manager", "audit member", {"user": "bo"}, ADMIN),
    ("manager", "audit verify", {}, ADMIN),
    ("manager", "dbhealth", {}, ADMIN),
    ("manager", "backup create", {}, ADMIN),
    ("manager", "backup list", {}, ADMIN),
    ("manager", "backup verify", {"backup": "modelus-1.db"}, ADMIN),
    ("manager", "backup preview", {"backup": "modelus-1.db"}, ADMIN),
    ("manager", "backup restore", {"backup": "modelus-1.db", "reason": "r"}, ADMIN),
    ("manager", "backup drill", {}, ADMIN),
    ("manager", "database check", {}, ADMIN),
    ("manager", "database maintain", {}, ADMIN),
    ("manager", "database clock", {}, ADMIN),
    ("player", "conversation search", {"text": "t"}, STAFF),
    ("player", "conversation show", {"item": "1"}, STAFF),
    ("player", "nation rename", {"new_name": "Tejas"}, "You hold no office"),
    ("player", "nation prefix", {"prefix": "State of"}, "You hold no office"),
    ("player", "nation tax", {"rate": "5"}, "You hold no office"),
    ("player", "nation government", {"form": "Republic"}, "You hold no office"),
    ("player", "nation describe", {"text": "t", "nation": "Texas"}, "Only those who hold an office in Texas"),
    ("player", "nation city", {"action": "add", "name": "Austin"}, "You hold no office"),
    ("manager", "nation-admin create", {"name": "N", "gdp": "1", "population": "1"}, ADMIN),
    ("manager", "nation-admin edit", {"nation": "Texas", "metric": "gdp", "mode": "add", "value": "1",
                                      "reason": "r", "dry_run": True}, ADMIN),
    ("manager", "nation-admin rename", {"nation": "Texas", "new_name": "Tejas"}, ADMIN),
    ("manager", "nation-admin alias", {"action": "add", "nation": "Texas", "name": "TX"}, ADMIN),
    ("manager", "nation-admin undo", {"change": "1"}, ADMIN),
    ("manager", "nation-admin archive", {"nation": "Texas", "reason": "r"}, ADMIN),
    ("manager", "nation-admin restore", {"nation": "Texas"}, ADMIN),
    ("manager", "nation-admin leave", {"nation": "Texas"}, ADMIN),
    ("manager", "nation-admin link", {"nation": "Texas", "user": "bo"}, ADMIN),
    ("manager", "nation-admin unlink", {"user": "bo"}, ADMIN),
    ("player", "triage queue", {}, STAFF),
    ("player", "triage claim", {"item": "1"}, STAFF),
    ("player", "triage release", {"item": "1"}, STAFF),
    ("avery", "triage assign", {"item": "1", "member": "Avery Account"}, "Only project managers and whoever"),
    ("player", "triage reply", {"item": "1", "text": "t"}, STAFF),
    ("player", "triage note", {"item": "1", "text": "t"}, STAFF),
    ("player", "triage priority", {"item": "1", "level": "low", "reason": "r"}, STAFF),
    ("player", "triage task", {"item": "1", "end": "in 9 days"}, STAFF),
    ("player", "triage snooze", {"item": "1", "until": "1h"}, STAFF),
    ("player", "triage duplicate", {"item": "1", "of": "2"}, STAFF),
    ("player", "triage resolve", {"item": "1", "resolution": "r"}, STAFF),
    ("player", "triage reject", {"item": "1", "reason": "r"}, STAFF),
    ("avery", "triage route", {}, MANAGER),
    ("avery", "triage rate", {"item": "1", "stars": 5}, "your own reports"),
    ("player", "tag add", {"name": "t"}, STAFF),
    ("manager", "tag remove", {"tag": "t", "reason": "r"}, ADMIN),
    ("player", "economy balance", {"nation": "Texas"}, "are for those who hold an office in it"),
    ("player", "economy statement", {"nation": "Texas"}, "are for those who hold an office in it"),
    ("player", "economy statement", {"nation": "Texas", "csv": True}, "who hold an office in it"),
    ("manager", "economy journal", {}, ADMIN),
    ("manager", "economy reverse", {"transaction": 1, "reason": "r"}, ADMIN),
    ("manager", "economy turn", {"action": "status"}, ADMIN),
    ("player", "loan offer", {"borrower": "Texas", "amount": "1 B", "rate": "5", "term": 2,
                              "repayment": "compound"}, "You hold no office"),
    ("player", "loan answer", {"code": "LOAN-1", "decision": "decline"}, "no loan of this code that"),
    ("player", "loan cancel", {"code": "LOAN-1"}, "no loan of this code that"),
    ("player", "loan pay", {"code": "LOAN-1", "amount": "5"}, "no loan of this code that"),
    ("player", "loan show", {"code": "LOAN-1"}, "no loan of this code that"),
    ("manager", "loan-admin void", {"code": "LOAN-1", "reason": "r"}, ADMIN),
    ("manager", "loan-admin forgive", {"code": "LOAN-1", "reason": "r"}, ADMIN),
    ("manager", "loan-admin default", {"code": "LOAN-1", "reason": "r"}, ADMIN),
    ("manager", "war start", {"name": "w", "side_a": "a", "side_b": "b"}, ADMIN),
    ("manager", "war join", {"war": "w", "nation": "a", "side": "A"}, ADMIN),
    ("manager", "war leave", {"war": "w", "nation": "a"}, ADMIN),
    ("manager", "war update", {"war": "w", "casualties": 1}, ADMIN),
    ("manager", "war end", {"war": "w", "reason": "r"}, ADMIN),
    ("manager", "feed channel", {}, ADMIN),
    ("player", "activity top", {}, STAFF),
    ("player", "activity inactive", {}, STAFF),
    ("player", "law add", {"name": "n"}, "hold an office in a nation"),
    ("player", "treaty propose", {"nation": "Texas", "kind": "trade"}, "You hold no office"),
    ("player", "treaty answer", {"treaty": "1", "answer": "accept"}, "You hold no office"),
    ("player", "treaty withdraw", {"treaty": "1"}, "You hold no office"),
    ("player", "treaty end", {"treaty": "1"}, "You hold no office"),
    ("player", "bloc create", {"name": "n"}, "You hold no office"),
    ("player", "bloc invite", {"bloc": "Gulf Pact", "nation": "Texas"}, "Only those who hold an office in"),
    ("player", "bloc answer", {"bloc": "Gulf Pact", "answer": "accept"}, "You hold no office"),
    ("player", "bloc leave", {"bloc": "Gulf Pact"}, "You hold no office"),
    ("player", "bloc kick", {"bloc": "Gulf Pact", "nation": "Texas"}, "Only those who hold an office in"),
    ("player", "bloc transfer", {"bloc": "Gulf Pact", "nation": "Texas"}, "Only those who hold an office in"),
    ("player", "bloc edit", {"bloc": "Gulf Pact", "name": "n"}, "Only those who hold an office in"),
    ("player", "bloc disband", {"bloc": "Gulf Pact"}, "Only those who hold an office in"),
    *(
        ("player", f"law {command}", {"law": "Texas 1", **more}, "no such law that you can read")
        for command, more in (
            ("edit", {}), ("rename", {"name": "n"}), ("tag", {}), ("enact", {}), ("repeal", {}),
            ("publish", {}), ("close", {}), ("read", {}), ("history", {}),
        )
    ),
    ("leader", "triage show", {"item": "1"}, "no item number 1 that you can see"),
]  # fmt: skip

FOR_EVERYBODY = {
    "about": "says what the bot is",
    "help": "lists only what the member may do",
    "ping": "says that the bot is awake",
    "oncall mine": "shows the member's own turns",
    "inbox list": "shows the member's own notices",
    "inbox read": "opens the member's own notices",
    "inbox read-all": "marks the member's own notices",
    "inbox prefs": "chooses for the member alone",
    "inbox quiet": "chooses for the member alone",
    "conversation edit": "everybody may correct what they said themselves",
    "conversation delete": "everybody may take back what they said",
    "triage report": "everybody may report",
    "feed recent": "shows what the member may know of",
    "nation compare": "nations are public",
    "nation flag": "who leads a nation may; tried with the bytes of pictures in tests/subjects/nations",
    "nation history": "nations are public",
    "nation map": "nations are public",
    "nation overview": "nations are public",
    "nation show": "nations are public",
    "rank": "nations are public",
    "law list": "lists what the member may read",
    "law book": "has what the member may read in it",
    "law search": "finds public laws alone",
    "tag info": "counts what the member may read",
    "tag list": "tags are no secret",
    "treaty list": "treaties are public",
    "treaty picture": "treaties and blocs are public",
    "bloc list": "blocs are public",
    "bloc show": "blocs are public",
    "activity member": "shows the member's own numbers; others' are refused in tests/subjects/activity",
    "activity leave": "everybody says when they are away themselves",
    "loan list": "lists what the member may see",
    "war list": "wars are public",
    "war show": "wars are public",
}


def person(env: BotEnv, name: str) -> simcord.MemberActor:
    """Return somebody by their part or their key among the staff."""
    actor: simcord.MemberActor = (
        getattr(env, name) if name in {"player", "leader", "manager"} else env.staff(name)
    )
    return actor


@pytest.fixture
async def asked_env(rota_env: BotEnv) -> BotEnv:
    """Return two reports and, on the rota, two requests: 1 an open call of Bo's, 2 of Casey's, taken by Bo.

    Bo has two tasks as well, the second of which is nothing that developers see.
    """
    env = rota_env
    for name, sprint in (("bo", "Sprint 2"), ("casey", "Sprint 3")):
        await env.staff(name).slash(env.channel, "cover request", sprint=sprint, discipline="account")
    await env.staff("bo").slash(env.channel, "cover take", request="2")
    for role in ("developer", "designer"):
        await env.manager.slash(
            env.channel,
            "task add",
            title="T",
            start="today",
            end="in 9 days",
            role=role,
            user=env.staff("bo"),
        )
    for name in ("Texas", "Dakota"):
        await env.db.write(CreateNation(name=name, gdp=1, population=1), Context())
    await unite(env)
    for _ in range(2):
        await env.player.slash(env.channel, "triage report", title="T", description="D")
    return env


async def test_whoever_may_not_is_told_and_nothing_is_written(asked_env: BotEnv) -> None:
    """Each command, by somebody with one standing less than it needs, with otherwise good options."""
    env = asked_env
    await lift_discords_hint(env, env.player, env.manager, env.staff("avery"), env.staff("drew"))
    for name, command, options, words in REFUSED:
        people = {"user": person(env, options["user"])} if "user" in options else {}
        before = dump(env)
        result = await person(env, name).slash(env.channel, command, **(options | people))
        said = words_of(result)
        assert words in said, (command, said)
        shown = [item for item in (result.response, *result.followups) if item is not None and item.embeds]
        assert [item.ephemeral for item in shown] == [True], command
        assert labels(shown[0]) == [], command
        assert dump(env) == before, command


async def test_every_command_has_a_refusal_or_a_reason(bot_env: BotEnv) -> None:
    """A new command cannot be forgotten here."""
    names = {item.qualified_name for item in commands_of(bot_env.bot.tree)}
    assert {row[1] for row in REFUSED} | FOR_EVERYBODY.keys() == names
    assert all(needed_for(name) == "anyone" for name in FOR_EVERYBODY)


async def test_discord_shows_administrators_commands_to_administrators_only(bot_env: BotEnv) -> None:
    """The hint that Discord follows hides them from everybody else, and the staff's groups from players."""
    env = bot_env
    hidden = {"audit", "backup", "database", "dbhealth", "nation-admin"}
    staffs = {"roster", "sprint", "oncall", "cover", "task"}

    def shown(actor: simcord.MemberActor) -> set[str]:
        return {str(getattr(command, "name", command)) for command in actor.available_commands(env.channel)}

    people = (env.admin, env.manager, env.player)
    top = {who: {name.partition(" ")[0] for name in shown(who)} for who in people}
    assert hidden | staffs <= top[env.admin]
    assert staffs <= top[env.manager]
    assert not hidden & top[env.manager]
    assert not (hidden | staffs) & top[env.player]


async def test_buttons_ask_for_the_same_rights(asked_env: BotEnv) -> None:
    """Pressing what one may not press changes nothing and is answered privately."""
    env = asked_env
    card = env.duty_desk.last_message
    for name, label, words in (
        ("avery", "Approve", MANAGER),
        ("avery", "Withdraw", "Only whoever asked"),
        ("avery", "I can't", "Only the person who is asked"),
    ):
        before = dump(env)
        pressed = await person(env, name).click(card, label=label)
        assert words in words_of(pressed), label
        assert all(followup.ephemeral for followup in pressed.followups), label
        assert dump(env) == before, label
    form = await env.staff("avery").click(card, label="Decline")
    sent = await env.staff("avery").submit_modal(form, {"reason": "no"})
    assert MANAGER in words_of(sent)


async def test_discord_shows_players_no_commands_of_the_staff(bot_env: BotEnv) -> None:
    """Every group that is not for everybody asks Discord for a permission, but /member, which has both."""
    hidden = {
        command.name for command in bot_env.bot.tree.get_commands() if command.default_permissions is not None
    }
    open_to_all = {
        "about",
        "bloc",
        "activity",
        "conversation",
        "feed",
        "economy",
        "help",
        "inbox",
        "law",
        "loan",
        "member",
        "nation",
        "ping",
        "rank",
        "tag",
        "treaty",
        "triage",
        "war",
        MENU,
        SHOW_NATION,
    }
    assert hidden == {command.name for command in bot_env.bot.tree.get_commands()} - open_to_all
    assert {needed_for(name) for name in hidden} == {"admin", "staff", "manager"}
