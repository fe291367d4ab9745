"""A bot among simulated people who use it without pause; says on its output how each was answered."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import simcord
from loguru import logger
from simcord import _dpy_internals, _runtime, interactions
from simcord.backend import serializers
from simcord.components import walk_components
from simcord.enums import InteractionType

from modelus_bot.app import App, running
from modelus_bot.config import (
    ArchiveSettings,
    BackupSettings,
    DatabaseSettings,
    IntegritySettings,
    ServerSettings,
    Settings,
)
from modelus_bot.config.maintenance import MaintenanceSettings
from modelus_bot.config.metrics import MetricsSettings
from modelus_bot.database.core.context import Context
from modelus_bot.domain.calendar import Calendar
from modelus_bot.sandbox.world import World, build_world, leave_errors_to_the_bot
from modelus_bot.subjects.oncall.queries import oncall_now
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.sprints.writes import AddSprint
from tests.conftest import ROSTERS, SPRINT_DAYS, STAFF_NAMES, first_sprint_day, give_roles
from tests.loop.trace import traced_loop
from tests.waiting import scene_of

if TYPE_CHECKING:
    from simcord.backend.models import Interaction

LOADING = 1 << 7
LIMIT = 60.0
"""Seconds after which somebody counts as not answered."""

Step = tuple[str, str, Any, dict[str, Any]]
"""What kind of command it is, its name, who uses it, and its options."""


def settings_of(site: Path, *, quick: bool) -> Settings:
    """Return the settings of a bot below ``site``; ``quick`` looks for the database more often."""
    pace = {"breaker_probe_first": 0.25, "breaker_probe_cap": 0.5, "reopen_base": 0.1} if quick else {}
    return Settings(
        database=DatabaseSettings.model_validate({"path": site / "data" / "modelus.db"} | pace),
        backup=BackupSettings(folder=site / "backups", schedule="off", attempts=1),
        archive=ArchiveSettings(mode="off", folder=site / "archive"),
        integrity=IntegritySettings(
            confirm_after=0.2, quarantine=site / "quarantine", watch_every=1.0 if quick else 5.0
        ),
        metrics=MetricsSettings(serve="off"),
        maintenance=MaintenanceSettings(schedule="off", reserve_megabytes=8),
    )


def say(event: str, **fields: Any) -> None:
    """Write one line for whoever started this process."""
    sys.stdout.write(json.dumps({"event": event, "at": time.time()} | fields) + "\n")
    sys.stdout.flush()


class Crowd:
    """The people; each of them waits for an answer before asking again."""

    def __init__(self, env: simcord.Env, app: App, world: World, pause: float) -> None:
        """Let them pause so many seconds between an answer and the next question."""
        self._env, self._app, self._world = env, app, world
        self._pause = pause
        self._numbers = itertools.count(int(time.time() * 1000))
        self.stopping = asyncio.Event()

    async def work(self) -> None:
        """Use the bot until asked to stop."""
        world = self._world
        staff, admin, player, manager = world.rota["casey"], world.cast[4], world.cast[0], world.cast[2]
        looks = ("oncall now", "roster show", "sprint list", "oncall mine", "sprint current", "cover list")
        plain = ("ping", "help", "about")
        looking = itertools.cycle(("look", name, staff, {}) for name in looks)
        talking = itertools.cycle(
            [*(("plain", name, player, {}) for name in plain), ("plain", "dbhealth", admin, {})]
        )
        roles = itertools.cycle(
            ("now", "member role", admin, {"user": player, "role": role}) for role in ("tester", "none")
        )
        async with asyncio.TaskGroup() as group:
            for steps in (looking, talking, roles, self._notes(), self._holders(manager)):
                group.create_task(self._ask_on(steps))
            group.create_task(self._days_away(world.rota["bo"]))
            group.create_task(self._watch_mode())

    def _notes(self) -> Any:
        author = self._world.rota[self._note_author]
        return (("note", "oncall handoff", author, {"note": f"note {number}"}) for number in self._numbers)

    def _holders(self, manager: Any) -> Any:
        people = itertools.cycle(self._world.rota[name] for name in ROSTERS["account"])
        return (
            ("set", "oncall set", manager,
             {"discipline": "account", "user": next(people), "reason": f"step {number}"})
            for number in self._numbers
        )  # fmt: skip

    async def nothing_waits(self) -> None:
        """Wait until everything that was saved for later is made."""
        assert self._app.db.fallback is not None
        async with asyncio.timeout(LIMIT):
            while self._app.db.fallback.journal.unfinished:
                await asyncio.sleep(0.02)

    async def find_author(self) -> None:
        """Find out who of the producers is on duty, and may leave notes."""
        path = self._app.settings.database.path.parents[1] / "author"
        if not path.exists():
            found = await self._app.db.read(oncall_now, int(time.time()), Calendar(), "producer")
            holder = found.holders[0].user_id
            path.write_text(next(name for name in ROSTERS["producer"] if self._world.rota[name].id == holder))
        self._note_author = path.read_text()

    async def _ask_on(self, steps: Any) -> None:
        for kind, name, who, options in steps:
            if self.stopping.is_set():
                return
            await self._answered(kind, self._command(who, name, options), options)
            await scene_of(self._pause)

    async def _days_away(self, who: Any) -> None:
        """Ask for a question, and press its button."""
        days = itertools.cycle(range(1, 20))
        while not self.stopping.is_set():
            day = (first_sprint_day() + timedelta(days=90 + next(days))).isoformat()
            options = {"from": day, "to": day}
            record = await self._answered("ask", self._command(who, "roster away", options), options)
            if record is not None and (message := self._button(record)) is not None:
                await self._answered("press", self._press(who, *message), options, written=record)
            await asyncio.sleep(self._pause)

    async def _answered(
        self,
        kind: str,
        asked: tuple[Interaction, dict[str, Any]],
        options: dict[str, Any],
        written: Interaction | None = None,
    ) -> Interaction | None:
        """Deliver an interaction, wait for the answer that a person can read, and say what it was.

        ``written`` is the interaction whose id a change has, if it is another one.
        """
        record, payload = asked
        request = str((written or record).id)
        note = options.get("note") or options.get("reason")
        before = self._words(record)
        started = time.perf_counter()
        self._env.backend.emit("INTERACTION_CREATE", payload)
        while time.perf_counter() - started < LIMIT:
            await asyncio.sleep(0.004)
            words = self._words(record)
            if words and words != before:
                seconds = time.perf_counter() - started
                say("answer", kind=kind, request=request, note=note, seconds=seconds, words=words[:300])
                return record
        say("unanswered", kind=kind, request=request, note=note)
        return None

    def _words(self, record: Interaction) -> str:
        """Return what a person can read by now; nothing while the bot is only thinking."""
        texts = []
        for message in self._messages(record):
            if not message.flags & LOADING and message.content != "…":
                parts = [message.content or ""]
                for card in message.embeds:
                    parts += [card.get("title") or "", card.get("description") or ""]
                texts.append(" ".join(part for part in parts if part))
        return "\n".join(texts)

    def _messages(self, record: Interaction) -> list[Any]:
        there = self._env.backend.messages[record.channel_id]
        numbers = (record.message_id, *record.followup_ids)
        return [there[number] for number in numbers if number in there]

    def _button(self, record: Interaction) -> Any:
        for message in self._messages(record):
            for component in walk_components(message.components):
                if component.get("label") == "Save" and not component.get("disabled"):
                    return message, component
        return None

    def _command(self, who: Any, name: str, options: dict[str, Any]) -> tuple[Interaction, dict[str, Any]]:
        """Build the interaction of a slash command."""
        first, *rest = name.split()
        root = self._env.backend.find_command(first, self._world.guild.id, type=1)
        leaf, nesting = interactions.walk_to_subcommand(root, rest)
        channel = self._world.general.id
        built, resolved = interactions.build_options(who, name, leaf, options, channel_id=channel)
        data = {
            "id": root["id"],
            "name": root["name"],
            "type": 1,
            "options": interactions.nest_options(root, nesting, built),
        }
        return self._interaction(who, InteractionType.APPLICATION_COMMAND, channel,
                                 data | ({"resolved": resolved} if resolved else {}))  # fmt: skip

    def _press(self, who: Any, message: Any, button: dict[str, Any]) -> tuple[Interaction, dict[str, Any]]:
        data = {"custom_id": button["custom_id"], "component_type": 2, "id": button.get("id")}
        record, payload = self._interaction(who, InteractionType.MESSAGE_COMPONENT, message.channel_id, data)
        record.source_message_id = record.message_id = message.id
        payload["message"] = dict(serializers.message_payload(self._env.backend, message))
        return record, payload

    def _interaction(
        self, who: Any, kind: InteractionType, channel: int, data: dict[str, Any]
    ) -> tuple[Interaction, dict[str, Any]]:
        tell_the_time(self._env)
        return interactions.base_payload(
            self._env.backend,
            type=kind,
            channel_id=channel,
            guild_id=self._world.guild.id,
            user_id=who.id,
            data=data,
        )

    async def _watch_mode(self) -> None:
        known = None
        while not self.stopping.is_set():
            fallback = self._app.db.fallback
            mode = self._app.db.mode.value
            waiting = fallback.journal.depth if fallback is not None else 0
            if (mode, waiting == 0) != known:
                known = (mode, waiting == 0)
                say("mode", mode=mode, waiting=waiting)
            await asyncio.sleep(0.02)


def let_time_pass(env: simcord.Env) -> None:
    """Give the bot's commands the real clock: in a frozen world no wait ever ends by itself.

    Nothing is settled from here on; who acts waits for the answer.
    """
    _runtime._restore_loop(env)
    _dpy_internals.release_clocks(env)
    tell_the_time(env)


def tell_the_time(env: simcord.Env) -> None:
    """Set Discord's clock, from which ids and the age of questions come."""
    env.backend.clock.advance(max(0.0, time.time() - env.now().timestamp()))


