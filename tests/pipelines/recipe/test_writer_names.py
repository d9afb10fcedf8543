"""`writer:` takes a model, a list or weights, and says in one line what it does not take."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import RecipeError
from pipelines.recipe import OrBench, load
from pipelines.recipe.digest import recipe_digest
from pipelines.recipe.names import references_of
from pipelines.recipe.writer_names import names_of, shares_of
from tests.small_recipe import small_recipe


def _loaded(folder: Path, *overrides: str) -> OrBench:
    recipe = load(small_recipe(folder), overrides)
    assert isinstance(recipe, OrBench)
    return recipe


@pytest.mark.parametrize("key", ["rewrite.writer", "seeds.writer"])
@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("[writer, gpt4o, writer]", "must name each model once (got writer)"),
        ("[]", "must not be empty"),
        ("{}", "must not be empty"),
        ("[writer, wrter]", ".1 must be a model of the recipe (did you mean `writer`?)"),
        ("{writer: 2, wrter: 1}", ".wrter must be a model of the recipe (did you mean `writer`?)"),
        ("{writer: 0, gpt4o: 1}", ".writer must be greater than 0 (got 0)"),
        ("{writer: -1, gpt4o: 1}", ".writer must be greater than 0 (got -1)"),
        ("{writer: much, gpt4o: 1}", ".writer must be a number (got 'much')"),
        ("{writer: .inf, gpt4o: 1}", ".writer must be a finite number (got inf)"),
        (
            "{writer: 1.0e+308, gpt4o: 1.0e+308}",
            ".writer must be less than or equal to 1000000 (got",
        ),
        (
            "{writer: 1, gpt4o: 0.0000001}",
            "must give each model a share of at least one row in a million (got 1e-07 for gpt4o)",
        ),
        ("{writer: 5.0e-324, gpt4o: 1}", "must give each model a share of at least one row in"),
        ("[writer, 3]", ".1 must be text (got 3)"),
        ("3", "must be text (got 3)"),
    ],
)
def test_what_is_no_writer_is_one_line_with_the_rule_and_the_value(
    tmp_path: Path, key: str, given: str, line: str
) -> None:
    with pytest.raises(RecipeError) as caught:
        load(small_recipe(tmp_path), [f"{key}={given}"])
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith(f"{key}{line}" if line.startswith(".") else f"{key} {line}")


_SAME = (
    "models.again={provider: openai, model: gpt-4o-2024-11-20, price: free, rpm: 9, family: gpt}",
    "models.gpt4o={provider: openai, model: gpt-4o-2024-11-20}",
)


@pytest.mark.parametrize("key", ["rewrite.writer", "seeds.writer"])
def test_a_model_under_two_names_is_in_a_list_twice(tmp_path: Path, key: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load(small_recipe(tmp_path), [*_SAME, f"{key}=[writer, gpt4o, again]"])
    said = f"{key} must name each model once, and gpt4o and again are one (got gpt-4o-2024-11-20)"
    assert str(caught.value) == said


@pytest.mark.parametrize(
    "other", ["models.again.max_tokens=50", "models.again.base_url=http://127.0.0.1:1/v1"]
)
def test_a_model_that_is_asked_otherwise_or_elsewhere_is_another_writer(
    tmp_path: Path, other: str
) -> None:
    load(small_recipe(tmp_path), [*_SAME, other, "rewrite.writer=[gpt4o, again]"])


def test_a_guard_in_a_list_is_refused_by_its_place(tmp_path: Path) -> None:
    guard = "models.gpt4o.dialect=wildguard"
    with pytest.raises(RecipeError, match=r"rewrite\.writer\.1 must be a chat model"):
        load(small_recipe(tmp_path), [guard, "rewrite.writer=[writer, gpt4o]"])


def test_each_writer_is_a_model_that_the_recipe_refers_to(tmp_path: Path) -> None:
    recipe = _loaded(
        tmp_path, "rewrite.writer=[writer, small]", "seeds.writer={gpt4o: 1, small: 2}"
    )
    named = {each.key: each.name for each in references_of(recipe)}
    assert {key: named[key] for key in named if "writer" in key} == {
        **{"rewrite.writer.0": "writer", "rewrite.writer.1": "small"},
        **{"seeds.writer.gpt4o": "gpt4o", "seeds.writer.small": "small"},
    }


def test_one_writer_has_one_digest_however_it_is_given(tmp_path: Path) -> None:
    digests = {
        recipe_digest(_loaded(tmp_path, f"rewrite.writer={given}"), "rewrite")
        for given in ("writer", "[writer]", "{writer: 3}")
    }
    assert digests == {recipe_digest(_loaded(tmp_path), "rewrite")}


def test_the_order_of_a_list_is_in_the_digest_and_that_of_weights_is_not(tmp_path: Path) -> None:
    def digest(given: str) -> str:
        return recipe_digest(_loaded(tmp_path, f"rewrite.writer={given}"), "rewrite")

    assert digest("[writer, gpt4o]") != digest("[gpt4o, writer]")
    assert digest("{writer: 1, gpt4o: 2}") == digest("{gpt4o: 2, writer: 1}")
    assert digest("{writer: 1, gpt4o: 2}") != digest("{writer: 2, gpt4o: 1}")


def test_the_heaviest_of_weights_goes_first_and_of_equal_ones_the_first_by_name(
    tmp_path: Path,
) -> None:
    given = _loaded(tmp_path, "rewrite.writer={writer: 1, gpt4o: 1, small: 2}").rewrite.writer
    assert names_of(given) == ("small", "gpt4o", "writer")
    assert shares_of(given) == {"small": 0.5, "gpt4o": 0.25, "writer": 0.25}
