"""The real bot with a real database file, in a simulated Discord."""

import gc
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.disciplines.model import DEFAULT_DISCIPLINES
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.sprints.writes import AddSprint
from tests.daily_size import for_today
from tests.tuning import Tuning, open_tuning

if TYPE_CHECKING:
    import simcord

    from modelus_bot.app import ModelUsBot
    from modelus_bot.config import Settings
    from modelus_bot.database.manager import DatabaseManager
    from modelus_bot.sandbox.world import World

STAFF_NAMES = {
    "avery": "Avery Account",
    "bo": "Bo Account",
    "casey": "Casey Account",
    "drew": "Drew Producer",
    "eli": "Eli Producer",
    "finn": "Finn Producer",
}
ROSTERS = {"account": ("avery", "bo", "casey"), "producer": ("drew", "eli", "finn")}
SPRINT_DAYS = 14
SLOW_ROOMS = {"faults", "loop", "page", "properties", "wire"}

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_collection_finish() -> None:
    """Let the collector of garbage not look through thousands of tests again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is tried at full size only; what is slow goes first, so that none is left at the end."""
    items[:], left_out = for_today(items)
    config.hook.pytest_deselected(items=left_out)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow and item.path.parent.name not in SLOW_ROOMS)


@pytest.fixture
def tuning() -> Iterator[Tuning]:
    """Return what changes the program's pauses, patience and sizes until the test is over."""
    with open_tuning() as tuning:
        yield tuning


@dataclass(slots=True)
class BotEnv:
    """Bot, database and simulated server; people by what they are, staff also by name."""

    simulation: "simcord.Env"
    bot: "ModelUsBot"
    db: "DatabaseManager"
    settings: "Settings"
    world: "World"

    @property
    def guild(self) -> "simcord.GuildHandle":
        """The server."""
        return self.world.guild

    @property
    def channel(self) -> "simcord.ChannelHandle":
        """#general, which everybody sees."""
        return self.world.general

    @property
    def staff_channel(self) -> "simcord.ChannelHandle":
        """#staff, which players do not see."""
        return self.world.staff

    @property
    def duty_desk(self) -> "simcord.ChannelHandle":
        """#duty-desk, the configured duty channel."""
        return self.world.duty_desk

    @property
    def player(self) -> "simcord.MemberActor":
        """An ordinary member without any role."""
        return self.world.cast[0]

    @property
    def leader(self) -> "simcord.MemberActor":
        """A member who leads a nation, and no staff."""
        return self.world.cast[1]

    @property
    def manager(self) -> "simcord.MemberActor":
        """A project manager without Discord permissions."""
        return self.world.cast[2]

    @property
    def second_manager(self) -> "simcord.MemberActor":
        """Another project manager."""
        return self.world.cast[3]

    @property
    def admin(self) -> "simcord.MemberActor":
        """A member with Discord's Administrator permission and no role in the bot."""
        return self.world.cast[4]

    def staff(self, name: str) -> "simcord.MemberActor":
        """Return a staff member by the key in ``STAFF_NAMES``."""
        return self.world.rota[name]

    def interaction_of(self, result: "simcord.InteractionResult") -> Any:
        """Return what Discord keeps of the interaction behind ``result``."""
        return result._interaction

    async def deliver_again(self, result: "simcord.InteractionResult") -> None:
        """Deliver the interaction behind ``result`` a second time, as Discord's gateway may."""
        wanted = str(self.interaction_of(result).id)
        payload = next(
            event
            for _, name, event in reversed(self.simulation.backend.transcript)
            if name == "INTERACTION_CREATE" and event["id"] == wanted
        )
        self.simulation.backend.emit("INTERACTION_CREATE", payload)
        await self.simulation.settle()

    async def press_at_once(
        self, message: Any, *presses: tuple["simcord.MemberActor", str]
    ) -> list["simcord.InteractionResult"]:
        """Let people press buttons, named by label, of one message before the bot has answered any."""
        from simcord import InteractionResult

        records = [self._press(message, person, label) for person, label in presses]
        await self.simulation.settle()
        return [InteractionResult(self.simulation, record) for record in records]

    async def restart(self) -> None:
        """Restart the bot's process as far as Discord can see: a new bot object, the same database."""
        from modelus_bot.app import ModelUsBot
        from modelus_bot.config import Settings
        from modelus_bot.sandbox.world import leave_errors_to_the_bot
        from modelus_bot.ui.commands.adding import add_commands

        bot = ModelUsBot(self.db, Settings(database=self.settings.database))
        await add_commands(bot, DECLARED.screens())
        await self.simulation.restart_bot(bot)
        leave_errors_to_the_bot(bot, bot.error_handler.on_tree_error)
        bot.settings = self.settings
        self.bot = bot

    def _press(self, message: Any, person: "simcord.MemberActor", label: str) -> Any:
        from simcord.backend import serializers
        from simcord.components import walk_components
        from simcord.enums import InteractionType
        from simcord.interactions import base_payload

        backend = self.simulation.backend
        stored = backend.get_message(message.channel_id, message.id)
        button = next(
            component for component in walk_components(stored.components) if component.get("label") == label
        )
        record, payload = base_payload(
            backend,
            type=InteractionType.MESSAGE_COMPONENT,
            channel_id=stored.channel_id,
            guild_id=self.guild.id,
            user_id=person.id,
            data={"custom_id": button["custom_id"], "component_type": 2, "id": button.get("id")},
        )
        record.source_message_id = stored.id
        payload["message"] = dict(serializers.message_payload(backend, stored))
        backend.emit("INTERACTION_CREATE", payload)
        return record


