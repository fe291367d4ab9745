"""A machine whose clock is wrong against Discord's: everybody is answered, and administrators are told."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from modelus_bot.ui.lateness import IN_A_ROW
from tests.daily_size import FULL
from tests.faults.shifting import COMPILER, ShiftedClock, built_clock
from tests.waiting import scene_of
from tests.wire.interactions import Interaction
from tests.wire.process import until
from tests.wire.world import World

pytestmark = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler to build the clock with")
PEOPLE = 100 if FULL else 12
MEASURED = r"2\.0 minutes|1(19|20)\.\d seconds"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the clock that can be set."""
    return built_clock(tmp_path_factory.mktemp("clock"))


async def everything(discord: World, person: str) -> list[Interaction]:
    """Let a command, a change with its question, both presses and suggestions be asked, one after another."""
    role = {"user": person, "role": "tester"}
    saved = await discord.command("member role", role)
    question = await discord.command("roster add", {"discipline": "account", "user": person})
    pressed = await discord.press(question.message, "Add")
    assert await discord.suggestions("roster show", "discipline")
    shown = await discord.command("roster show", {"discipline": "account"})
    assert "Role saved" in saved.text
    assert "Saved" in pressed.text
    return [saved, question, pressed, shown]


def told(discord: World, words: str) -> int:
    """Return how many alerts in which ``words``, a pattern, is found the owner got."""
    return sum(bool(re.search(words, item)) for item in discord.to(discord.server.owner))


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(120, "ahead of"), (-120, "behind"), *(((1, None), (4, None)) if FULL else ())],
)
async def test_everybody_is_answered(tmp_path: Path, library: Path, ahead: int, said: str | None) -> None:
    """Commands, presses and suggestions, alone and many at once; what is worth telling is told once."""
    clock = ShiftedClock(tmp_path / "ahead", library)
    clock.set(ahead)
    async with World() as discord, discord.bot(tmp_path, environment=clock.environment) as bot:
        people = [discord.server.add_person(f"person{number}") for number in range(PEOPLE)]
        asked = await everything(discord, people[0])
        many = [await discord.ask("member role", {"user": person, "role": "tester"}) for person in people[1:]]
        asked += await asyncio.gather(*(item.settled(30.0) for item in many))
        assert [item.text for item in asked if not item.answered] == []
        assert bot.rows("SELECT count(*) FROM users WHERE role = 'tester'") == [(PEOPLE,)]
        assert bot.events("interaction_too_old") == []
        if said is not None:
            sentence = rf"clock is ({MEASURED}) {said} Discord's"
            await until(lambda: told(discord, sentence), "the alert")
            looked = (await bot.command_line("doctor"))[1]
            assert re.search(sentence, " ".join(looked.split())), looked
            assert (await discord.command("ping")).answered
            await scene_of(3)
        assert told(discord, "The machine's clock") == (said is not None)
        assert told(discord, "came too late") == 0
        print(f"{ahead:+} s: {len(asked)} of {len(asked)} answered")


@pytest.mark.parametrize("ahead", [0, 120])
async def test_what_really_comes_too_late_is_told_with_what_was_measured(
    tmp_path: Path, library: Path, ahead: int
) -> None:
    """Commands that were on their way for ten seconds, many in a row: one alert with both clocks' figures."""
    clock = ShiftedClock(tmp_path / "ahead", library)
    clock.set(ahead)
    async with World() as discord, discord.bot(tmp_path, environment=clock.environment) as bot:
        assert (await discord.command("ping")).answered
        for _ in range(IN_A_ROW + 2):
            assert not (await discord.command("ping", ahead=-10.0, seconds=0.1)).answered
        await until(lambda: len(bot.events("interaction_too_old")) == IN_A_ROW + 2, "all of them")
        await until(lambda: told(discord, "came too late"), "the alert")
        assert told(discord, f"by this machine's clock {10 + ahead}") == 1
        assert (await discord.command("ping")).answered
        assert told(discord, "came too late") == 1
