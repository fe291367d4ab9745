"""What the machinery says becomes words that people read."""

from __future__ import annotations

import pytest

from modelus_bot.ui.spoken import operation_words, spoken


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("archive, 2026-11-30T06:39:01.753883+00:00", "archive, <t:1796020741:F>"),
        ("it begins at 2026-11-30 06:39:01 UTC", "it begins at <t:1796020741:F>"),
        ("at 2026-11-30T06:39Z.", "at <t:1796020740:F>."),
        ("on 2026-11-30 it was", "on 2026-11-30 it was"),
        ("at 2026-99-30T06:39Z", "at 2026-99-30T06:39Z"),
        ("kept in /var/lib/modelus/data/bot.db-aside.", "kept in bot.db-aside."),
        ("“/srv/data/bot.db”: locked", "“bot.db”: locked"),
        ("archived in /srv/archive/, 3 s behind", "archived in archive, 3 s behind"),
        (
            "s3://bucket/folder/file and https://a.example/b/c",
            "s3://bucket/folder/file and https://a.example/b/c",
        ),
        ("use `/backup create` and 3/4/5", "use `/backup create` and 3/4/5"),
    ],
)
def test_instants_and_places(said: str, shown: str) -> None:
    """Instants become Discord's, folders go, days and addresses and commands stay."""
    assert spoken(said) == shown
    assert spoken(shown) == shown


def test_operations() -> None:
    """Queries are what is read, changes what is done."""
    assert operation_words("contents.kept_contents") == "reading kept contents"
    assert operation_words("SetHolder") == "set holder"
    assert operation_words("oncall.oncall_now") == "reading oncall now"
