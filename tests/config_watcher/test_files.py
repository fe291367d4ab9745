"""How an edit reaches the disk: in pieces, by replacing, by links, or not readable at all."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.config import load_settings
from modelus_bot.config.watching import ConfigWatcher, WatchPace
from tests.config_watcher.desk import QUICK, Desk, desk_at
from tests.waiting import scene_of


async def test_an_edit_applies_within_a_second(path: Path) -> None:
    """At the pace of the running bot, the quickest of three edits takes less than a second."""
    async with desk_at(path, pace=WatchPace()) as desk:
        took = []
        for port in (2, 3, 4):
            started = time.monotonic()
            await desk.change(lambda port=port: desk.write(f"[database]\nqueue_limit = {port}\n"))
            took.append(time.monotonic() - started)

    assert min(took) < 1.0


async def test_a_half_written_file_is_not_read(path: Path) -> None:
    """A file that is emptied, filled in pieces and ends within a line is taken only when it is whole."""
    patient = WatchPace(look=0.1, quiet=0.04, unfinished=0.6, patience=5.0)
    async with desk_at(path, pace=patient) as desk:
        with path.open("w", encoding="utf-8") as file:
            for piece in ("", "[database]\nqueue_limit = 5", "00\ngroup_", "limit = 20", "0\n"):
                file.write(piece)
                file.flush()
                await scene_of(0.1)
        await desk.until(lambda: desk.changes)

    (change,) = desk.changes
    assert (change.new.database.queue_limit, change.new.database.group_limit) == (500, 200)
    assert desk.problems == []


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


def may_read_everything(folder: Path) -> bool:
    """Say whether permissions do not count for who runs the tests, as for root."""
    closed = folder / "closed"
    closed.touch(mode=0)
    return os.access(closed, os.R_OK)


@pytest.mark.parametrize("how", ["forbidden", "folder", "dangling", "circle"])
async def test_an_unreadable_file(desk: Desk, how: str, tmp_path: Path) -> None:
    """A file that cannot be read is said once and changes nothing; readable again, it is read."""
    if how == "forbidden" and may_read_everything(tmp_path):
        pytest.skip("this user may read everything")

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
        await scene_of(0.3)
        desk.path.parent.mkdir()
        await scene_of(0.3)
        text = f"[database]\nqueue_limit = {number}\n"
        change = await desk.change(lambda text=text: desk.write(text))
        assert change.new.database.queue_limit == number


async def test_a_hundred_quick_edits(desk: Desk) -> None:
    """Of many edits in a row the last one holds, whatever was seen of those before."""
    for number in range(1, 101):
        desk.write(f"[database]\nqueue_limit = {number}\n")
        await scene_of(0.002)

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
    import modelus_bot.config.watching as module

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
    async with desk_at(path, pace=WatchPace()) as desk:
        await scene_of(0.2)
        desk.write("[database]\n")
        started = time.monotonic()
    took = time.monotonic() - started

    assert took < 1.0
    assert asyncio.all_tasks() == before
