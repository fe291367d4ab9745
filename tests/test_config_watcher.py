"""Edits of config.toml while the bot runs: applied as a whole, refused with a reason, never lost."""

import asyncio
import os
import time
import types
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
import tomlkit
from annotated_types import Ge, Gt, Le

from modelus_bot.config import applies_live, load_settings
from modelus_bot.config.keys import field_of, keys, value_of
from modelus_bot.config_watcher import Change, ConfigWatcher, Pace

QUICK = Pace(look=0.1, quiet=0.04, unfinished=0.16, patience=1.0)
SPECIAL: dict[str, tuple[Any, Any]] = {
    "server.timezone": ("Europe/Berlin", "Mars/Base"),
    "server.handoff": ("09:30", "9:30"),
    "server.admin_ids": ([1, 2], ["x"]),
}


class Desk:
    """Somebody who edits the file, and what the watcher makes of it."""

    def __init__(self, path: Path, watcher: ConfigWatcher) -> None:
        self.path = path
        self.watcher = watcher
        self.changes: list[Change] = []
        self.problems: list[str] = []
        watcher.subscribe(self.changes.append)
        watcher.on_problem = self.problems.append

    def write(self, text: str) -> None:
        """Write into the file in place."""
        self.path.write_text(text, encoding="utf-8")

    async def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.005)

    async def change(self, edit: Callable[[], object]) -> Change:
        """Make an edit and return the one change it led to."""
        before = len(self.changes)
        edit()
        await self.until(lambda: len(self.changes) > before)
        assert len(self.changes) == before + 1
        return self.changes[-1]

    async def problem(self, edit: Callable[[], object]) -> str:
        """Make an edit and return what was said against it."""
        before = len(self.problems)
        edit()
        await self.until(lambda: len(self.problems) > before)
        assert len(self.problems) == before + 1
        return self.problems[-1]

    async def quiet(self, edit: Callable[[], object], seconds: float = 0.6) -> None:
        """Make an edit and see that nothing is announced and nothing said."""
        before = (len(self.changes), len(self.problems))
        edit()
        await asyncio.sleep(seconds)
        assert (len(self.changes), len(self.problems)) == before


@asynccontextmanager
async def desk_at(path: Path, environment: dict[str, str] | None = None, **more: Any) -> AsyncIterator[Desk]:
    """Watch the file at ``path``, quickly unless told otherwise."""
    environment = environment or {}
    more.setdefault("pace", QUICK)
    async with ConfigWatcher(
        path, load_settings(path, environment), environment=environment, **more
    ) as watcher:
        yield Desk(path, watcher)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the settings file is."""
    file = tmp_path / "etc" / "config.toml"
    file.parent.mkdir()
    file.write_text("[sandbox]\nport = 1\n", encoding="utf-8")
    return file


@pytest.fixture
async def desk(path: Path) -> AsyncIterator[Desk]:
    """A watched file with one setting in it."""
    async with desk_at(path) as found:
        yield found


def values_for(key: str) -> tuple[Any, Any]:
    """Return a valid value that is not the default, and an invalid one, from the setting's definition."""
    if key in SPECIAL:
        return SPECIAL[key]
    field = field_of(key)
    kind: Any = field.annotation
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
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
    return ", ".join(f"{one}" for one in value) if isinstance(value, list | tuple) else str(value)


async def test_an_edit_applies_within_a_second(path: Path) -> None:
    """At the pace of the running bot, the quickest of three edits takes less than a second."""
    async with desk_at(path, pace=Pace()) as desk:
        took = []
        for port in (2, 3, 4):
            started = time.monotonic()
            await desk.change(lambda port=port: desk.write(f"[database]\nqueue_limit = {port}\n"))
            took.append(time.monotonic() - started)

    assert min(took) < 1.0


async def test_only_values_count(desk: Desk) -> None:
    """Comments, order and defaults written out are no change."""
    await desk.quiet(
        lambda: desk.write('# new\n[logging]\nlevel = "INFO"\n[sandbox]\n# old\nport = 1 # one\n')
    )

    change = await desk.change(lambda: desk.write('[logging]\nlevel = "DEBUG"\n[sandbox]\nport = 1\n'))
    assert change.keys == ("logging.level",)


