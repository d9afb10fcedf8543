from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.errors import RecipeError
from pipelines.recipe import content_of, load, recipe_digest
from tests.small_recipe import small_recipe


def digest(folder: Path, part: str, *overrides: str) -> str:
    return recipe_digest(load(small_recipe(folder), overrides), part)


@pytest.mark.parametrize(
    "override",
    [
        "models.gpt4o.rpm=1",
        "models.gpt4o.tpm=null",
        "models.gpt4o.max_in_flight=3",
        "models.gpt4o.timeout_s=1.0",
        "models.gpt4o.give_up_s=1.0",
        "models.gpt4o.attempts=1",
        "models.gpt4o.price=free",
        "models.gpt4o.key_env=OTHER_KEY",
        "models.gpt4o.retired=yes",
        "models.gpt4o.base_url=https://api.openai.com/v1",
        "models.small.slots=2",
        "budget={max_usd: 3}",
        "max_failed=7",
        "moderate.policy=lenient",  # the digests of the moderators hold its templates
        "rewrite.temperature=0.1",
        "models.writer.model=another",
    ],
)
def test_what_decides_no_vote_leaves_the_digest_of_moderation_alone(
    tmp_path: Path, override: str
) -> None:
    assert digest(tmp_path, "moderate", override) == digest(tmp_path, "moderate")


@pytest.mark.parametrize("override", ["http://127.0.0.1:9/v1", "http://gpu.local:8000/v1"])
def test_a_server_of_ones_own_may_move_to_another_port_or_machine(
    tmp_path: Path, override: str
) -> None:
    moved = digest(tmp_path, "rewrite", f"models.writer.base_url={override}")
    assert moved == digest(tmp_path, "rewrite")


@pytest.mark.parametrize(
    "override",
    [
        "rewrite.temperature=0.1",
        "rewrite.tries=9",
        "rewrite.checks=[]",
        "rewrite.drift={}",
        "models.writer.model=another",
        "models.writer.max_tokens=9",
        "models.writer.base_url=https://api.example.org/v1",
        "models.writer.label=elsewhere",
    ],
)
def test_what_decides_a_rewrite_is_in_its_digest(tmp_path: Path, override: str) -> None:
    assert digest(tmp_path, "rewrite", override) != digest(tmp_path, "rewrite")


def test_a_default_that_is_spelled_out_changes_nothing(tmp_path: Path) -> None:
    spelled = digest(tmp_path, "rewrite", "rewrite.temperature=0.7", "rewrite.drift=null")
    assert spelled == digest(tmp_path, "rewrite")


def test_the_content_holds_the_parts_with_the_models_that_they_name(tmp_path: Path) -> None:
    content = json.loads(json.dumps(content_of(load(small_recipe(tmp_path)), "rewrite", "seeds")))
    assert sorted(content["parts"]) == ["rewrite", "seeds"]
    assert sorted(content["models"]) == ["writer"]
    assert "127.0.0.1" not in json.dumps(content)


def test_the_order_of_parts_does_not_matter(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path))
    assert recipe_digest(recipe, "rewrite", "seeds") == recipe_digest(recipe, "seeds", "rewrite")


def test_a_part_that_a_recipe_does_not_have_is_refused(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path))
    with pytest.raises(RecipeError, match="did you mean `rewrite`"):
        recipe_digest(recipe, "rewrit")
    with pytest.raises(RecipeError, match="recipe must have the part"):
        recipe_digest(recipe, "panel")
