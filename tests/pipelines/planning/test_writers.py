"""What a plan says of several writers."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.benchmarks import plan
from pipelines.planning import StagePlan
from pipelines.recipe import load
from tests.pipelines.planning.test_sorry_plan import SORRY
from tests.small_recipe import TEXT, small_recipe


def _planned(folder: Path, name: str, *overrides: str, text: str = TEXT) -> StagePlan:
    found = plan(load(small_recipe(folder, text), overrides))
    return next(each for each in found.stages if each.label == name)


def _asked(stage: StagePlan) -> list[tuple[str, int | None]]:
    return [(each.model, each.calls) for each in stage.asks]


def test_of_a_list_the_first_writers_calls_count_and_what_the_others_may_add_is_said(
    tmp_path: Path,
) -> None:
    rewrite = _planned(tmp_path, "rewrite", "rewrite.writer=[writer, gpt4o, small]")
    assert _asked(rewrite) == [("writer", 400)]
    added = [note for note in rewrite.notes if "is asked where" in note]
    assert added == [
        "gpt4o is asked where writer refuses or gives too little, up to 1,200 calls more",
        "small is asked where gpt4o refuses or gives too little, up to 1,200 calls more",
    ]


@pytest.mark.parametrize(
    ("weights", "calls"),
    [
        ("{writer: 3, gpt4o: 1}", [("writer", 300), ("gpt4o", 100)]),
        ("{writer: 1, gpt4o: 1, small: 1}", [("gpt4o", 133), ("small", 134), ("writer", 133)]),
    ],
)
def test_of_weights_each_has_its_share_and_all_of_them_make_the_whole(
    tmp_path: Path, weights: str, calls: list[tuple[str, int]]
) -> None:
    rewrite = _planned(tmp_path, "rewrite", f"rewrite.writer={weights}")
    assert _asked(rewrite) == calls
    assert not [note for note in rewrite.notes if "is asked where" in note]


def test_a_hosted_writer_of_seeds_is_warned_of_wherever_it_stands(tmp_path: Path) -> None:
    seeds = _planned(tmp_path, "seed_writing", "seeds.writer=[writer, gpt4o]")
    assert [note for note in seeds.notes if note.startswith("a hosted model is asked to write")]


def test_mutations_have_a_translator_list_of_their_own(tmp_path: Path) -> None:
    settings = ("mutate.writer=[own, gpt4o]", "mutate.translator={gpt4o: 1, own: 1}")
    slang = _planned(tmp_path, "mutate: slang", *settings, text=SORRY)
    french = _planned(tmp_path, "mutate: translate-fr", *settings, text=SORRY)
    assert [name for name, _ in _asked(slang)] == ["own"]
    assert [name for name, _ in _asked(french)] == ["gpt4o", "own"]
    (note,) = [
        each for each in _planned(tmp_path, "pilot", *settings, text=SORRY).notes
        if "is asked where" in each
    ]  # fmt: skip
    assert note == "gpt4o is asked where own refuses or gives too little"
