"""The kinds of notices: each has its rule, and the schema knows the same ones."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from modelus_bot.bundled import migrations_dir
from modelus_bot.subjects.notices.rules.kinds import KINDS, NoticeType, wanted_delivery


def test_the_schema_knows_the_same_kinds() -> None:
    """A kind without a rule could not be chosen, one without a place in the schema not be queued."""
    script = (migrations_dir() / "0002.staff.sql").read_text("utf-8")
    found = re.search(r"valid_notification_type CHECK \(type IN \(([^)]*)\)\)", script)
    assert found is not None
    assert {name.strip("' ") for name in found[1].split(",")} == set(KINDS) == set(get_args(NoticeType))


def test_labels_tell_kinds_apart() -> None:
    """Nobody could choose between two of one name; who may not switch one off reads why."""
    assert len({kind.label for kind in KINDS.values()}) == len(KINDS)
    assert all(bool(kind.why_not) is not kind.may_be_off for kind in KINDS.values())


@pytest.mark.parametrize("type", KINDS)
def test_what_may_not_be_off_is_in_the_inbox(type: NoticeType) -> None:
    """Also where the choice was stored in another way than by asking for it."""
    assert wanted_delivery(type, None) == "dm"
    assert wanted_delivery(type, "inbox") == "inbox"
    assert wanted_delivery(type, "off") == ("off" if KINDS[type].may_be_off else "inbox")
    assert KINDS["cover"].may_be_off is KINDS["system"].may_be_off is False
