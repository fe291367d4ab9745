"""Property 16: any edit of the settings file holds in the running bot; what is wrong changes nothing."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import tomlkit
from annotated_types import Ge, Gt, Le, Lt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from modelus_bot.app import App, running
from modelus_bot.config import applies_live, load_settings
from modelus_bot.config.keys import changed_keys, field_of, keys, value_of
from modelus_bot.config.watching import PACE
from modelus_bot.database.core.context import Context
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.subjects.people.queries import members
from modelus_bot.subjects.people.writes import RegisterMember
from tests.config_watcher.desk import QUICK
from tests.inside import connections
from tests.test_live_settings import ALSO, BASE, PARTS
from tests.tuning import Tuning

Edit = dict[str, Any]

NAMED: dict[str, SearchStrategy[Any]] = {
    "server.timezone": st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Tokyo", "UTC"]),
    "server.reminder_days": st.lists(st.integers(1, 60), max_size=5),
    "server.admin_ids": st.lists(st.integers(1, 2**62), max_size=3),
    "server.map_file": st.sampled_from(["a.svg", "b.geojson"]),
    **dict.fromkeys(
        ("server.handoff", "server.heads_up", "server.weekly_time"),
        st.times().map(lambda time: f"{time:%H:%M}"),
    ),
    "maintenance.time": st.times().map(lambda time: f"{time:%H:%M}"),
    "maintenance.reserve_megabytes": st.integers(0, 3),
    "sandbox.path": st.sampled_from(["a.db", "b.db"]),
    "database.synchronous": st.sampled_from(["FULL", "NORMAL"]),
}
WORKABLE: dict[str, tuple[float, float]] = {
    "database": (2.0, 3600.0),
    "degradation": (2.0, 3600.0),
    "snapshot": (0.1, 3600.0),
    "integrity": (1.0, 3600.0),
}
"""Between which seconds a bot still works, by section: people's operations go on while settings change."""
LEFT_ALONE = {"backup.schedule", "backup.every", "logging.file", "maintenance.schedule"}
"""Would start work of minutes or move the log; other tests edit them."""
WRONG: dict[str, list[Any]] = {
    "database.queue_limit": [0, -1, "many", True, 1.5],
    "logging.level": ["LOUD", 7],
    "server.timezone": ["Mars/Base", ""],
    "server.handoff": ["25:00", "8"],
    "degradation.patience": [0, -2.0, 1e9],
    "database.unheard_of": [1],
}


def values_of(key: str) -> SearchStrategy[Any]:
    """Return the values that a setting may have, from its own definition."""
    if key in NAMED:
        return NAMED[key]
    if key.endswith("_channel_id"):
        return st.integers(1, 2**62)
    field = field_of(key)
    kind = field.annotation
    if get_origin(kind) in {Union, types.UnionType}:
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    least, most = bounds(field.metadata)
    if kind is int:
        return st.integers(int(least), int(min(most, least + 5000)))
    assert kind is float, key
    low, high = WORKABLE.get(key.partition(".")[0], (least, most))
    return st.floats(max(low, least + 0.1), min(high, most)).map(lambda value: round(value, 3))


def bounds(metadata: list[Any]) -> tuple[float, float]:
    """Return the least and the greatest value that a definition allows."""
    least, most = 0.0, 1e6
    for rule in metadata:
        if isinstance(rule, Ge | Gt):
            least = float(getattr(rule, "ge", getattr(rule, "gt", least)))
        elif isinstance(rule, Le | Lt):
            most = float(getattr(rule, "le", getattr(rule, "lt", most)))
    return least, most


EDITABLE = [key for key in keys() if applies_live(field_of(key)) and key not in LEFT_ALONE]
LATER = ["database.synchronous", "sandbox.path", "archive.retention_hours"]

good_edits: SearchStrategy[Edit] = st.lists(
    st.sampled_from([*EDITABLE, *LATER]), min_size=1, max_size=5, unique=True
).flatmap(lambda chosen: st.fixed_dictionaries({key: values_of(key) for key in chosen}))
bad_edits: SearchStrategy[Edit] = st.sampled_from(
    [{key: value} for key, wrong in WRONG.items() for value in wrong]
)


