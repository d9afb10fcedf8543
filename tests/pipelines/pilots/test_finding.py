"""Which pilots are of a recipe: sizes, addresses and limits decide nothing, what is asked does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.pilots.finding import find_pilot
from pipelines.pilots.parts import differing
from pipelines.pilots.record import PilotRecord, PilotUnusableError, read_record, write_record
from tests.loopback import write_recipe
from tests.pipelines.pilots.piloting import SMALL, loaded
from tests.pipelines.pilots.records import record_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL)


@pytest.fixture
def record(path: Path) -> PilotRecord:
    return record_of(loaded(path))


@pytest.mark.parametrize(
    "change",
    [
        "seeds.per_category=9",
        "rewrite.target=80",
        "rewrite={writer: writer, per_seed: 2, checks: [], target: 80, rounds: 3, min_yield: 0.1}",
        "models.a.base_url=http://127.0.0.1:10/v1",
        "models.a.rpm=60",
        "models.a.price=free",
        "budget={max_usd: 3}",
        "gates={min_per_category: 3}",
        "release.version=2027.1.0",
    ],
)
def test_what_changes_no_request_leaves_a_pilot_in_use(
    path: Path, record: PilotRecord, change: str
) -> None:
    assert differing(record, loaded(path, [change])) == ()


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("models.a.model=another", "moderate"),
        ("models.a.max_tokens=80", "moderate"),
        ("rewrite.per_seed=3", "rewrite"),
        ("moderate.tries=1", "moderate"),
        ("moderate.policy=lenient", "moderate"),
        ("openers={max_share: 0.5}", "openers"),
        ("mode=refresh", "mode"),
        ("clean.max_chars=100", "clean"),
    ],
)
def test_what_changes_requests_is_named(
    path: Path, record: PilotRecord, change: str, part: str
) -> None:
    assert differing(record, loaded(path, [change])) == (part,)


@pytest.mark.parametrize("change", ["hard.min_yield=0.1", "hard.rounds=4", "hard.size=70"])
def test_when_rounds_end_leaves_a_pilot_in_use(path: Path, change: str) -> None:
    hard = ["panel={targets: [a]}", "hard={at: 1, size: 50, rounds: 3}"]
    assert differing(record_of(loaded(path, hard)), loaded(path, [*hard, change])) == ()


def test_another_policy_of_moderators_without_words_of_it_leaves_a_pilot_in_use(path: Path) -> None:
    offline = "moderate={moderators: [{kind: words}], policy: {policy}}"
    paper, lenient = (offline.replace("{policy}", each) for each in ("paper", "lenient"))
    assert differing(record_of(loaded(path, [paper])), loaded(path, [lenient])) == ()


@pytest.mark.parametrize(
    ("name", "change", "part"),
    [
        ("seeds.csv", "seeds={from: seeds.csv}", "seeds"),
        (
            "judge.md",
            "panel={targets: [a], judge: {kind: llm, model: a, template: judge.md}}",
            "panel",
        ),
        ("others/known.csv", "dedup={threshold: null, against: [others/known.csv]}", "dedup"),
        ("others/known.csv", "dedup={threshold: null, against: [others]}", "dedup"),
    ],
)
def test_a_file_that_a_recipe_names_is_another_once_its_content_is(
    path: Path, name: str, change: str, part: str
) -> None:
    file = path.parent / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("prompt,category\nHow do locks work?,hate\n")
    recipe = loaded(path, [change])
    record = record_of(recipe)
    assert differing(record, recipe) == ()
    file.write_text("prompt,category\nHow do keys work?,hate\n")
    assert differing(record, recipe) == (part,)


def test_a_named_pilot_of_another_recipe_is_refused_in_a_line(
    path: Path, record: PilotRecord, tmp_path: Path
) -> None:
    file = write_record(tmp_path, record)
    other = loaded(path, ["models.a.model=another"])
    with pytest.raises(PilotUnusableError) as refused:
        find_pilot(other, tmp_path / "out", file)
    assert str(refused.value) == (
        "a pilot must be of the recipe that is planned; its `moderate` differs from this recipe's "
        "(got a pilot of loop 2026.11.0)"
    )


def test_a_pilot_of_an_older_recipe_in_the_folder_is_told_of_and_not_used(
    path: Path, record: PilotRecord, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write_record(out / "runs" / "loop" / "2026.11.0-pilot20", record)
    assert find_pilot(loaded(path), out).record == record
    changed = find_pilot(loaded(path, ["models.a.model=another", "mode=refresh"]), out)
    assert changed.record is None
    assert changed.note == (
        "the pilot in 2026.11.0-pilot20 is not used: its `moderate`, `mode` differ from this "
        "recipe's"
    )


def test_of_several_pilots_the_largest_is_used_and_of_equal_ones_the_newest(
    path: Path, record: PilotRecord, tmp_path: Path
) -> None:
    runs, recipe = tmp_path / "out" / "runs" / "loop", loaded(path)
    (drawn,) = record.populations
    large = replace(record, populations=(replace(drawn, drawn=40),))
    later = replace(record, made="2026-12-24T12:00:00+00:00")
    write_record(runs / "2026.11.0-pilot20", record)
    write_record(runs / "2026.12.0-pilot20", later)
    assert find_pilot(recipe, tmp_path / "out").record == later
    write_record(runs / "2026.10.0-pilot40", large)
    assert find_pilot(recipe, tmp_path / "out").record == large


def test_where_there_is_no_pilot_there_is_nothing_to_say(path: Path, tmp_path: Path) -> None:
    found = find_pilot(loaded(path), tmp_path / "out")
    assert (found.record, found.note) == (None, "")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("populations", [], "seeds is none"),
        ("format", 2, "must be of format 1"),
        ("stages", "none", "a whole record: stages"),
        ("parts", None, "a whole record: parts"),
    ],
)
def test_a_malformed_record_is_refused_in_a_line(
    record: PilotRecord, tmp_path: Path, field: str, value: object, says: str
) -> None:
    file = write_record(tmp_path, record)
    file.write_text(json.dumps(json.loads(file.read_text()) | {field: value}))
    with pytest.raises(PilotUnusableError, match=says) as refused:
        read_record(file)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("key", "value"), [("mean", -1.0), ("sd", "NaN"), ("n", -3), ("mean", 1e400)]
)
def test_figures_that_nobody_can_have_measured_are_refused(
    record: PilotRecord, tmp_path: Path, key: str, value: object
) -> None:
    file = write_record(tmp_path, record)
    said = json.loads(file.read_text())
    said["populations"][0]["calls"][key] = value
    file.write_text(json.dumps(said).replace('"NaN"', "NaN"))
    with pytest.raises(PilotUnusableError, match="pilot's record must"):
        read_record(file)


def test_what_breaks_off_and_what_is_not_there_is_refused(
    record: PilotRecord, tmp_path: Path
) -> None:
    with pytest.raises(PilotUnusableError, match="must be readable"):
        read_record(tmp_path / "nowhere.json")
    file = write_record(tmp_path, record)
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(PilotUnusableError, match="whole record"):
        read_record(tmp_path)


def test_a_broken_pilot_in_the_folder_is_told_of_and_ends_no_plan(
    path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out" / "runs" / "loop" / "2026.11.0-pilot20"
    folder.mkdir(parents=True)
    (folder / "pilot.json").write_text("{")
    found = find_pilot(loaded(path), tmp_path / "out")
    assert found.record is None
    assert found.note.startswith("the pilot in 2026.11.0-pilot20 is not used: a pilot's record")
