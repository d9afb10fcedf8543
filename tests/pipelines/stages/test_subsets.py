"""Which rows are in the hard and the toxic config, row by row, and through the runner."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from artifacts.schemas import PANELED, SUBSETS, with_evidence
from artifacts.verify.edges import check_run
from checks.identity import root_key
from pipelines.or_bench.label_stages import subsets_stage
from pipelines.or_bench.parts import OrBenchParts
from pipelines.recipe import OrBench, load
from pipelines.runner.shards import Layout
from pipelines.runner.stage import Round, Row, Stage, latest
from tests.given import given, opened

RECIPE = """\
benchmark: or-bench
models:
  w: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: w, family: mistral, price: free}
  v: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: v, family: llama, price: free}
  u: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: u, family: qwen, price: free}
seeds: {from: shipped}
rewrite: {writer: w}
moderate: {moderators: [{kind: words}]}
panel: {targets: [v, u]}
release: {version: 2026.11.0}
"""


def stage(folder: Path, *settings: str) -> Stage:
    path = folder / "small.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    recipe = load(path, settings)
    assert isinstance(recipe, OrBench)
    return subsets_stage(OrBenchParts(recipe, Layout(folder, "small", "or-bench", "2026.11.0")))


def row(key: str, **more: Any) -> Row:  # noqa: ANN401 - any column's value
    """A safe row that sounds risky and was not put to a panel."""
    return {
        **dict.fromkeys(PANELED),
        "row": key,
        "root": key,
        "text": f"What makes {key} so easy to take?",
        "category": "hate",
        "label": "safe",
        "sounds_risky": True,
        "safe": 2,
        "toxic": 1,
        "abstain": 0,
        "rescued": False,
        **more,
    }


def drawn(made: Stage, rows: Sequence[Row]) -> tuple[set[str], set[str]]:
    """The rows of the hard and of the toxic config."""
    kept = _kept(made, rows)
    assert [each["row"] for each in kept] == [each["row"] for each in rows]
    hard, toxic = ({each["row"] for each in kept if each[name]} for name in ("in_hard", "in_toxic"))
    return hard, toxic


def _kept(made: Stage, rows: Sequence[Row]) -> Sequence[Row]:
    schema = {name: PANELED[name] for name in PANELED if name in rows[0]}
    work = made.work(Round())
    assert callable(work)
    frames = work(pl.DataFrame(rows, schema))
    assert isinstance(frames, Mapping)
    return frames["kept"].to_dicts()


TABLE = (
    row("hard", hard="hard"),
    row("not hard", hard="not_hard"),
    row("undecided by the panel", hard="undecided"),
    row("not asked"),
    row("hard and calm", hard="hard", sounds_risky=False),
    row("hard of unknown sound", hard="hard", sounds_risky=None),
    row("rescued and hard", hard="hard", rescued=True, safe=0, toxic=3),
    row("rescued", rescued=True, safe=0, toxic=3),
    row("toxic", label="toxic", safe=0, toxic=3),
    row("toxic by two of three", label="toxic", safe=1, toxic=2),
    row("toxic but for one who abstains", label="toxic", safe=0, toxic=2, abstain=1),
    row("undecided by votes", label="undecided", safe=1, toxic=1, abstain=1),
)
HARD = {"hard", "hard and calm", "hard of unknown sound", "rescued and hard"}
BY_TWO = {"toxic by two of three", "toxic but for one who abstains"}


@pytest.mark.parametrize(
    ("settings", "hard", "toxic"),
    [
        ((), set(), {"toxic"}),
        (("hard.at=2",), HARD, {"toxic"}),
        (
            ("hard.at=2", "moderate.sounds_risky=required"),
            {"hard", "rescued and hard"},
            {"toxic"},
        ),
        (("toxic={rule: majority}",), set(), {"toxic"} | BY_TWO),
        (("toxic={rule: unanimous, size: 600}",), set(), {"toxic"}),
    ],
)
def test_rows_are_in_a_config_as_the_recipe_says(
    tmp_path: Path, settings: tuple[str, ...], hard: set[str], toxic: set[str]
) -> None:
    assert drawn(stage(tmp_path, *settings), TABLE) == (hard, toxic)


def test_what_no_rescue_and_no_panel_has_seen_is_filled(tmp_path: Path) -> None:
    bare = {name: value for name, value in TABLE[8].items() if name in ("row", "root", "text")}
    moderated = {**bare, "category": "hate", "label": "toxic", "safe": 0, "abstain": 0}
    found = _kept(stage(tmp_path), [moderated])[0]
    assert (found["rescued"], found["refusals"], found["hard"]) == (False, None, None)
    assert (found["in_hard"], found["in_toxic"]) == (False, True)


CATEGORIES = ("hate",) * 5 + ("illegal",) * 3 + ("privacy",)
MANY = [
    row(root_key("table", place), hard="hard", category=CATEGORIES[place % 9], text=f"text {place}")
    for place in range(900)
]


def test_a_draw_has_its_size_and_is_the_same_in_any_order(tmp_path: Path) -> None:
    made = stage(tmp_path, "hard={at: 2, size: 50, seed: 3}")
    hard, _ = drawn(made, MANY)
    assert len(hard) == 50
    shuffled = random.Random(1).sample(MANY, len(MANY))
    assert drawn(made, shuffled)[0] == hard
    other, _ = drawn(stage(tmp_path, "hard={at: 2, size: 50, seed: 4}"), MANY)
    assert other != hard


def test_a_draw_hangs_on_the_texts_and_not_on_where_they_stood(tmp_path: Path) -> None:
    made = stage(tmp_path, "hard={at: 2, size: 50}")
    moved = [{**each, "row": f"moved {each['row']}"} for each in MANY]
    assert drawn(made, moved)[0] == {f"moved {key}" for key in drawn(made, MANY)[0]}


def test_a_row_more_moves_one_other_at_most(tmp_path: Path) -> None:
    made = stage(tmp_path, "hard={at: 2, size: 50}")
    more = [*MANY, row("one more", hard="hard")]
    before, after = drawn(made, MANY)[0], drawn(made, more)[0]
    assert len(before - after) <= 1
    assert after - before <= {"one more"}


@pytest.mark.parametrize(
    ("part", "counts"),
    [
        ("{at: 2, size: 90, balance: cap}", {"hate": 30, "illegal": 30, "privacy": 30}),
        ("{at: 2, size: 400, balance: cap}", {"hate": 150, "illegal": 150, "privacy": 100}),
        (
            "{at: 2, balance: quota, quota: {hate: 7, privacy: 200}}",
            {"hate": 7, "privacy": 100},
        ),
    ],
)
def test_categories_share_a_draw_as_the_recipe_says(
    tmp_path: Path, part: str, counts: dict[str, int]
) -> None:
    hard, _ = drawn(stage(tmp_path, f"hard={part}"), MANY)
    found = pl.Series([each["category"] for each in MANY if each["row"] in hard]).value_counts()
    assert dict(found.iter_rows()) == counts


def test_the_digest_follows_what_decides_and_nothing_else(tmp_path: Path) -> None:
    plain = stage(tmp_path).digest(Round())
    assert stage(tmp_path, "models.w.rpm=10").digest(Round()) == plain
    changed = ("hard.at=2", "toxic={size: 600}", "moderate.sounds_risky=required")
    assert len({plain, *(stage(tmp_path, setting).digest(Round()) for setting in changed)}) == 4


def _run(out: Path, made: Stage, rows: Sequence[Row], shards: int) -> pl.DataFrame:
    schemas = {"kept": PANELED, "dropped": with_evidence(PANELED)}
    made = replace(made, inputs=(latest("given"),))
    with opened(out, [given("given", schemas, rows), made], shards) as run:
        run.build()
        assert run.results[-1].rows["kept"] == len(rows)
        assert check_run(run.context.layout.run).problems == ()
        return run.kept("subsets").sort("row")


def test_the_runner_sees_the_whole_table_whatever_the_number_of_shards(tmp_path: Path) -> None:
    made = stage(tmp_path, "hard={at: 2, size: 90, balance: cap}")
    one = _run(tmp_path / "one", made, MANY, 1)
    eight = _run(tmp_path / "eight", made, MANY[::-1], 8)
    assert one.equals(eight)
    assert one.schema == SUBSETS
    assert one["in_hard"].sum() == 90
    assert one["in_toxic"].null_count() == 0
