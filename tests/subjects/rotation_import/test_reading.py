"""Reading the Triage Rotation Bot's files: what cannot be used is named with its file and place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.bundled import sample_dir
from modelus_bot.subjects.rotation_import.model.data import RotationData
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.rotation_import.rules.mending import mend
from modelus_bot.subjects.rotation_import.rules.reading import FILES, LARGEST, parse, read_folder
from modelus_bot.subjects.rotation_import.writes.importing import ImportRotation

SAMPLE = {path.name: path.read_text("utf-8") for path in (sample_dir() / "rotation").iterdir()}
SPRINT = {"sprintName": "One", "startDate": "2025-01-06", "endDate": "2025-01-20"}


def problem(name: str, value: Any) -> str:
    """Return what is said when a file of the sample is replaced by ``value`` (JSON, or a text as it is)."""
    text = value if isinstance(value, str) else json.dumps(value)
    with pytest.raises(ImportProblem) as caught:
        mend(parse(SAMPLE | {name: text}))
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith((".", ")"))
    return said


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_file_is_named_with_the_place(name: str, share: float) -> None:
    """A file that ends in the middle gives its name, line and column."""
    text = SAMPLE[name][: int(len(SAMPLE[name]) * share)]

    said = problem(name, text)

    assert said.startswith(f"{name}, line ")
    assert "column" in said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("sprints.json", {}, "sprints.json: {}: "),
        ("sprints.json", [5], "sprints.json, entry 1: 5: "),
        ("sprints.json", [SPRINT, {"sprintName": "x"}], "sprints.json, entry 2, startDate: "),
        ("sprints.json", [SPRINT | {"startDate": "soon"}], 'entry 1, startDate: "soon": is not a day'),
        ("sprints.json", [SPRINT | {"startDate": "2025-02-30"}], "entry 1, startDate: "),
        ("sprints.json", [SPRINT | {"startDate": "0001-01-01"}], "between 2000 and 2199"),
        ("sprints.json", [SPRINT | {"endDate": 5}], "entry 1, endDate: 5: is not a day"),
        ("sprints.json", [SPRINT | {"sprintIndex": True}], "entry 1, sprintIndex: true: "),
        ("sprints.json", [SPRINT | {"sprintIndex": -1}], "entry 1, sprintIndex: -1: "),
        ("sprints.json", [SPRINT | {"sprintIndex": 10**40}], "entry 1, sprintIndex: "),
        ("sprints.json", [SPRINT | {"endDate": "2025-01-06"}], "“One” ends on 2025-01-06"),
        (
            "sprints.json",
            [SPRINT | {"sprintIndex": 1}, SPRINT | {"startDate": "2025-01-20", "endDate": "2025-01-21"}],
            "would both be number 1",
        ),
        ("sprints.json", [SPRINT] * 2001, "sprints.json: "),
        ("disciplines.json", [], "disciplines.json: []: "),
        ("disciplines.json", {"po": {}}, "disciplines.json, po: {}: "),
        ("disciplines.json", {"po": [{"name": "x"}]}, "disciplines.json, po, entry 1, slackId: "),
        ("disciplines.json", {"po": [{"slackId": "a b"}]}, 'po, entry 1, slackId: "a b": '),
        ("disciplines.json", {"po": [{"slackId": "U1", "active": "no"}]}, 'entry 1, active: "no": '),
        ("disciplines.json", {"uiEng": [], "ui_eng": []}, "two disciplines would be called ui_eng"),
        ("disciplines.json", {"§": []}, "cannot be used as a discipline's name"),
        ("currentState.json", [], "currentState.json: []: "),
        ("currentState.json", {"sprintIndex": "4"}, 'currentState.json, sprintIndex: "4": '),
        ("currentState.json", {"po": ["U1"]}, "currentState.json, po: "),
        ("overrides.json", {"a": 1}, "overrides.json: "),
        ("overrides.json", [{"role": "po"}], "overrides.json, entry 1, sprintIndex: "),
        (
            "overrides.json",
            [{"sprintIndex": 1, "role": "po", "approved": 1}],
            "overrides.json, entry 1, approved: 1: ",
        ),
        ("people.json", {"U1": 5}, "people.json, U1: 5: "),
        ("people.json", {"U1": 2**50, "U2": 2**50}, "are given the same Discord account"),
        ("sprints.json", '[{"sprintName": "a", "sprintName": "b"}]', '"sprintName" occurs twice'),
        ("sprints.json", "[NaN]", "NaN is not JSON"),
        ("sprints.json", f"[{'9' * 5000}]", "this is not JSON that can be read"),
        ("sprints.json", "[" * 200_000, "sprints.json"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(name: str, value: Any, words: str) -> None:
    """One sentence says which file, where in it, what stands there and what belongs there."""
    said = problem(name, value)

    assert name in said
    assert words in said, said


def test_every_further_problem_is_counted() -> None:
    """The first problem is named, and how many there are besides."""
    assert problem("sprints.json", [{}, {}]).endswith("(5 more problems)")


def test_neither_sprints_nor_rosters() -> None:
    """Without both there is nothing to import, and the sentence says what to give."""
    with pytest.raises(ImportProblem, match=r"Neither sprints\.json nor disciplines\.json"):
        parse({"overrides.json": "[]"})


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe[", "not UTF-8 text"), (b" " * (LARGEST + 1), "larger than 5 MB")],
)
def test_files_that_are_no_text_or_too_large(tmp_path: Path, content: bytes, words: str) -> None:
    """A file is read up to a limit, and named when it is not what it should be."""
    (tmp_path / "sprints.json").write_bytes(content)

    with pytest.raises(ImportProblem, match=words) as caught:
        read_folder(tmp_path)

    assert "sprints.json" in str(caught.value)


def test_folders_and_files_that_are_not_there(tmp_path: Path) -> None:
    """A missing folder, a missing people file and a folder in a file's place are told apart."""
    (tmp_path / "rota").mkdir()
    for name, text in SAMPLE.items():
        (tmp_path / "rota" / name).write_text(text, encoding="utf-8")

    def said(act: Callable[[], object]) -> str:
        with pytest.raises(ImportProblem) as caught:
            act()
        return str(caught.value)

    assert said(lambda: read_folder(tmp_path / "none")).endswith("is not a folder.")
    assert said(lambda: read_folder(tmp_path / "rota", tmp_path / "p.json")).endswith(
        "p.json does not exist."
    )
    assert "cannot be read" in said(lambda: read_folder(tmp_path / "rota", tmp_path))


