"""Settings: defaults, sources, and mistakes that are named so that they can be corrected."""

import string
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st
from pydantic import BaseModel

from modelus_bot.cli.config_docs import reference, template
from modelus_bot.config import ConfigError, Settings, load_settings
from modelus_bot.config.keys import field_of, keys

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-that-nobody-may-see"


def written(folder: Path, text: str) -> Path:
    """Return a settings file with ``text`` in it."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(path: Path | None, environment: dict[str, str] | None = None) -> str:
    """Return what is said about settings that cannot be used."""
    with pytest.raises(ConfigError) as caught:
        load_settings(path, environment or {})
    return str(caught.value)


def plain(settings: Settings) -> dict[str, object]:
    """Return settings as plain values, to compare."""
    return settings.model_dump()


def test_the_file_in_the_repository_has_the_defaults() -> None:
    """config.toml says exactly what holds without it, so that reading it never misleads."""
    found = Settings.model_validate(tomllib.loads((ROOT / "config.toml").read_text("utf-8")))

    assert plain(found) == plain(Settings())


def test_the_file_in_the_repository_names_every_setting() -> None:
    """config.toml and docs/configuration.md are what the settings' definitions give today."""
    assert (ROOT / "config.toml").read_text("utf-8") == template()
    assert (ROOT / "docs" / "configuration.md").read_text("utf-8") == reference()


def test_every_setting_is_documented() -> None:
    """Each setting has a sentence, a default and a range in the document."""
    lines = reference().splitlines()
    for section, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            own = lines[lines.index(f"## {section}") :]
            for key, inner in model.model_fields.items():
                row = next(line for line in own if line.startswith(f"| `{key}` |"))
                assert row.endswith(f"{inner.description} |")
                assert "| a value |" not in row


def test_without_a_file_the_defaults_hold_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder the bundled file is used and relative paths start at that folder."""
    monkeypatch.chdir(tmp_path)

    settings = load_settings(environment={})

    assert settings.database.path == tmp_path / "data" / "modelus.db"
    assert settings.token is None


def test_paths_start_at_the_file(tmp_path: Path) -> None:
    """Relative paths of a file elsewhere start at that file's folder; absolute ones stay."""
    path = written(
        tmp_path,
        '[database]\npath = "here.db"\n[logging]\nfile = "logs/x.jsonl"\n[sandbox]\npath = "/s.db"\n',
    )

    settings = load_settings(path, {})

    assert settings.database.path == tmp_path / "here.db"
    assert settings.logging.file == tmp_path / "logs" / "x.jsonl"
    assert settings.sandbox.path == Path("/s.db")


def test_the_environment_replaces_the_file(tmp_path: Path) -> None:
    """Variables win over the file, lists are separated by commas, empty values count as not set."""
    path = written(tmp_path, '[server]\nguild_id = 5\nhandoff = "09:30"\n')

    settings = load_settings(
        path,
        {
            "MODELUS_BOT__SERVER__GUILD_ID": "7",
            "MODELUS_BOT__SERVER__ADMIN_IDS": "1, 2,",
            "MODELUS_BOT__SERVER__HANDOFF": "",
            "MODELUS_BOT_CONFIG": "not a setting",
        },
    )

    assert settings.server.guild_id == 7
    assert settings.server.admin_ids == (1, 2)
    assert settings.server.handoff_minute == 570


def test_the_token_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    """DISCORD_TOKEN is used, else the file that DISCORD_TOKEN_FILE names; neither shows in the text."""
    kept = tmp_path / "token"
    kept.write_text(f"{TOKEN}\n", encoding="utf-8")

    from_variable = load_settings(environment={"DISCORD_TOKEN": TOKEN})
    from_file = load_settings(environment={"DISCORD_TOKEN_FILE": str(kept), "DISCORD_TOKEN": " "})

    for settings in (from_variable, from_file):
        assert settings.token is not None
        assert settings.token.get_secret_value() == TOKEN
        assert TOKEN not in repr(settings)
        assert TOKEN not in settings.model_dump_json()
    assert str(tmp_path / "none") in complaint(None, {"DISCORD_TOKEN_FILE": str(tmp_path / "none")})


