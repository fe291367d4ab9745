"""As whom a command works: what it makes or replaces must be the bot's user's to read afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from loguru import logger

from modelus_bot.config import Settings
from modelus_bot.runtime.ownership import Owner, become, decision, hand_over, myself, owner_of

__all__ = ["WrongUser", "as_owner", "handing_over", "look_as_owner", "require_owner"]


class WrongUser(Exception):
    """Files of another user would be changed by somebody who cannot give them back."""


@contextlib.contextmanager
def as_owner(settings: Settings, database: Path, *, strict: bool = True) -> Iterator[None]:
    """Work as the owner of ``database``, or of its folder, until the block ends.

    Root becomes that user for good; where that user cannot run this program, root hands over what it made.
    When ``strict`` raises ``WrongUser``, before anything is touched, for anybody else.
    """
    owner = owner_of(database)
    if strict:
        require_owner(database)
    if decision(myself().uid, owner.uid) != "become":
        yield
        return
    _hand_over(settings, database, owner)
    if (why := become(owner)) is None:
        yield
        return
    logger.bind(user=owner.name, why=why).debug("works_as_root")
    try:
        yield
    finally:
        _hand_over(settings, database, owner)


def look_as_owner(database: Path) -> None:
    """Let root see from now on what the owner of ``database`` sees; others stay who they are."""
    owner = owner_of(database)
    if decision(myself().uid, owner.uid) == "become":
        become(owner)


@contextlib.contextmanager
def handing_over(made: Path) -> Iterator[None]:
    """Give what the block writes to ``made`` to whose folder it is; raises ``WrongUser``."""
    foreign = require_owner(made)
    yield
    if foreign:
        hand_over(made.parent.glob(f"{made.name}*"), owner_of(made.parent))


def require_owner(file: Path) -> bool:
    """Say whether root works on somebody else's file; raises ``WrongUser`` when anybody but root does."""
    owner = owner_of(file)
    what = decision(myself().uid, owner.uid)
    if what == "refuse":
        raise WrongUser(
            f"{file} belongs to the user {owner.name}, who could not read what you would write there."
            f" Run the command as that user: sudo -u {owner.name} modelus-bot …"
        )
    return what == "become"


def _hand_over(settings: Settings, database: Path, owner: Owner) -> None:
    """Give the bot's user what root made where the bot keeps its files."""
    folder, log = database.parent, settings.logging.file
    folders = [folder, *([log.absolute().parent] if log is not None else [])]
    hand_over(folders, owner, deep=False)
    names = (f"{database.stem}.", f".{database.name}")
    beside = [path for path in folder.iterdir() if path.name.startswith(names)] if folder.is_dir() else []
    kept = (settings.backup.folder, settings.archive.folder, settings.integrity.quarantine)
    hand_over([*beside, *kept, *([log.absolute()] if log is not None else [])], owner)
