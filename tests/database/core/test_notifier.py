"""Who tells and who hears need not know each other."""

import pytest

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.errors import DiskFull
from modelus_bot.database.core.notifier import NOBODY, Notifier


def test_all_hear_in_the_order_in_which_they_came() -> None:
    """Those who subscribe later hear of what happens later; telling nobody is no failure."""
    heard: list[tuple[str, int]] = []
    notifier = Notifier[int]()
    notifier.tell(1)
    notifier.subscribe(lambda news: heard.append(("first", news)))
    notifier.tell(2)
    notifier.subscribe(lambda news: heard.append(("second", news)))
    notifier.tell(3)
    assert heard == [("first", 2), ("first", 3), ("second", 3)]


def test_a_fault_of_one_is_the_tellers_to_hear() -> None:
    """It is not swallowed."""
    notifier = Notifier[int]()

    def fault(_: int) -> None:
        raise LookupError

    notifier.subscribe(fault)
    with pytest.raises(LookupError):
        notifier.tell(1)


def test_nobody_hears_nothing() -> None:
    """Who oversees nothing may be told all the same."""
    NOBODY.tell(Alert("kind", "Text."))
    NOBODY.suspect(DiskFull())
