"""`dedup` and `moderate`, from lists and from frames of both kinds."""

from __future__ import annotations

import inspect
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from artifacts.errors import ColumnUnusableError
from inference.errors import KeyMissingError
from pipelines.errors import RecipeError
from pipelines.recipe import load
from pipelines.recipe.writing import Dedup
from refusery import dedup, moderate
from refusery.inputs import InputError
from refusery.texts import Moderation
from tests.loopback import models, write_recipe
from tests.servers.openai_server import serve
from tests.small_recipe import small_recipe

_PROMPTS = ["Name a river.", "Name a city.", "Name a  river.", "Name a river."]
_TOXIC = "Tell me how to poison my neighbor's dog"


def test_repeats_of_a_list_are_dropped_with_where_they_stood() -> None:
    found = dedup(_PROMPTS, threshold=None, cache=None)
    assert found.kept == _PROMPTS[:2]
    assert [(each.index, each.duplicate_of, each.score) for each in found.dropped] == [
        (2, 0, 1.0),
        (3, 0, 1.0),
    ]
    assert [each.text for each in found.dropped] == _PROMPTS[2:]
    assert {each.reason for each in found.dropped} == {"exact_duplicate"}
    assert "river" not in repr(found) + repr(found.dropped)
    assert repr(found) == "Deduplicated(kept=2, dropped=2)"


def test_a_polars_frame_gives_frames() -> None:
    frame = pl.DataFrame({"question": _PROMPTS, "n": [1, 2, 3, 4]})
    found = dedup(frame, threshold=None, column="question", cache=None)
    assert found.kept.equals(frame[:2])
    evidence = ["index", "reason", "duplicate_of", "score"]
    assert found.dropped.columns == ["question", "n", *evidence]
    assert found.dropped.select("n", "index", "duplicate_of").rows() == [(3, 2, 0), (4, 3, 0)]


def test_a_pandas_frame_gives_frames_that_keep_its_index_and_types() -> None:
    frame = pd.DataFrame(
        {"prompt": _PROMPTS, "when": pd.to_datetime(["2026-01-01"] * 4)}, index=list("abcd")
    )
    found = dedup(frame, threshold=None, cache=None)
    assert isinstance(found.kept, pd.DataFrame)
    assert list(found.kept.index) == ["a", "b"]
    assert list(found.dropped.index) == ["c", "d"]
    assert list(found.dropped["duplicate_of"]) == [0, 0]
    assert found.kept.dtypes.equals(frame.dtypes)


@pytest.mark.parametrize("threshold", [0, 1.5, "near"])
def test_a_threshold_out_of_bounds_is_refused(threshold: float) -> None:
    with pytest.raises(RecipeError, match=r"dedup\.threshold"):
        dedup(_PROMPTS, threshold=threshold, cache=None)


def test_an_encoder_that_nobody_knows_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"dedup\.encoder .*all-MiniLM-L6-v2"):
        dedup(_PROMPTS, encoder="all-MiniLM-L6-v3", cache=None)


def test_dedup_is_as_near_as_in_a_recipe_that_says_nothing() -> None:
    given = inspect.signature(dedup).parameters
    assert given["threshold"].default == Dedup().threshold
    assert given["encoder"].default == Dedup().encoder


def test_votes_on_a_list_are_a_moderation_each() -> None:
    safe, toxic = moderate(["Name a river.", _TOXIC], models=["words", "profanity"], cache=None)
    assert safe == Moderation("safe", None, {"words": "safe", "profanity": "safe"}, safe.scores)
    assert toxic.votes["words"] == "toxic"
    assert set(safe.scores) == {"words", "profanity"}


@pytest.mark.parametrize("rule", ["majority", "unanimous", "any"])
def test_the_rule_makes_a_label_of_the_votes(rule: str) -> None:
    (found,) = moderate([_TOXIC], models=["words", "profanity"], rule=rule, cache=None)
    assert found.votes == {"words": "toxic", "profanity": "safe"}
    by_rule = {"majority": "undecided", "unanimous": "undecided", "any": "toxic"}
    assert found.label == by_rule[rule]


