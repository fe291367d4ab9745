"""Minutes without a database under steady use: everybody is answered, nothing is lost or made twice.

The database is away for seconds, with ``MODELUS_TEST_FULL`` for ten minutes a scene; ``-s`` shows figures.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from modelus_bot.database.core.errors import OutcomeUnknown
from tests.daily_size import FULL
from tests.faults.sites.away_site import FAULTS, BotProcess, Line, rows
from tests.small_disk import small_disk
from tests.waiting import blocking_scene_of

pytest.importorskip("simcord", reason="simcord is not installed")

AWAY = float(os.environ.get("MODELUS_TEST_AWAY", "600" if FULL else "4"))
"""Seconds without a database."""
PAUSE = 0.5 if FULL else 0.15
"""Seconds between an answer and the same person's next question."""
IN_TIME = 3.0
GENEROUS = 30.0
"""Seconds that are too long for an answer on any machine; ``IN_TIME`` is what is aimed at, and printed."""
BACK = 120.0

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(1800 if FULL else 300)]

EVERY_SCENE = [
    *((fault, False) for fault in FAULTS),
    *((fault, True) for fault in ("unreadable", "file_away", "disk_full", "foreign_lock")),
]
"""Each fault, without and with ``kill -9`` of the bot meanwhile."""
SCENES = EVERY_SCENE if FULL else [("disk_full", False), ("foreign_lock", True)]

DONE = {
    "note": ("Your note is saved",),
    "set": ("On duty changed",),
    "press": ("Saved **",),
    "now": ("Role saved",),
}
"""By kind of command, how the answer begins when the change was made."""
LATER = re.compile(r"Saved for later Your change is safe as number (\d+)")
AUDITED = """
SELECT id, request_id FROM audit_logs
WHERE table_name = ? AND request_id IS NOT NULL ORDER BY id
"""
UNCHANGED = """
SELECT request_id FROM requests WHERE command IN ('SetHolder', 'SetRole', 'SetAway')
AND json_extract(outcome, '$.before') = json_extract(outcome, '$.after')
"""
TABLES = {"note": "notifications", "set": "assignments", "press": "user_disciplines", "now": "users"}


@dataclass
class Story:
    """What happened in one scene: the lines of every bot, and when the database was away."""

    fault: str
    killed: bool
    site: Path
    bots: list[BotProcess] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0
    back: float = 0.0

    @property
    def lines(self) -> list[Line]:
        """Everything that was said, in order."""
        return [line for bot in self.bots for line in bot.lines]

    def answers(self, *kinds: str) -> list[Line]:
        """Return the answers of some kinds; of all without any."""
        return [
            line for line in self.lines if line["event"] == "answer" and (not kinds or line["kind"] in kinds)
        ]

    def start(self) -> BotProcess:
        """Start a bot, the first or another one after a kill."""
        bot = BotProcess(self.site, pause=PAUSE, quick=not FULL)
        self.bots.append(bot)
        bot.start()
        return bot


@dataclass
class Made:
    """What is in the database at the end, by request id."""

    requests: set[str]
    unchanged: set[str]
    """Requests that found everything as they wanted it, and are not in the audit log."""
    audited: dict[str, list[tuple[int, str]]]

    @classmethod
    def found_in(cls, data: Path) -> Made:
        """Read it."""
        return cls(
            {request for (request,) in rows(data, "SELECT request_id FROM requests")},
            {request for (request,) in rows(data, UNCHANGED)},
            {
                kind: [(number, request) for number, request in rows(data, AUDITED, table)]
                for kind, table in TABLES.items()
            },
        )


@contextmanager
def place_for(fault: str, site: Path) -> Iterator[None]:
    """Make the folder of the database; on a small disk of its own where that will be filled."""
    data = site / "data"
    data.mkdir(parents=True)
    if fault != "disk_full":
        yield
        return
    with small_disk(data, "64m"):
        yield


