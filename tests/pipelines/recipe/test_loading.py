from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import RecipeError
from pipelines.recipe import OrBench, load, parse
from pipelines.recipe.writing import ImportedSeeds, ShippedSeeds, WrittenSeeds
from taxonomy.model import TaxonomyUnknownError
from tests.small_recipe import TEXT, small_recipe

RECIPES = Path(__file__).parents[3] / "recipes"
HEAVY = ("prefect", "torch", "polars", "openai", "pyarrow", "sklearn", "numpy")


def refused(folder: Path, *overrides: str, text: str = TEXT) -> str:
    with pytest.raises(RecipeError) as caught:
        load(small_recipe(folder, text), overrides)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_small_recipe_has_the_papers_numbers_where_it_says_nothing(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path))
    assert isinstance(recipe, OrBench)
    assert (recipe.name, recipe.folder) == ("small", tmp_path)
    assert (recipe.rewrite.temperature, recipe.rewrite.per_seed) == (0.7, 5)
    assert (recipe.moderate.rule, recipe.moderate.sounds_risky) == ("majority", "reported")
    assert recipe.moderate.voters == ("gpt4o", "nearest", "logprob:small")


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_recipe_of_the_project_loads(path: Path) -> None:
    assert load(path).name == path.stem


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_recipe_that_was_written_down_as_data_is_the_same_again(path: Path) -> None:
    recipe = load(path)
    assert parse(recipe.model_dump(mode="json", by_alias=True), path) == recipe


def test_loading_a_recipe_imports_no_heavy_library() -> None:
    code = (
        "import sys; from pathlib import Path; from pipelines.recipe import load;"
        f"load(Path({str(RECIPES / 'or_bench.paper.yaml')!r}));"
        f"sys.exit(', '.join(name for name in {HEAVY} if name in sys.modules) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("seeds", "kind"),
    [
        ("{from: llm, writer: writer}", WrittenSeeds),
        ("{from: shipped}", ShippedSeeds),
        ("{from: my.csv, license: mit, redistribute: yes}", ImportedSeeds),
        ("{from: 'hf://somebody/seeds/file.csv'}", ImportedSeeds),
    ],
)
def test_where_seeds_come_from_decides_their_keys(tmp_path: Path, seeds: str, kind: type) -> None:
    recipe = load(small_recipe(tmp_path), [f"seeds={seeds}"])
    assert isinstance(recipe, OrBench)
    assert isinstance(recipe.seeds, kind)