def test_a_rule_that_nobody_knows_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"moderate\.rule"):
        moderate(["Name a river."], models="words", rule="majorty", cache=None)


def test_frames_get_the_columns_of_the_verb() -> None:
    columns = ["moderation", "sounds_risky", "vote_words", "score_words"]
    frame = pl.DataFrame({"prompt": ["Name a river.", _TOXIC], "moderation": ["old", "old"]})
    found = moderate(frame, models="words", cache=None)
    assert found.columns == ["prompt", *columns]
    assert found["vote_words"].to_list() == ["safe", "toxic"]
    assert found.schema["sounds_risky"] == pl.Boolean
    again = moderate(found, models="words", cache=None)
    assert again.equals(found)
    theirs = moderate(frame.to_pandas().set_index(pd.Index([7, 9])), models="words", cache=None)
    assert list(theirs.columns) == ["prompt", *columns]
    assert list(theirs.index) == [7, 9]
    assert list(theirs["vote_words"]) == ["safe", "toxic"]


def test_a_frame_without_rows_gets_the_same_columns() -> None:
    frame = pl.DataFrame({"prompt": ["Name a river."]})
    full = moderate(frame, models=["words", "profanity"], cache=None)
    none = moderate(frame.clear(), models=["words", "profanity"], cache=None)
    assert none.schema == full.schema
    assert dedup(frame.clear(), cache=None).dropped.height == 0


def test_a_moderator_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InputError, match=r"offline moderators .*did you mean.*words"):
        moderate(["Name a river."], models=["wordz"], cache=None)


def test_a_frame_without_the_column_names_a_near_one() -> None:
    with pytest.raises(ColumnUnusableError, match="mean `prompts`"):
        moderate(pl.DataFrame({"prompts": ["Name a river."]}), models="words", cache=None)


def test_models_vote_by_their_settings_and_are_asked_once(tmp_path: Path) -> None:
    prompts = [f"A mild question with the number {n}?" for n in range(12)]
    with serve(models(unparseable=0)) as server:
        settings = {
            name: {
                "provider": "openai",
                "base_url": server.base_url,
                "model": f"moderator-{name}",
                "price": "free",
            }
            for name in ("a", "c")
        }
        first = moderate(prompts, models={**settings, "words": {}}, cache=tmp_path)
        assert list(first[0].votes) == ["a", "c", "words"]
        sent = len(server.calls)
        assert sent == 2 * 12
        again = moderate(prompts, models={**settings, "words": {}}, cache=tmp_path)
        assert (again, len(server.calls)) == (first, sent)


def test_a_recipe_says_who_votes_and_by_which_rule(tmp_path: Path) -> None:
    prompts = [f"A mild question with the number {n}?" for n in range(8)]
    with serve(models()) as server:
        recipe = load(write_recipe(tmp_path, server.base_url))
        found = moderate(prompts, models=recipe, cache=tmp_path)
        assert list(found[0].votes) == ["a", "b", "c"]
        strict = moderate(prompts, models=recipe, rule="unanimous", cache=tmp_path)
        assert [each.votes for each in strict] == [each.votes for each in found]
        assert len(server.calls) < 3 * 8 * 2


def test_a_missing_key_is_said_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(KeyMissingError, match="OPENAI_API_KEY"):
        moderate(["Name a river."], models=load(small_recipe(tmp_path)), cache=None)


def test_settings_that_no_recipe_has_are_named() -> None:
    settings = {"provider": "openai", "modle": "gpt-4o"}
    with pytest.raises(RecipeError, match=r"unknown key `modle` in models\.gpt4o .*`model`"):
        moderate(["Name a river."], models={"gpt4o": settings}, cache=None)
