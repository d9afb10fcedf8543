"""What the embedded model makes of the list that it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.request_form import Question
from generators.continued import ContinuedRewriter
from generators.examples.loader import load_examples
from inference.engine import Engine
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.providers.embedded import EmbeddedProvider
from inference.types import Generate, Item, Program, Written
from taxonomy import load_taxonomy, shipped_seeds

pytestmark = pytest.mark.embedded

SPEC = ModelSpec("small", "embedded", "smollm2-135m-instruct", slots=4, context=512)
REWRITER = ContinuedRewriter("small", load_examples(load_taxonomy("or_bench")))


def writing(item: Item) -> Program[Written]:
    written: Written = yield Generate(REWRITER, item, want=1, checks=(Question(),), tries=1)
    return written


def no_encoder(name: str) -> object:
    raise LookupError(name)


@pytest.mark.slow
def test_most_lines_end_as_one_question_that_no_sibling_repeats(tmp_path: Path) -> None:
    seeds = [seed for seed in shipped_seeds("or_bench") if seed.category == "deception"][:8]
    items = [Item(f"r{place}", seed.text, seed.category) for place, seed in enumerate(seeds)]
    ledger = Ledger(tmp_path / "ledger")
    with Engine({"small": SPEC}, ledger, EmbeddedProvider, no_encoder) as engine:  # type: ignore[arg-type]  # no encoder is asked
        written = engine.run([writing(item) for item in items]).results
        again = engine.run([writing(item) for item in items])
    assert again.results == written
    assert again.spends["small"].sent == 0
    kept = [text.text for each in written if isinstance(each, Written) for text in each.kept]
    assert len(kept) >= 0.75 * len(items)
    assert len(set(kept)) == len(kept)