async def test_a_half_written_file_is_not_read(path: Path) -> None:
    """A file that is emptied, filled in pieces and ends within a line is taken only when it is whole."""
    patient = Pace(look=0.1, quiet=0.04, unfinished=0.6, patience=5.0)
    async with desk_at(path, pace=patient) as desk:
        with path.open("w", encoding="utf-8") as file:
            for piece in ("", "[database]\nqueue_limit = 5", "00\ngroup_", "limit = 20", "0\n"):
                file.write(piece)
                file.flush()
                await asyncio.sleep(0.1)
        await desk.until(lambda: desk.changes)

    (change,) = desk.changes
    assert (change.new.database.queue_limit, change.new.database.group_limit) == (500, 200)
    assert desk.problems == []


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


async def test_an_atomically_replaced_file(desk: Desk, tmp_path: Path) -> None:
    """A new file moved over the old one, from beside it or elsewhere, is read; again and again."""
    for number, folder in enumerate((desk.path.parent, tmp_path, desk.path.parent), 5):
        fresh = folder / "fresh.toml"
        fresh.write_text(f"[database]\nqueue_limit = {number}\n", encoding="utf-8")
        change = await desk.change(lambda fresh=fresh: fresh.replace(desk.path))
        assert change.new.database.queue_limit == number


async def test_deleted_and_restored(desk: Desk) -> None:
    """Without the file the last good settings hold, which is said once; what comes back is compared."""
    await desk.change(lambda: desk.write("[database]\nqueue_limit = 5\n"))

    said = await desk.problem(desk.path.unlink)
    assert "is gone" in said
    assert desk.watcher.settings.database.queue_limit == 5
    await desk.quiet(lambda: desk.write("[database]\nqueue_limit = 5\n"))

    await desk.problem(desk.path.unlink)
    change = await desk.change(lambda: desk.write("[database]\nqueue_limit = 6\n"))
    assert (change.old.database.queue_limit, change.new.database.queue_limit) == (5, 6)


async def test_an_emptied_file_changes_nothing(desk: Desk) -> None:
    """A file without a character is a slip or half a save, not a wish for defaults."""
    await desk.change(lambda: desk.write("[database]\nqueue_limit = 5\n"))

    assert "is empty" in await desk.problem(lambda: desk.write(""))
    assert desk.watcher.settings.database.queue_limit == 5


@pytest.mark.parametrize("how", ["forbidden", "folder", "dangling", "circle"])
async def test_an_unreadable_file(desk: Desk, how: str) -> None:
    """A file that cannot be read is said once and changes nothing; readable again, it is read."""
    if how == "forbidden" and os.geteuid() == 0:
        pytest.skip("root may read everything")

    def spoil() -> None:
        if how == "forbidden":
            desk.path.chmod(0)
            return
        desk.path.unlink()
        if how == "folder":
            desk.path.mkdir()
        else:
            desk.path.symlink_to("nowhere.toml" if how == "dangling" else desk.path.name)

    def mend() -> None:
        if how == "forbidden":
            desk.path.chmod(0o600)
        elif how == "folder":
            desk.path.rmdir()
        else:
            desk.path.unlink()
        desk.write("[database]\nqueue_limit = 7\n")

    said = await desk.problem(spoil)
    assert str(desk.path) in said
    assert "the settings stay as they are" in said.lower()
    assert desk.changes == []
    assert (await desk.change(mend)).new.database.queue_limit == 7


async def test_mounted_settings_are_swapped_by_links(tmp_path: Path) -> None:
    """As Kubernetes does it: config.toml → ..data/config.toml, and ..data is replaced by another link."""
    mount = tmp_path / "etc"
    mount.mkdir()

    def publish(number: int) -> None:
        version = mount / f"..2026_{number}"
        version.mkdir()
        (version / "config.toml").write_text(
            f'[database]\npath = "here.db"\nqueue_limit = {number}\n', encoding="utf-8"
        )
        (mount / "..data_tmp").symlink_to(version.name)
        (mount / "..data_tmp").replace(mount / "..data")

    publish(1)
    (mount / "config.toml").symlink_to("..data/config.toml")
    async with desk_at(mount / "config.toml") as desk:
        for number in (2, 3):
            change = await desk.change(lambda number=number: publish(number))
            assert change.keys == ("database.queue_limit",)
            assert change.needs_restart == ()
            assert change.new.database.queue_limit == number
            assert change.new.database.path == mount / "here.db"