@asynccontextmanager
async def peopled(site: Path, *, quick: bool, pause: float) -> AsyncIterator[Crowd]:
    """Run the whole bot below ``site`` among people; the first run gives them rosters and sprints."""
    settings = settings_of(site, quick=quick)
    async with (
        running(settings) as app,
        simcord.run(app.bot, check_errors=False, settle_timeout=60.0) as env,
    ):
        world = build_world(env, STAFF_NAMES)
        server = ServerSettings(guild_id=world.guild.id, duty_channel_id=world.duty_desk.id)
        app.bot.settings = settings.model_copy(update={"server": server})
        leave_errors_to_the_bot(app.bot, app.bot.error_handler.on_tree_error)
        let_time_pass(env)
        crowd = Crowd(env, app, world, pause)
        if not (site / "author").exists():
            await give_roles(app.db, world)
            await _furnish(app, world)
            assert app.db.fallback is not None
            await app.db.fallback.snapshot.settle()
        await crowd.find_author()
        yield crowd


async def _furnish(app: App, world: World) -> None:
    player = world.cast[0]
    name = player.user.global_name or player.name
    await app.db.write(RegisterMember(discord_id=player.id, username=name), Context())
    for discipline, names in ROSTERS.items():
        for name in names:
            member = AddToRoster(member_id=world.rota[name].id, name=STAFF_NAMES[name], discipline=discipline)
            await app.db.write(member, Context())
    for number in range(5):
        start = first_sprint_day() + timedelta(days=number * SPRINT_DAYS)
        end = start + timedelta(days=SPRINT_DAYS)
        await app.db.write(AddSprint(name=f"Sprint {number + 1}", start=start, end=end), Context())


async def main(site: Path, pause: float, *, quick: bool) -> None:
    """Answer people until the input ends."""
    async with traced_loop() as trace, peopled(site, quick=quick, pause=pause) as crowd:
        say("ready", author=crowd._note_author)
        trace.take()
        working = asyncio.create_task(crowd.work())
        await asyncio.to_thread(sys.stdin.read)
        crowd.stopping.set()
        await working
        await crowd.nothing_waits()
        seen = trace.take()
        say("loop", worst=seen.late, turn=seen.turn, waited=seen.waited, lines=seen.lines())
    say("end")


if __name__ == "__main__":
    logger.remove()
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]), quick=sys.argv[3] == "quick"))
