"""What an edit leads to: values that apply now, later or not at all, and who is told."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import tomlkit
from annotated_types import Ge, Gt, Le

from modelus_bot.config import applies_live
from modelus_bot.config.keys import field_of, keys, value_of
from modelus_bot.config.section import DiscordId
from modelus_bot.config.watching import Change
from tests.config_watcher.desk import Desk, desk_at

SPECIAL: dict[str, tuple[Any, Any]] = {
    "server.timezone": ("Europe/Berlin", "Mars/Base"),
    "server.handoff": ("09:30", "9:30"),
    "maintenance.time": ("04:30", "4:30"),
    "server.heads_up": ("16:30", "4:30"),
    "server.weekly_time": ("10:30", "soon"),
    "server.admin_ids": ([1, 2], ["x"]),
    "server.reminder_days": ([14, 2], [0]),
}


def values_for(key: str) -> tuple[Any, Any]:
    """Return a valid value that is not the default, and an invalid one, from the setting's definition."""
    if key in SPECIAL:
        return SPECIAL[key]
    field = field_of(key)
    kind: Any = field.annotation
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if kind == DiscordId:
        return 123456789012345678, 0
    if get_origin(kind) is Literal:
        return next(choice for choice in get_args(kind) if choice != field.default), "neither"
    if kind in (int, float):
        limits = {type(limit): limit for limit in field.metadata}
        highest = limits[Le].le if Le in limits else None
        lowest = limits[Ge].ge if Ge in limits else limits[Gt].gt
        above = (field.default or lowest) + 1
        valid = above if highest is None or above <= highest else field.default - 1
        return valid, lowest - 1 if highest is None else highest + 1
    return f"other/{key}", 5


async def test_every_setting_is_edited_live(desk: Desk) -> None:
    """Each key in turn: a valid value applies or waits for a restart, an invalid one changes nothing."""
    document: dict[str, dict[str, Any]] = {"sandbox": {"port": 1}}
    waiting: list[str] = []
    for key in keys():
        section, name = key.split(".")
        valid, invalid = values_for(key)
        document.setdefault(section, {})[name] = valid
        text = tomlkit.dumps(document)

        change = await desk.change(lambda text=text: desk.write(text))

        if applies_live(field_of(key)):
            assert change.keys == (key,)
            assert as_shown(value_of(change.new, key)).endswith(as_shown(valid)), key
        else:
            waiting.append(key)
            assert change.keys == ()
            assert value_of(change.new, key) == value_of(change.old, key)
        assert set(change.needs_restart) == set(waiting)
        assert desk.watcher.settings == change.new

        broken = tomlkit.dumps(document | {section: document[section] | {name: invalid}})
        said = await desk.problem(lambda broken=broken: desk.write(broken))

        lines = broken.splitlines()
        start = lines.index(f"[{section}]")
        line = next(at for at in range(start, len(lines)) if lines[at].startswith(f"{name} =")) + 1
        assert f"{desk.path}:{line}: {key} cannot be " in said
        assert as_shown(invalid) in said
        assert "Allowed: " in said
        assert desk.watcher.settings == change.new


def as_shown(value: Any) -> str:
    """Return how a value of the document is put in words."""
    return ", ".join(f"{item}" for item in value) if isinstance(value, list | tuple) else str(value)


async def test_only_values_count(desk: Desk) -> None:
    """Comments, order and defaults written out are no change."""
    await desk.quiet(
        lambda: desk.write('# new\n[logging]\nlevel = "INFO"\n[sandbox]\n# old\nport = 1 # one\n')
    )

    change = await desk.change(lambda: desk.write('[logging]\nlevel = "DEBUG"\n[sandbox]\nport = 1\n'))
    assert change.keys == ("logging.level",)