def play(fault: str, site: Path, *, killed: bool) -> tuple[Story, Made]:
    """Let people use the bot, take its database away, give it back; return what was said and made."""
    story = Story(fault, killed, site)
    data = site / "data"
    with place_for(fault, site):
        try:
            bot = story.start()
            blocking_scene_of(1.0)
            while_down = killed and fault == "file_away"
            if while_down:
                bot.kill()
            with FAULTS[fault](data):
                story.began = time.time()
                if while_down:
                    bot = story.start()
                blocking_scene_of(AWAY / 2)
                if killed and not while_down:
                    bot.kill()
                    bot = story.start()
                blocking_scene_of(AWAY / 2)
            story.ended = time.time()
            blocking_scene_of(0.3)
            story.back = bot.wait_until_normal(BACK)
            blocking_scene_of(0.5)
            bot.stop()
            assert rows(data, "PRAGMA integrity_check") == [("ok",)]
            made = Made.found_in(data)
        finally:
            for item in story.bots:
                item.close()
    return story, made


Scenes = dict[tuple[str, bool], Future[tuple[Story, Made]]]


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenes]:
    """Play all scenes beside each other: they mostly wait."""
    with ThreadPoolExecutor(5) as pool:
        yield {
            (fault, killed): pool.submit(play, fault, tmp_path_factory.mktemp("site"), killed=killed)
            for fault, killed in SCENES
        }


@pytest.mark.parametrize(("fault", "killed"), SCENES)
def test_everybody_is_answered_and_every_change_is_made_once(
    scenes: Scenes, fault: str, killed: bool
) -> None:
    """Everybody gets an answer; what was acknowledged is there afterwards, once and in order."""
    story, made = scenes[fault, killed].result()
    show(story)

    assert not [line for line in story.lines if line["event"] == "unanswered"]
    assert all(line["seconds"] < GENEROUS for line in story.answers())
    check_plain(story)
    check_changes(story, made)
    if fault not in {"folder_away", "file_away"} or killed:
        assert numbers_of(story), "nothing was saved for later"


def check_plain(story: Story) -> None:
    """Commands that need no database answer as ever."""
    for line in story.answers("plain"):
        begins = ("Pong", "What you can do here", "Model US Bot", "Database")
        assert line["words"].startswith(begins), line


def check_changes(story: Story, made: Made) -> None:
    """Compare what people were told with what is in the database.

    Who was being served when the fault began may read that nobody can say whether the change was saved.
    """
    numbers = numbers_of(story)
    places: dict[str, int] = {}
    for kind, begins in DONE.items():
        told = story.answers(kind)
        said = [
            line["request"] for line in told if line["words"].startswith(begins) or line["request"] in numbers
        ]
        assert not set(said) - made.requests, f"{kind}: acknowledged, and not there"
        unsure = {line["request"] for line in told if OutcomeUnknown.advice in line["words"]}
        refused = {line["request"] for line in told} - set(said) - unsure
        assert not refused & made.requests, f"{kind}: refused, and there"
        times = Counter(request for _, request in made.audited[kind])
        assert all(times[request] == 1 for request in said if request not in made.unchanged), (
            f"{kind}: not once"
        )
        in_order = [request for _, request in made.audited[kind] if request in set(said)]
        assert in_order == [request for request in said if times[request]], f"{kind}: in another order"
        places |= {request: number for number, request in made.audited[kind]}
    saved = sorted(numbers.keys() & places.keys(), key=lambda request: numbers[request])
    assert [places[request] for request in saved] == sorted(places[request] for request in saved)


def numbers_of(story: Story) -> dict[str, int]:
    """Return the numbers under which changes were saved for later, by request."""
    found = {line["request"]: LATER.match(line["words"]) for line in story.answers(*DONE)}
    return {request: int(match[1]) for request, match in found.items() if match}


def show(story: Story) -> None:
    """Print what was measured."""
    away = [
        line
        for line in story.answers()
        if line["at"] - line["seconds"] <= story.ended and line["at"] >= story.began
    ]
    late = [line for line in away if line["seconds"] > IN_TIME]
    loops = [line for line in story.lines if line["event"] == "loop"]
    print(
        {
            "fault": story.fault + (" and kill -9" if story.killed else ""),
            "seconds away": round(story.ended - story.began, 1),
            "answers": len(away),
            "slowest": round(max((line["seconds"] for line in away), default=0.0), 2),
            "share in 3 s": round(1 - len(late) / max(1, len(away)), 4),
            "late": dict(Counter(line["kind"] for line in late)),
            "saved for later": len(numbers_of(story)),
            "back after": round(story.back, 1),
            "loop late": [round(line["worst"], 3) for line in loops],
            "loop's own work": [round(line["turn"], 3) for line in loops],
        }
    )
    print("\n".join(text for line in loops for text in line["lines"]))