def test_people_beside_the_files_are_found(tmp_path: Path) -> None:
    """people.json in the folder is read; another file can be named instead. A byte order mark is no harm."""
    for name, text in SAMPLE.items():
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
    (tmp_path / "people.json").write_text(json.dumps({"U01SAMPLE01": 2**50}), encoding="utf-8")
    (tmp_path / "others.json").write_text(json.dumps({"U01SAMPLE01": 2**51}), encoding="utf-8")

    assert read_folder(tmp_path).people == {"U01SAMPLE01": 2**50}
    assert read_folder(tmp_path, tmp_path / "others.json").people == {"U01SAMPLE01": 2**51}


def test_times_and_days_in_the_forms_that_occur() -> None:
    """Days may carry a time, times may be ISO or (milli)seconds; unreadable ones count as not given."""
    override = {"sprintIndex": 0, "role": "po", "newSlackId": "U01SAMPLE09", "approved": False}
    source = parse(
        SAMPLE
        | {
            "sprints.json": json.dumps([SPRINT | {"startDate": "2025-01-06T00:00:00.000Z"}]),
            "overrides.json": json.dumps(
                [
                    override | {"timestamp": "2025-01-06T00:00:10Z"},
                    override | {"timestamp": 1736121610000},
                    override | {"timestamp": 1736121610},
                    override | {"timestamp": "2025-01-06T00:00:10"},
                    override | {"timestamp": "just now"},
                ]
            ),
        }
    )

    assert source.sprints[0].start.isoformat() == "2025-01-06"
    assert [item.asked_at for item in source.overrides] == [1736121610] * 4 + [None]
    assert source.remarks == (
        "sprints.json: midnights in UTC were taken as days: 2025-01-06T00:00:00.000Z as 2025-01-06.",
        'overrides.json, entry 5: timestamp "just now" is no time that can be read; it counts as not given.',
    )


def test_names_are_cleaned_and_the_cleaning_is_said() -> None:
    """Control characters and endless names do not reach anybody's screen."""
    people = [{"slackId": "U1", "name": "An\x00na\n" + "x" * 300}, {"slackId": "U2", "name": "\u202e"}]

    data = mend(parse({"disciplines.json": json.dumps({"po": people, "dataEng": []})}))

    assert [len(person.name) for person in data.people] == [100, 8]
    assert data.people[0].name.startswith("An na x")
    assert data.people[1].name == "Slack U2"
    assert data.disciplines[1].label == "Data eng"
    assert {item.kind for item in data.mended} == {"missing_file", "name", "discipline"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["sprintName", "startDate", "endDate", "sprintIndex", "slackId", "name", "active", "role", "approved",
     "newSlackId", "requestedBy", "approvedBy", "timestamp", "po", "uiEng"]
)  # fmt: skip
LIKELY = st.one_of(
    JSON,
    st.sampled_from(
        ["2025-01-06", "2025-01-20", "2199-12-31", "U1", "U2", "po", True, 0, 1, 10**30, "\ud800"]
    ),
)
SHAPED = st.one_of(
    JSON,
    st.lists(st.dictionaries(FIELDS, LIKELY, max_size=8), max_size=3),
    st.dictionaries(FIELDS, st.lists(st.dictionaries(FIELDS, LIKELY, max_size=4), max_size=3), max_size=3),
    st.dictionaries(FIELDS, LIKELY, max_size=6),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*FILES, "people.json"]), SHAPED, min_size=1, max_size=5))
def test_any_json_is_a_rota_or_a_named_problem(files: dict[str, Any]) -> None:
    """Whatever JSON the files hold, the outcome is a payload that can be stored, or an ImportProblem."""
    try:
        data = mend(parse({name: json.dumps(value) for name, value in files.items()}))
    except ImportProblem as error:
        outcome = str(error)
    else:
        outcome = ImportRotation(data=data).model_dump_json()
        assert RotationData.model_validate_json(data.model_dump_json()) == data

    assert outcome


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FILES), st.binary(max_size=60), st.integers(0, 4000))
def test_any_damage_to_a_file_is_a_rota_or_a_named_problem(name: str, junk: bytes, place: int) -> None:
    """Bytes put anywhere into a file give a rota or an ImportProblem, never another exception."""
    text = SAMPLE[name]
    damaged = text[:place] + junk.decode("utf-8", "replace") + text[place + len(junk) :]
    try:
        outcome = len(mend(parse(SAMPLE | {name: damaged})).model_dump_json())
    except ImportProblem as error:
        outcome = len(str(error))

    assert outcome > 0