def test_a_token_in_the_file_is_refused(tmp_path: Path) -> None:
    """The settings file is passed around, so the token may not stand in it."""
    said = complaint(written(tmp_path, f'token = "{TOKEN}"\n'))

    assert "DISCORD_TOKEN" in said
    assert TOKEN not in said


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("[sandbox]\nport = 99999\n", 2, "sandbox.port", ("99999", "at least 0", "at most 65 535")),
        ("[sandbox]\n\nport = true\n", 3, "sandbox.port", ("true", "a whole number")),
        ("[database]\nbusy_slice = 0\n", 2, "database.busy_slice", ("cannot be 0", "more than 0")),
        ("[database]\nbusy_slice = nan\n", 2, "database.busy_slice", ("nan", "at most 3 600")),
        ('[database]\nsynchronous = "OFF"\n', 2, "database.synchronous", ('"OFF"', "FULL, NORMAL")),
        ('[logging]\nlevel = "loud"\n', 2, "logging.level", ('"loud"', "TRACE, DEBUG, INFO")),
        ('[server]\ntimezone = "Mars/Base"\n', 2, "server.timezone", ("Mars/Base", "America/New_York")),
        ('[server]\nhandoff = "8:00"\n', 2, "server.handoff", ('"8:00"', "00:00 to 23:59")),
        ("[server]\nguild_id = 0\n", 2, "server.guild_id", ("cannot be 0", "digits only")),
        ('[server]\nadmin_ids = ["x"]\n', 2, "server.admin_ids", ('"x"', "list of Discord ids")),
        ("[database]\nqueue_limt = 5\n", 2, "database.queue_limt", ("Did you mean database.queue_limit?",)),
        ("[server]\n port = 5\n", 2, "server.port", ("Did you mean metrics.port?",)),
        ("[databse]\n", 1, "databse", ("Did you mean [database]?",)),
        ("[weather]\n", 1, "weather", ("server, activity, database, backup, archive, integrity",)),
        ("database = 5\n", 1, "database", ("must be a section",)),
    ],
)
def test_a_mistake_names_place_key_value_and_range(
    tmp_path: Path, text: str, line: int, key: str, words: tuple[str, ...]
) -> None:
    """Whoever reads the line knows where to go, what is wrong and what to write instead."""
    path = written(tmp_path, text)

    said = complaint(path)

    assert said.startswith(f"{path}:{line}: {key} "), said
    for word in words:
        assert word in said


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    """Three mistakes give three lines, and one made in the environment names its variable."""
    path = written(tmp_path, "[sandbox]\nport = -1\n[database]\ngroup_limit = 0\n")

    lines = complaint(path, {"MODELUS_BOT__LOGGING__LEVEL": "quiet"}).splitlines()

    assert len(lines) == 3
    assert {line.split(": ")[0] for line in lines} == {
        f"{path}:2",
        f"{path}:4",
        "MODELUS_BOT__LOGGING__LEVEL",
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[server\n", "line 1"),
        (b"\xff\xfe", "UTF-8"),
        (b"a = 1\na = 2\n", "line 2"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    """A half-written file gives one line with its name and the place."""
    path = tmp_path / "config.toml"
    path.write_bytes(content)

    said = complaint(path)

    assert said.startswith(f"{path}: ")
    assert words in said
    assert "\n" not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A file that was asked for by name is not replaced by the defaults."""
    assert (
        complaint(tmp_path / "none.toml")
        == f"{tmp_path / 'none.toml'}: cannot be read: {tmp_path / 'none.toml'} is not there (ENOENT)."
    )


@pytest.mark.parametrize("name", ["MODELUS_BOT__SERVER", "MODELUS_BOT____X", "MODELUS_BOT__SERVER__GUILD"])
def test_a_variable_that_is_no_setting_is_named(name: str) -> None:
    """A misspelt variable is not silently without effect."""
    assert name in complaint(None, {name: "1"})


KEYS = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12)
VALUES = st.one_of(st.integers(), st.floats(), st.booleans(), st.text(max_size=20), st.lists(st.integers()))
SECTIONS = st.dictionaries(
    st.one_of(st.sampled_from(["server", "database", "logging", "sandbox"]), KEYS),
    st.one_of(VALUES, st.dictionaries(st.one_of(st.sampled_from(["path", "port", "level"]), KEYS), VALUES)),
    max_size=4,
)


@configured(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SECTIONS)
def test_any_document_is_settings_or_a_named_mistake(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, object]
) -> None:
    """Whatever stands in the file, the answer is settings or a ConfigError with plain lines."""
    path = written(tmp_path_factory.getbasetemp(), as_toml(document))
    try:
        said = None
        settings = load_settings(path, {})
    except ConfigError as error:
        said = str(error)

    assert said is None or said.startswith(str(path))
    assert said is not None or settings.database.queue_limit >= 1


def as_toml(document: dict[str, object]) -> str:
    """Write a document of plain values and one level of sections as TOML."""
    import tomlkit

    return tomlkit.dumps(document)


def test_every_pattern_is_put_into_words(tmp_path: Path) -> None:
    """A setting that must have a certain form says which one, in words and with an example."""
    patterned = [
        key for key in keys() if any(getattr(part, "pattern", None) for part in field_of(key).metadata)
    ]
    assert patterned == ["server.handoff", "server.heads_up", "server.weekly_time", "maintenance.time"]
    for key in patterned:
        section, name = key.split(".")
        for wrong in ('"25:00"', '"noon"', "05:00:00"):
            said = complaint(written(tmp_path, f"[{section}]\n{name} = {wrong}\n"))
            assert said.endswith('Allowed: a time of day from 00:00 to 23:59, for instance "05:30".'), said
