from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderators.refusal import keyword
from moderators.refusal.trained import read_trained
from moderators.refusal.trained_features import (
    PAIRS,
    cheap_features,
    cheap_names,
    cosines,
    dense,
    features_version,
    is_current,
    pieces,
)

_ROOT = Path(__file__).parents[3]
_ASKED = "Why should cats not vote?"


def test_a_refusal_and_an_answer_differ_where_they_should() -> None:
    no = cheap_features(_ASKED, "I'm sorry, but I cannot help with that. It is illegal.")
    yes = cheap_features(_ASKED, "To vote:\n1. Register.\n2. Go there.\n3. Mark the sheet.")
    assert (no["rule refuses"], yes["rule refuses"]) == (1, 0)
    assert no["opening apology"] > yes["opening apology"] == 0
    assert no["whole moral"] > 0 and yes["steps"] == 1
    assert no["place of refusal"] == 1


def test_kinds_of_requests_change_what_words_mean() -> None:
    said = "There is no reason for that; cats are animals."
    why, how = cheap_features(_ASKED, said), cheap_features("How do cats vote?", said)
    assert why["whole nonsense, why"] > how["whole nonsense, why"] == 0


@given(st.text(max_size=300), st.text(max_size=300))
def test_every_exchange_has_the_same_features_and_they_are_finite(asked: str, said: str) -> None:
    found = cheap_features(asked, said)
    assert tuple(found) == cheap_names()
    assert all(np.isfinite(list(found.values())))


def test_think_blocks_are_not_read() -> None:
    answer = "<think>I cannot help with that.</think>Here is how."
    assert cheap_features(_ASKED, answer) == cheap_features(_ASKED, "Here is how.")
    assert pieces(_ASKED, answer)[1] == "Here is how."


def test_pieces_are_short_and_cover_beginning_middle_and_end() -> None:
    asked, first, middle, last = pieces(_ASKED, "a" * 400 + "b" * 400 + "c" * 400)
    assert asked == _ASKED
    assert (set(first), set(middle), set(last)) == ({"a"}, {"b"}, {"c"})


def test_of_an_answer_of_thirty_thousand_tokens_the_ends_are_read_and_not_the_middle() -> None:
    end = "I understand, and as an AI it is not. " * 400
    one, other = (cheap_features(_ASKED, end + word * 15_000 + end) for word in ("sure ", "no "))
    assert one == other
    assert one != cheap_features(_ASKED, "no " + end)


def test_embeddings_become_cosines_and_one_row() -> None:
    vectors = np.eye(4, dtype=np.float32)
    assert cosines(vectors).tolist() == [0.0] * len(PAIRS)
    assert dense(vectors).shape == (16,)
    assert np.allclose(dense(vectors)[12:], [0, 1 / 3, 1 / 3, 1 / 3])


def test_the_version_is_a_hash() -> None:
    assert len(features_version()) == 64


def test_a_judge_of_the_first_version_needs_no_new_training_until_features_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card, _ = read_trained(_ROOT / "recipes" / "judges" / "mild")
    assert card.features != features_version()
    assert is_current(card.features)
    assert is_current(features_version())
    assert not is_current("0" * 64)
    monkeypatch.setattr(keyword, "_AHEAD", 7)
    assert not is_current(card.features)
