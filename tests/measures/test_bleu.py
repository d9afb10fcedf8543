from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.diversity import self_bleu

sentences = st.lists(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=9).map(" ".join), min_size=2, max_size=8
)


def bleu_of_one(text: list[str], others: list[list[str]], n: int) -> float:
    """BLEU as Papineni and others (2002) write it, against every reference anew."""
    logs = 0.0
    for order in range(1, n + 1):
        counts, *references = (
            Counter(tuple(said[at : at + order]) for at in range(len(said) - order + 1))
            for said in (text, *others)
        )
        matches = sum(
            min(count, max(reference[gram] for reference in references))
            for gram, count in counts.items()
        )
        if order == 1 and not matches:
            return 0.0
        logs += math.log((matches or 0.1) / max(counts.total(), 1)) / n
    closest = min((abs(len(other) - len(text)), len(other)) for other in others)[1]
    return min(1.0, math.exp(1 - closest / len(text))) * math.exp(logs)


@settings(max_examples=50, deadline=None)
@given(sentences, st.integers(1, 4))
def test_counting_once_gives_what_comparing_all_pairs_gives(rows: list[str], n: int) -> None:
    split = [row.split() for row in rows]
    each = [
        bleu_of_one(text, split[:place] + split[place + 1 :], n) for place, text in enumerate(split)
    ]
    assert self_bleu(rows, n) == pytest.approx(sum(each) / len(each), rel=1e-12)


def test_twins_score_one_and_strangers_none() -> None:
    twins = ["one two three four five", "One two, three four five!"]
    assert self_bleu(twins) == pytest.approx(1)
    assert self_bleu(["one two three four", "five six seven eight"]) == 0


def test_a_short_text_is_penalised_by_the_closest_length() -> None:
    rows = ["a b c d e", "a b c d e f g h i j"]
    short, long = math.exp(1 - 10 / 5), (5 * 4 * 3 * 2 / (10 * 9 * 8 * 7)) ** 0.25
    assert self_bleu(rows) == pytest.approx((short + long) / 2)


@pytest.mark.parametrize("rows", [[], ["alone here"], ["alone here", "…"]])
def test_a_text_alone_has_no_self_bleu(rows: list[str]) -> None:
    assert self_bleu(rows) is None


def test_self_bleu_needs_an_n() -> None:
    with pytest.raises(ValueError, match=r"n must be >= 1 \(got 0\)"):
        self_bleu(["a", "b"], n=0)


def test_five_hundred_texts_are_compared() -> None:
    rng = random.Random(1)
    vocabulary = [f"w{number}" for number in range(300)]
    rows = [" ".join(rng.choices(vocabulary, k=20)) for _ in range(500)]
    assert 0 < (self_bleu(rows) or 0) < 0.2
