"""What the rest of the bot knows of the subject that CONTRIBUTING.md adds; run in a copy that has it."""

from __future__ import annotations

from contextlib import closing

import pytest

from modelus_bot.cli.command_reference import reference
from modelus_bot.config import Settings
from modelus_bot.database import ConstraintViolated, Context, Transaction, Write
from modelus_bot.database.administration import Environment
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.sentences import sentence_for
from modelus_bot.domain.table_words import rows_of
from modelus_bot.jobs.loop import JobRunner
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.health.jobs.health import surroundings_of
from modelus_bot.subjects.pinboard.jobs import PinExpiry
from modelus_bot.subjects.pinboard.queries import pins
from modelus_bot.subjects.pinboard.writes import AddPin
from tests.commands.acting import card_words, offered, words_of
from tests.conftest import BotEnv


class Bare(Write[int]):
    """Goes past the rules of the subject, to hear the schema's."""

    def apply(self, tx: Transaction) -> int:
        """Pin nothing."""
        return tx.insert("INSERT INTO pins(note, pinned_at, ends_at) VALUES('', 1, 2)")


async def test_help_lists_it_under_its_topic(bot_env: BotEnv) -> None:
    """Managers see all of it, staff what is theirs, players nothing."""
    env = bot_env
    asked = await env.manager.slash(env.channel, "help")
    await env.manager.select(asked.response, [offered(asked.response)["Pinboard"]])
    shown = card_words(asked.response)
    assert all(f"`/pinboard {name}`" in shown for name in ("show", "pin", "unpin"))
    assert "pinboard" not in words_of(await env.player.slash(env.channel, "help"))


async def test_the_reference_has_its_commands(bot_env: BotEnv) -> None:
    """With their options and for whom they are."""
    page = reference(bot_env.bot.tree)
    assert "## pinboard" in page
    assert "### /pinboard unpin\n\nTake a note down early. For project managers and administrators." in page


async def test_its_table_has_words_and_rules_have_sentences(bot_env: BotEnv) -> None:
    """What the schema refuses is told in the subject's words."""
    assert rows_of("pins") == "pinned notes"
    with pytest.raises(ConstraintViolated) as caught:
        await bot_env.db.write(Bare(), Context())
    assert "A pinned note must be 1 to 200 characters long" in sentence_for(caught.value)


async def test_its_job_is_among_those_that_run(bot_env: BotEnv) -> None:
    """The runner builds it, and it runs without a failure."""
    runner = JobRunner(bot_env.bot, DECLARED.screens().jobs)
    job = next(item for item in runner.jobs if isinstance(item, PinExpiry))
    await runner.run_once(job)
    assert runner.runs["pin_expiry"] == 1
    assert not runner.failures


async def test_it_is_kept_for_when_the_database_is_away(bot_env: BotEnv) -> None:
    """Its table is kept, and its query reads nothing else."""
    await bot_env.db.write(AddPin(note="n", days=1), Context())
    found = await bot_env.db.read(pins, Viewer(0, discord_admin=True))
    assert [item.note for item in found] == ["n"]
    assert "pins" in DECLARED.kept_tables
    assert pins.kept


async def test_the_schema_is_as_declared_and_can_be_undone(bot_env: BotEnv) -> None:
    """No drift after the migration; its way back takes the table away."""
    path = bot_env.settings.database.path.with_name("other.db")
    Migrator(path).up()
    assert "pins" in SchemaValidator().expected.tables
    assert Migrator(path).down(1)
    import sqlite3

    with closing(sqlite3.connect(path)) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'pins'").fetchall()


def test_the_new_setting_and_what_it_is_compared_with_are_there(bot_env: BotEnv) -> None:
    """The level has a default, and the machine is really asked."""
    assert Settings().health.swap_megabytes == 64
    protection = bot_env.db.protection
    assert protection is not None
    seen = surroundings_of(protection, gateway=None, started=0.0, copies=False)
    assert isinstance(seen, Environment)
    assert seen.swap_bytes is None or seen.swap_bytes >= 0
