"""What ends the bot for good and what passes, and that the documented unit knows the difference."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from modelus_bot.cli.outcome import ExitCode, report
from modelus_bot.gateway.endings import ending_of, longer_pause, passing_words
from modelus_bot.gateway.turned_away import Ending, TurnedAway

DEPLOYING = Path(__file__).resolve().parents[2] / "docs" / "deploying.md"
OPERATING = DEPLOYING.with_name("operating.md")


def closed(code: int) -> discord.ConnectionClosed:
    """The gateway closed the connection with a code."""
    socket: Any = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(socket, shard_id=None)


def http(status: int) -> discord.HTTPException:
    """Discord answered a request with a status."""
    response: Any = SimpleNamespace(status=status, reason="")
    return discord.HTTPException(response, None)


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (discord.LoginFailure("no"), Ending.TOKEN),
        (discord.PrivilegedIntentsRequired(None), Ending.INTENTS),
        *[(closed(code), Ending.TOKEN) for code in (4004,)],
        *[(closed(code), Ending.SHARDING) for code in (4010, 4011)],
        (closed(4012), Ending.VERSION),
        *[(closed(code), Ending.INTENTS) for code in (4013, 4014)],
        *[(closed(code), None) for code in (1000, 1006, 4000, 4008, 4009)],
        *[(http(status), None) for status in (403, 429, 500, 503)],
        (aiohttp.ClientError(), None),
        (KeyError("id"), None),
    ],
)
def test_what_ends_for_good(error: Exception, ending: Ending | None) -> None:
    """Only what somebody has to mend ends the process."""
    found = ending_of(error, was_connected=False)
    assert (found.ending if found is not None else None) is ending
    assert passing_words(error).endswith(".")


def test_a_ban_is_not_made_worse() -> None:
    """Refusals that asking again prolongs are told apart."""
    assert longer_pause(http(429))
    assert longer_pause(http(403))
    assert not longer_pause(http(503))


def test_each_ending_has_its_code_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code, sentence, table of the documents, and the unit that does not start it again."""
    unit = re.search(r"^RestartPreventExitStatus=(.+)$", DEPLOYING.read_text("utf-8"), re.MULTILINE)
    assert unit is not None
    prevented = {int(item) for item in unit[1].split()}
    documented = {
        int(item) for item in re.findall(r"^\| (\d+) \|", OPERATING.read_text("utf-8"), re.MULTILINE)
    }
    codes = set()
    for ending in Ending:
        codes.add(int(report(TurnedAway(ending))))
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert len(codes) == len(Ending)
    assert codes <= documented
    assert prevented == codes | {ExitCode.USAGE, ExitCode.CONFIGURATION}
