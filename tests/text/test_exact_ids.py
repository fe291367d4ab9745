"""Ids are taken to the last digit or not at all, wherever people write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from modelus_bot.config import ConfigError, load_settings
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.rotation_import.rules.reading import parse
from modelus_bot.text.exact_ids import exact_id

ID = 123456789012345678
NO_IDS = (
    123456789012345678.0,
    1.5,
    True,
    None,
    0,
    -5,
    2**63,
    "123456789012345678.0",
    "1e17",
    "+5",
    "0x10",
    "1_000",
    "１２３",
    "<@123456789012345678>",
    "",
    [ID],
)


@pytest.mark.parametrize("value", NO_IDS)
def test_what_is_not_exactly_an_id_is_refused(value: object) -> None:
    """Decimals, signs, other digits, mentions."""
    with pytest.raises(ValueError, match="is not an id"):
        exact_id(value)


@pytest.mark.parametrize("value", [ID, str(ID), f" {ID} "])
def test_an_id_is_taken_to_the_last_digit(value: object) -> None:
    """As a number and as text."""
    assert exact_id(value) == ID


@pytest.mark.parametrize("written", ["123456789012345678.0", "1.23456789012345678e17"])
def test_decimals_are_refused_in_imports_and_settings(written: str, tmp_path: Path) -> None:
    """They would name another account, or another server, that is nearly the same."""
    with pytest.raises(ImportProblem, match="without a point"):
        parse({"sprints.json": "[]", "people.json": f'{{"U1": {written}}}'})
    for key in ("guild_id", "duty_channel_id", "alert_channel_id"):
        file = tmp_path / "config.toml"
        file.write_text(f"[server]\n{key} = {written}\n", encoding="utf-8")
        with pytest.raises(ConfigError, match="digits only"):
            load_settings(file, {})
    file.write_text(f"[server]\nadmin_ids = [{written}]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="list of Discord ids"):
        load_settings(file, {})


def test_operations_refuse_them_too() -> None:
    """Also what was kept as JSON, such as changes that were saved for later."""
    with pytest.raises(ValidationError, match="is not an id"):
        RegisterMember.model_validate({"discord_id": float(ID), "username": "A"})