@pytest.mark.parametrize(
    ("override", "line"),
    [
        (
            "rewrite.temprature=1",
            "unknown key `temprature` in rewrite (did you mean `temperature`?)",
        ),
        ("rewrit={}", "unknown key `rewrit` (did you mean `rewrite`?)"),
        (
            "models.gpt4o.rmp=3",
            "unknown key `rmp` in models.gpt4o (did you mean `rpm`?)",
        ),
        ("models.small.base_url=http://x/v1", "unknown key `base_url` in models.small"),
        ("seeds={from: a.csv, writer: writer}", "unknown key `writer` in seeds"),
        ("mutate={}", "unknown key `mutate`"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(
    tmp_path: Path, override: str, line: str
) -> None:
    assert refused(tmp_path, override).startswith(line)


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("rewrite.temperature=3", "rewrite.temperature must be less than or equal to 2 (got 3)"),
        ("rewrite.temperature=hot", "rewrite.temperature must be a number (got 'hot')"),
        ("rewrite.per_seed=5.5", "rewrite.per_seed must be a whole number (got 5.5)"),
        ("rewrite.per_seed=yes", "rewrite.per_seed must be a whole number (got True)"),
        ("rewrite.writer=null", "rewrite.writer must be given"),
        ("release=null", "release must be given"),
        (
            "release.version=2026.11",
            "release.version must be text of the form YEAR.MONTH.PATCH",
        ),
        (
            "release.version=v1",
            "release.version must be `next` or a version such as 2026.11.0, its month from 1 to 12",
        ),
        ("max_failed=-1", "max_failed must be greater than or equal to 0 (got -1)"),
        ("budget={max_usd: .inf}", "budget.max_usd must be a finite number (got inf)"),
        ("moderate.moderators=gpt4o", "moderate.moderators must be a list (got 'gpt4o')"),
        ("moderate.moderators=[]", "moderate.moderators must not be empty"),
        ("benchmark=or-bnch", "benchmark must be one of or-bench, sorry-bench, evaluation"),
        (
            "models.writer.price={input: 1, output: 1, currency: EUR}",
            "models.writer.price.currency",
        ),
        (
            "models.writer.price=cheap",
            "models.writer.price must be a mapping of keys or must be free (got 'cheap')",
        ),
        ("clean={min_chars: 9, max_chars: 8}", "clean: min_chars must be at most max_chars"),
        ("rewrite.drift={low: 0.9, high: 0.3}", "rewrite.drift: low must be below high (got 0.9)"),
        ("moderate.rule=weighted", "moderate: weights must be given for the rule `weighted`"),
        ("seeds=3", "seeds must be a mapping of keys (got 3)"),
    ],
)
def test_a_wrong_value_is_one_line_with_the_rule_and_the_value(
    tmp_path: Path, override: str, line: str
) -> None:
    assert refused(tmp_path, override).startswith(line)


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("rewrite.writer=wrter", "rewrite.writer must be a model of the recipe (did you mean"),
        ("moderate.moderators=[gpt4]", "moderate.moderators.0 must be a model of the recipe (did"),
        ("moderate.moderators=[{kind: logprob, model: tiny}]", "moderate.moderators.0.model must"),
        ("moderate.moderators=[{kind: nearst}]", "moderate.moderators.0.kind must be one of near"),
        ("dedup.encoder=all-MiniLM-L6", "dedup.encoder must be a shipped encoder, a folder or a"),
        ("models.small.model=smollm2", "models.small must be a shipped model or have a `path`"),
        ("models.gpt4o.provider=opnai", "models.gpt4o.provider must be one of openai, anthropic,"),
        ("seeds={from: a.csv, category: privcy}", "seeds.category must be a category of taxonomy"),
        ("rewrite.checks=[reversl]", "rewrite.checks must be known checks (did you mean `rever"),
        ("clean.checks=[drift]", "clean.checks must be known checks"),
        ("rescue={answerer: mistral}", "rescue.answerer must be a model of the recipe"),
    ],
)
def test_a_name_that_does_not_exist_is_refused(tmp_path: Path, override: str, line: str) -> None:
    assert refused(tmp_path, override).startswith(line)


def test_an_unknown_taxonomy_is_refused_and_the_nearest_one_named(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyUnknownError, match="or_bench") as caught:
        load(small_recipe(tmp_path), ["taxonomy=or_bnch"])
    assert caught.value.exit_code == 2


def test_a_taxonomy_of_ones_own_loads_whatever_it_lacks(tmp_path: Path) -> None:
    """What a recipe asks of it and does not find, `plan`, `doctor` and `build` say at once."""
    category = "{name: mine, title: Mine, definition: All., sensitive: false}"
    (tmp_path / "mine.yaml").write_text(
        f"name: mine\nversion: '1'\nsource: me\ncategories: [{category}]\n", encoding="utf-8"
    )
    for seeds in ((), ("seeds={from: shipped}",)):
        found = load(small_recipe(tmp_path), ["taxonomy=mine.yaml", *seeds])
        assert found.taxonomy == "mine.yaml"


def test_a_moderator_that_is_listed_twice_is_refused(tmp_path: Path) -> None:
    line = "moderate: moderators must be listed once each (got gpt4o)"
    assert refused(tmp_path, "moderate.moderators=[gpt4o, gpt4o]") == line
    twice = "moderate.moderators=[{kind: nearest}, {kind: nearest}]"
    assert refused(tmp_path, twice) == "moderate: moderators must be listed once each (got nearest)"


