"""Any recipe, whole or damaged, is read or ends in one line of the project's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base.errors import RefuseryError
from pipelines.errors import RecipeError
from pipelines.recipe import load
from pipelines.recipe.loading import freeze, published, published_again, thaw
from tests.small_recipe import TEXT, small_recipe

_ONE = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=5,
)


def _read(path: Path, *overrides: str) -> None:
    try:
        load(path, overrides)
    except RefuseryError as error:
        assert "\n" not in str(error)


@given(places=st.lists(st.tuples(st.floats(0, 1), st.characters()), min_size=1, max_size=5))
@_ONE
def test_a_recipe_with_other_characters_is_read_or_refused(
    tmp_path: Path, places: list[tuple[float, str]]
) -> None:
    text = list(TEXT)
    for place, character in places:
        text[int(place * (len(text) - 1))] = character
    path = tmp_path / "recipe.yaml"
    path.write_bytes("".join(text).encode("utf-8", errors="surrogatepass"))
    _read(path)


@given(data=st.data())
@_ONE
def test_a_key_with_any_value_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    key = data.draw(
        st.sampled_from(
            ["models.gpt4o.base_url", "models.gpt4o.label", "seeds", "taxonomy", "moderate",
             "rewrite.encoder", "dedup.against", "panel", "budget", "models", "release.version"]
        )
    )  # fmt: skip
    _read(small_recipe(tmp_path), f"{key}={data.draw(_VALUES)!r}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: " + "[" * 5_000, "nested at most 100 levels"),
        ("a: &a [*a]", "must not hold a value inside itself"),
        (
            "a0: &a0 {x: 1}\n"
            + "\n".join(f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)),
            "aliases among them",
        ),
    ],
)
def test_a_recipe_that_would_grow_is_refused_at_once(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match=said):
        load(path)


@pytest.mark.parametrize("frozen", ["", "[]", "{}", '{"path": 7, "recipe": {}}', "[" * 5_000])
def test_a_frozen_recipe_that_is_odd_is_one_line(frozen: str) -> None:
    with pytest.raises(RecipeError, match="a run's record of its recipe"):
        thaw(frozen)


def test_a_recipe_is_published_without_what_is_private_and_frozen_with_it(tmp_path: Path) -> None:
    given = ("models.gpt4o.base_url=http://10.0.0.7:8000/v1", "models.gpt4o.key_env=MY_KEY")
    recipe = load(small_recipe(tmp_path), given)
    said = published(recipe)
    assert "10.0.0.7" not in said and "MY_KEY" not in said
    assert published_again(said) == said
    assert thaw(freeze(recipe)) == recipe