async def test_a_bad_edit_is_said_once(desk: Desk) -> None:
    """The same mistake saved again is not repeated; mended and made again, it is."""
    bad = "[database]\nqueue_limt = 5\n"
    said = await desk.problem(lambda: desk.write(bad))
    assert f"{desk.path}:2: database.queue_limt is not a setting. Did you mean database.queue_limit?" in said
    await desk.quiet(lambda: desk.write(bad))

    await desk.quiet(lambda: desk.write("[sandbox]\nport = 1\n"))
    assert await desk.problem(lambda: desk.write(bad)) == said
    assert desk.changes == []


async def test_a_good_part_of_a_bad_edit_is_not_applied(desk: Desk) -> None:
    """An edit with one good and one bad value changes nothing."""
    before = desk.watcher.settings

    await desk.problem(lambda: desk.write("[database]\nqueue_limit = 5\ngroup_limit = 0\n"))

    assert desk.changes == []
    assert desk.watcher.settings is before


async def test_an_edit_during_an_apply(path: Path) -> None:
    """An edit that is made while another is being applied follows it."""
    async with desk_at(path) as desk:

        def edit_again(change: Change) -> None:
            if change.new.database.queue_limit == 5:
                desk.write("[database]\nqueue_limit = 6\n")

        desk.watcher.subscribe(edit_again)
        desk.write("[database]\nqueue_limit = 5\n")
        await desk.until(lambda: len(desk.changes) == 2)

    assert [change.new.database.queue_limit for change in desk.changes] == [5, 6]
    assert desk.changes[1].old == desk.changes[0].new


async def test_a_part_that_fails_does_not_keep_the_edit_from_others(path: Path) -> None:
    """A subscriber's fault is its own; the next one and the next edit are served."""
    async with desk_at(path) as desk:
        later: list[int] = []

        def fail(_: Change) -> None:
            raise RuntimeError("a part is broken")

        desk.watcher.subscribe(fail)
        desk.watcher.subscribe(lambda change: later.append(change.new.database.queue_limit))
        for number in (5, 6):
            text = f"[database]\nqueue_limit = {number}\n"
            await desk.change(lambda text=text: desk.write(text))

    assert later == [5, 6]


async def test_the_environment_goes_on_winning(path: Path) -> None:
    """An edit of a setting that a variable decides changes nothing, and other keys of it still apply."""
    async with desk_at(path, {"MODELUS_BOT__LOGGING__LEVEL": "ERROR"}) as desk:
        await desk.quiet(lambda: desk.write('[logging]\nlevel = "DEBUG"\n[sandbox]\nport = 1\n'))
        text = '[logging]\nlevel = "TRACE"\nretention_days = 3\n[sandbox]\nport = 1\n'
        change = await desk.change(lambda: desk.write(text))

    assert change.keys == ("logging.retention_days",)
    assert change.new.logging.level == "ERROR"


async def test_fixed_keys_are_no_change(path: Path) -> None:
    """What whoever runs the bot has decided stays, whatever the file says."""
    async with desk_at(path, fixed=("server.duty_channel_id", "sandbox.port")) as desk:
        await desk.quiet(lambda: desk.write("[server]\nduty_channel_id = 5\n[sandbox]\nport = 2\n"))
        text = "[server]\nduty_channel_id = 6\nadmin_ids = [1]\n[sandbox]\nport = 3\n"
        change = await desk.change(lambda: desk.write(text))

    assert (change.keys, change.needs_restart) == (("server.admin_ids",), ())
    assert change.new.server.duty_channel_id is None


async def test_a_restart_that_is_no_longer_needed(desk: Desk) -> None:
    """A key that waits for the next start keeps its value, and taken back it waits no more."""
    change = await desk.change(lambda: desk.write("[sandbox]\nport = 2\n"))
    assert (change.needs_restart, change.new.sandbox.port) == (("sandbox.port",), 1)

    change = await desk.change(lambda: desk.write("[sandbox]\nport = 2\n[database]\nqueue_limit = 5\n"))
    assert (change.keys, change.needs_restart) == (("database.queue_limit",), ("sandbox.port",))

    change = await desk.change(lambda: desk.write("[sandbox]\nport = 1\n[database]\nqueue_limit = 5\n"))
    assert (change.keys, change.needs_restart) == ((), ())