def test_weights_must_name_every_moderator(tmp_path: Path) -> None:
    line = refused(tmp_path, "moderate.rule=weighted", "moderate.weights={gpt4o: 1.0}")
    assert line == "moderate: weights must name every moderator once (got logprob:small, nearest)"


def test_targets_that_would_give_the_same_answers_are_refused(tmp_path: Path) -> None:
    rule = "panel: targets must differ in model, system prompt or temperature"
    plain, same = "{name: one, model: small}", "{name: two, model: small, temperature: 0.0}"
    assert refused(tmp_path, f"panel={{targets: [{plain}, {same}]}}") == f"{rule} (got two)"
    other = "{name: two, model: small, system: Be careful.}"
    load(small_recipe(tmp_path), [f"panel={{targets: [{plain}, {other}]}}"])


def test_a_panel_smaller_than_hard_at_is_refused(tmp_path: Path) -> None:
    line = refused(tmp_path, "panel={targets: [gpt4o, small]}", "hard={at: 3}")
    assert line == "hard.at must be at most the 2 models of the panel (got 3)"
    assert refused(tmp_path, "hard={at: 3}") == "hard must have a panel to count refusals of"


def test_a_key_or_a_password_in_the_wrong_place_is_refused_and_never_shown(tmp_path: Path) -> None:
    for override in (
        "models.gpt4o.key_env=sk-proj-1234",
        "models.gpt4o.key_env=sk_proj_1234",
        "models.gpt4o.api_key=sk-proj-1234",
        "models.gpt4o.base_url=http://me:1234@127.0.0.1/v1",
    ):
        assert "1234" not in refused(tmp_path, override)


def test_a_name_with_a_dot_is_refused_as_set_could_not_reach_it(tmp_path: Path) -> None:
    line = refused(tmp_path, text=TEXT.replace("gpt4o", "gpt4.1"))
    assert line == "models.gpt4.1 must be a name of letters, digits, - and _ (got 'gpt4.1')"


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("https://gw.example.org/v1?api-key=s3cret", "no query and no fragment"),
        ("https://gw.example.org/v1#s3cret", "no query and no fragment"),
        ("https://@gw.example.org/v1", "no user and no password"),
        ("http://[::1/v1", "must be an address such as"),
        ("http://127.0.0.1:port/v1", "must be an address such as"),
        ("http://127.0.0.1:8000\\@evil.example/v1", "must be an address such as|no user"),
        ("http://a b/v1", "must be an address such as"),
    ],
)
def test_an_address_holds_no_secret_and_has_the_usual_form(
    tmp_path: Path, address: str, rule: str
) -> None:
    line = refused(tmp_path, f"models.gpt4o.base_url='{address}'")
    assert re.search(rule, line)
    assert "s3cret" not in line


@pytest.mark.parametrize(
    "address", ["http://api.openai.com/v1", "http://gw.example.org/v1", "http://134744072/v1"]
)
def test_a_key_is_sent_in_the_open_to_no_public_host(tmp_path: Path, address: str) -> None:
    line = refused(tmp_path, f"models.gpt4o.base_url={address}", "models.gpt4o.key_env=MY_KEY")
    assert line.startswith("models.gpt4o: base_url must be https where a key is sent")
    assert line.endswith(f"(got {address.removesuffix('/v1')})")


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8000/v1", "http://[::1]/v1", "http://10.0.0.7/v1", "http://gpu01/v1",
     "http://models.lan/v1", "https://gw.example.org/v1"],
)  # fmt: skip
def test_a_named_key_goes_to_this_machine_private_networks_and_over_https(
    tmp_path: Path, address: str
) -> None:
    load(
        small_recipe(tmp_path),
        [f"models.gpt4o.base_url={address}", "models.gpt4o.key_env=MY_KEY"],
    )


def test_the_default_key_of_a_public_api_is_never_sent_in_the_open(tmp_path: Path) -> None:
    line = refused(tmp_path, "models.gpt4o.base_url=http://api.openai.com/v1")
    assert "base_url must be https where a key is sent" in line
    load(small_recipe(tmp_path), ["models.gpt4o.base_url=http://gpu.example.org:8000/v1"])
