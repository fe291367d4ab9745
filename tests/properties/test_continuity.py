"""Feature: database-reliability: what needs no database goes on, however badly the database is."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.commands.acting import words_of
from tests.commands.off_table import OFF, options_of, person
from tests.conftest import BotEnv
from tests.properties.faults import Stage, examine, stage_of

INDEPENDENT: list[tuple[str, str, dict[str, Any], str]] = [
    ("player", "ping", {}, "ms to Discord"),
    ("player", "about", {}, "What it stores"),
    ("player", "help", {}, "**On duty**"),
    ("manager", "help", {"topic": "cover take"}, "**/cover take**"),
    ("admin", "dbhealth", {}, "Circuit breakers"),
]
"""Commands that need no database, who uses them, and what they always say."""
NEEDING = sorted(name for name, case in OFF.items() if case.off in {"shown", "refused"})

Example = tuple[tuple[str, bool], bool, str, list[tuple[str, str, dict[str, Any], str]]]


@pytest.fixture
async def stage(rota_env: BotEnv, tmp_path: Path) -> AsyncIterator[Stage]:
    """Return the bot and the database to break."""
    async with stage_of(rota_env, tmp_path) as ready:
        yield ready


async def test_commands_without_a_database_go_on(stage: Stage) -> None:
    """Feature: database-reliability, Property 14: For any database operation failure, commands that don't
    require database access should continue to function.
    """
    failed: Counter[str] = Counter()

    async def check(example: Example) -> None:
        """Let somebody run into the fault first, then use what needs no database."""
        (fault, while_open), serving, before, independent = example
        env = stage.env
        async with stage.broken(fault, while_open=while_open, serving=serving):
            case = OFF[before]
            tried = await person(env, case.who).slash(env.channel, before, **options_of(env, case))
            failed[fault] += "Not done" in words_of(tried)
            for who, command, options, expected in independent:
                result = await person(env, who).slash(env.channel, command, **options)
                words = words_of(result)
                assert expected in words, (command, words)
                assert "Not done" not in words
                assert result.acknowledged

    await examine(
        st.tuples(
            stage.ways(),
            st.booleans(),
            st.sampled_from(NEEDING),
            st.lists(st.sampled_from(INDEPENDENT), min_size=1, max_size=2),
        ),
        check,
    )
    assert failed.total() > 15, failed