@pytest.fixture
def staff_names() -> dict[str, str]:
    """Return what the staff are called; a module with other people has its own."""
    return STAFF_NAMES


@pytest.fixture
async def bot_env(tmp_path: Path, staff_names: dict[str, str]) -> AsyncIterator[BotEnv]:
    """Return the bot among people with roles, and neither rosters nor sprints."""
    async with open_bot(tmp_path, staff_names) as env:
        yield env


@asynccontextmanager
async def open_bot(folder: Path, staff_names: Mapping[str, str] = STAFF_NAMES) -> AsyncIterator[BotEnv]:
    """Run what ``bot_env`` returns in a folder; for modules whose tests share one bot."""
    simcord = pytest.importorskip("simcord", reason="simcord is not installed")
    from modelus_bot.app import ModelUsBot
    from modelus_bot.config import (
        ArchiveSettings,
        BackupSettings,
        DatabaseSettings,
        IntegritySettings,
        ServerSettings,
        Settings,
    )
    from modelus_bot.database.manager import DatabaseManager
    from modelus_bot.database.recovery.protection import Protection
    from modelus_bot.sandbox.world import build_world, leave_errors_to_the_bot
    from modelus_bot.ui.commands.adding import add_commands

    settings = Settings(database=DatabaseSettings(path=folder / "bot.db", synchronous="NORMAL"))
    protection = Protection(
        settings.database.path,
        backup=BackupSettings(folder=folder / "backups", schedule="off", attempts=1),
        archive=ArchiveSettings(mode="off", folder=folder / "archive"),
        integrity=IntegritySettings(confirm_after=0.2, quarantine=folder / "quarantine"),
        invariants=DECLARED.invariants,
    )
    async with DatabaseManager(
        settings.database.path, settings.database, protection=protection, visibility=DECLARED.visibility
    ) as db:
        bot = ModelUsBot(db, settings)
        await add_commands(bot, DECLARED.screens())
        simulation = simcord.Env(bot, settle_timeout=30.0)
        await simulation.start()
        try:
            leave_errors_to_the_bot(bot, bot.error_handler.on_tree_error)
            world = build_world(simulation, staff_names)
            server = ServerSettings(guild_id=world.guild.id, duty_channel_id=world.duty_desk.id)
            bot.settings = settings.model_copy(update={"server": server})
            await simulation.advance_time(time.time() - simulation.now().timestamp())
            await give_roles(db, world, staff_names)
            yield BotEnv(simulation, bot, db, bot.settings, world)
        finally:
            await simulation.shutdown()
            await bot.close()
        simulation._raise_errors_since(simulation._errors_acknowledged)


@pytest.fixture
async def rota_env(bot_env: BotEnv, staff_names: dict[str, str]) -> BotEnv:
    """Return the bot with two rosters and five sprints, today in the middle of the second."""
    await plan_rota(bot_env, staff_names)
    return bot_env


async def plan_rota(bot_env: BotEnv, staff_names: Mapping[str, str] = STAFF_NAMES) -> None:
    """Enter what ``rota_env`` has."""
    from modelus_bot.database.core.context import Context

    for discipline, names in ROSTERS.items():
        for name in names:
            person = bot_env.staff(name)
            await bot_env.db.write(
                AddToRoster(member_id=person.id, name=staff_names[name], discipline=discipline), Context()
            )
    first = first_sprint_day()
    for number in range(5):
        start = first + timedelta(days=number * SPRINT_DAYS)
        await bot_env.db.write(
            AddSprint(name=f"Sprint {number + 1}", start=start, end=start + timedelta(days=SPRINT_DAYS)),
            Context(),
        )


def first_sprint_day() -> date:
    """Return the first day of ``rota_env``'s first sprint; the second one is seven days old today."""
    from modelus_bot.domain.calendar import Calendar

    return Calendar().day_of(int(time.time())) - timedelta(days=SPRINT_DAYS + 7)


async def give_roles(db: "DatabaseManager", world: "World", names: Mapping[str, str] = STAFF_NAMES) -> None:
    """Enter the managers and the staff; players and the administrator are only known to Discord."""
    from modelus_bot.database.core.context import Context

    await db.write(EnsureDisciplines(disciplines=DEFAULT_DISCIPLINES), Context())
    for person in world.cast[2:4]:
        name = person.user.global_name or person.name
        await db.write(SetRole(discord_id=person.id, username=name, role="project_manager"), Context())
    for key, person in world.rota.items():
        await db.write(SetRole(discord_id=person.id, username=names[key], role="developer"), Context())