class Desk:
    """The bot that is running, and somebody who edits its settings file."""

    def __init__(self, app: App, path: Path, *, base: dict[str, dict[str, Any]]) -> None:
        """Begin with what is in the file."""
        assert app.watcher is not None
        self.app, self.path, self.watcher = app, path, app.watcher
        self.document = {name: dict(section) for name, section in base.items()}
        self.problems: list[str] = []
        self.watcher.subscribe_to_problems(self.problems.append)

    def write(self, document: dict[str, dict[str, Any]], *, in_place: bool) -> None:
        """Write into the file, or put another one in its place."""
        text = tomlkit.dumps(document)
        if in_place:
            self.path.write_text(text, encoding="utf-8")
        else:
            other = self.path.with_name("config.toml.new")
            other.write_text(text, encoding="utf-8")
            other.replace(self.path)

    def with_values(self, edit: Edit) -> dict[str, dict[str, Any]]:
        """Return what the file says after an edit."""
        document = {name: dict(section) for name, section in self.document.items()}
        for key, value in edit.items():
            section, _, name = key.partition(".")
            document.setdefault(section, {})[name] = value
        return document

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.005)


def test_every_edit_holds_without_a_restart(tmp_path: Path, tuning: Tuning) -> None:
    """Feature: database-reliability, Property 16: For any configuration change, the new configuration
    should be applied without requiring a system restart.
    """
    tuning(PACE.at(QUICK))
    path = tmp_path / "config.toml"
    base = {**BASE, "maintenance": {"schedule": "off", "reserve_megabytes": 1}, "metrics": {"serve": "off"}}
    path.write_text(tomlkit.dumps(base), encoding="utf-8")
    with asyncio.Runner() as runner:
        running_bot = running(load_settings(path, {}), config=path)
        desk = Desk(runner.run(running_bot.__aenter__()), path, base=base)
        opened = [connections(desk.app.db)._slots[role].connection for role in ConnectionRole]

        @settings(
            max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
        )
        @given(
            edit=good_edits,
            wrong=st.integers(0, 3).flatmap(lambda turn: st.none() if turn else bad_edits),
            in_place=st.booleans(),
        )
        def example(edit: Edit, wrong: Edit | None, *, in_place: bool) -> None:
            runner.run(edited(desk, edit, in_place=in_place))
            if wrong is not None:
                runner.run(refused(desk, wrong, in_place=in_place))

        try:
            example()
            assert [connections(desk.app.db)._slots[role].connection for role in ConnectionRole] == opened
        finally:
            runner.run(running_bot.__aexit__(None, None, None))


async def edited(desk: Desk, edit: Edit, *, in_place: bool) -> None:
    """After a good edit every part works with what the file says, and the same bot goes on working."""
    desk.document = desk.with_values(edit)
    desk.write(desk.document, in_place=in_place)
    wanted = load_settings(desk.path, {})
    live = [key for key in keys() if applies_live(field_of(key))]
    await desk.until(
        lambda: all(value_of(desk.watcher.settings, key) == value_of(wanted, key) for key in live)
    )
    await desk.until(
        lambda: set(desk.watcher.needs_restart) == set(changed_keys(desk.watcher.settings, wanted))
    )
    check_parts(desk.app, wanted)
    await desk.app.db.write(RegisterMember(discord_id=5, username="Ada"), Context())
    assert {member.username for member in await desk.app.db.read(members)} == {"Ada"}


async def refused(desk: Desk, wrong: Edit, *, in_place: bool) -> None:
    """After an edit with something impossible it is said what, and everything holds as before."""
    before, heard = desk.watcher.settings, len(desk.problems)
    desk.write(desk.with_values(wrong), in_place=in_place)
    await desk.until(lambda: len(desk.problems) > heard)
    (key,) = wrong
    assert key.partition(".")[2] in desk.problems[-1]
    assert desk.watcher.settings == before
    check_parts(desk.app, before)
    desk.write(desk.document, in_place=in_place)
    await desk.until(lambda: not desk.watcher._trouble)


def check_parts(app: App, wanted: Any) -> None:
    """Each part works with the wanted values of the settings that apply at once."""
    for key in keys():
        section, name = key.split(".")
        if applies_live(field_of(key)):
            assert getattr(PARTS[section](app), name) == value_of(wanted, key), key
    for key, look in ALSO.items():
        assert look(app) == value_of(wanted, key), key