async def test_a_link_out_of_the_folder(tmp_path: Path) -> None:
    """Edits of a file elsewhere that config.toml is a link to are noticed without any notification."""
    real, link = tmp_path / "real" / "settings.toml", tmp_path / "etc" / "config.toml"
    for file in (real, link):
        file.parent.mkdir()
    real.write_text("[database]\nqueue_limit = 1\n", encoding="utf-8")
    link.symlink_to(real)
    async with desk_at(link) as desk:
        text = "[database]\nqueue_limit = 2\n"
        change = await desk.change(lambda: real.write_text(text, encoding="utf-8"))

    assert change.new.database.queue_limit == 2


async def test_the_folder_deleted_and_back(desk: Desk) -> None:
    """With its whole folder gone the bot goes on; folder and file made anew are watched again."""

    def delete() -> None:
        desk.path.unlink()
        desk.path.parent.rmdir()

    for number in (8, 9):
        assert "is gone" in await desk.problem(delete)
        await asyncio.sleep(0.3)
        desk.path.parent.mkdir()
        await asyncio.sleep(0.3)
        text = f"[database]\nqueue_limit = {number}\n"
        change = await desk.change(lambda text=text: desk.write(text))
        assert change.new.database.queue_limit == number


async def test_a_hundred_quick_edits(desk: Desk) -> None:
    """Of many edits in a row the last one holds, whatever was seen of those before."""
    for number in range(1, 101):
        desk.write(f"[database]\nqueue_limit = {number}\n")
        await asyncio.sleep(0.002)

    await desk.until(lambda: desk.watcher.settings.database.queue_limit == 100)
    await desk.quiet(lambda: None)
    assert desk.changes[-1].new.database.queue_limit == 100
    assert desk.problems == []


async def test_a_file_that_never_rests_is_read_all_the_same(desk: Desk) -> None:
    """Edits without end do not keep the settings from being applied."""
    number = 0
    async with asyncio.timeout(10):
        while not desk.changes:
            number += 1
            desk.write(f"[database]\nqueue_limit = {1000 + number}\n")
            await asyncio.sleep(0.01)

    assert desk.watcher.settings.database.queue_limit > 1000


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


async def test_an_edit_between_loading_and_watching(path: Path) -> None:
    """What is written while the bot is still starting is noticed as soon as it watches."""
    settings = load_settings(path, {})
    path.write_text("[sandbox]\nport = 1\n[database]\nqueue_limit = 5\n", encoding="utf-8")
    watcher = ConfigWatcher(path, settings, environment={}, pace=QUICK)
    desk = Desk(path, watcher)
    async with watcher:
        await desk.until(lambda: desk.changes)

    assert desk.changes[0].keys == ("database.queue_limit",)


async def test_a_file_that_is_made_later(tmp_path: Path) -> None:
    """Started without a file nothing is said about its absence; one that appears is applied."""
    path = tmp_path / "config.toml"
    watcher = ConfigWatcher(path, load_settings(None, {}), environment={}, pace=QUICK)
    desk = Desk(path, watcher)
    async with watcher:
        await desk.quiet(lambda: None, 0.4)
        change = await desk.change(lambda: desk.write("[database]\nqueue_limit = 5\n"))

    assert "database.queue_limit" in change.keys


async def test_without_notifications_the_folder_is_polled(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system has no more watches to give, edits are noticed by looking."""
    import modelus_bot.config_watcher as module

    asked: list[bool | None] = []
    real = module.awatch

    def exhausted(*folders: Path, force_polling: bool | None, **more: Any) -> Any:
        asked.append(force_polling)
        if not force_polling:
            raise OSError("OS file watch limit reached.")
        return real(*folders, force_polling=force_polling, poll_delay_ms=50, **more)

    monkeypatch.setattr(module, "awatch", exhausted)
    async with desk_at(path) as desk:
        change = await desk.change(lambda: desk.write("[database]\nqueue_limit = 5\n"))
        await desk.until(lambda: len(asked) > 1)

    assert change.new.database.queue_limit == 5
    assert asked[:2] == [None, True]


async def test_stopping_is_quick(path: Path) -> None:
    """The watcher leaves no task behind and does not hold up the end."""
    before = asyncio.all_tasks()
    async with desk_at(path, pace=Pace()) as desk:
        await asyncio.sleep(0.2)
        desk.write("[database]\n")
        started = time.monotonic()
    took = time.monotonic() - started

    assert took < 1.0
    assert asyncio.all_tasks() == before
