"""Feature: database-reliability: whatever fails, people read a sentence they can do something with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import strategies as st

from modelus_bot.database.core.error_types import SENTENCES
from tests.commands.acting import labels, words_of
from tests.commands.off_table import OFF, options_of, person
from tests.conftest import BotEnv
from tests.properties.faults import FAULTS, Stage, examine, stage_of

NEEDING = sorted(name for name, case in OFF.items() if case.off != "answered")
JARGON = re.compile(
    r"sqlite|select |insert |pragma|traceback|exception|errno|no such table|malformed|disk i/o|\bwal\b"
    r"|modelus\.db|/data|/tmp|\.py\b|0x[0-9a-f]+",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"Reference [0-9A-F]{8}\b")
SURPRISES = ("Something went wrong", "Discord is having trouble")


@pytest.fixture
async def stage(rota_env: BotEnv, tmp_path: Path) -> AsyncIterator[Stage]:
    """Return the bot and the database to break."""
    async with stage_of(rota_env, tmp_path) as ready:
        yield ready


async def test_every_failure_is_a_friendly_sentence(stage: Stage) -> None:
    """Feature: database-reliability, Property 8: For any database operation failure, user-friendly error
    messages should be provided to users.
    """
    failed: Counter[str] = Counter()

    async def check(example: tuple[tuple[str, bool], str, bool]) -> None:
        """Use a command on a broken database and read its answer as its author does."""
        (fault, while_open), command, serving = example
        case = OFF[command]
        who = person(stage.env, case.who)
        async with stage.broken(fault, while_open=while_open, serving=serving):
            result = await who.slash(stage.env.channel, command, **options_of(stage.env, case))
            if case.button is not None and case.button in labels(result.response):
                result = await who.click(result.response, label=case.button)
            words = words_of(result)
        assert words, "no answer"
        assert not JARGON.search(words), words
        assert not any(surprise in words for surprise in SURPRISES), words
        if "Not done" in words:
            failed[fault] += 1
            assert REFERENCE.search(words), words
            assert any(sentence in words for sentence in SENTENCES.values()), words
            assert all(followup.ephemeral for followup in result.followups) or result.ephemeral

    await examine(st.tuples(stage.ways(), st.sampled_from(NEEDING), st.booleans()), check)
    assert failed.total() > 25, failed
    assert len(failed) > len(FAULTS) // 2, failed
