"""New recipes: who does what in them, and whether their sizes can be reached."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from generators.mutations.styles import NAMES
from pipelines.drafts.catalog import OwnModel, catalog
from pipelines.drafts.draft import Draft, draft_of
from pipelines.drafts.sizes import KEPT, PER_SEED, RISKY, SAFE, mutations_for, row_bounds, seeds_for
from pipelines.drafts.wishes import Wishes
from pipelines.recipe import Evaluation, OrBench, SorryBench
from pipelines.recipe.shared_models import shared_models
from pipelines.recipe.writing import WrittenSeeds

_HOSTED = [name for name, each in catalog().providers.items() if each.key_env is not None]
_PAIRS = [*combinations(_HOSTED, 2)]
_ADDRESS = "http://127.0.0.1:8000/v1"


def _draft(benchmark: str, *providers: str, rows: int = 1000, own: tuple[str, ...] = ()) -> Draft:
    models = tuple(OwnModel(each, _ADDRESS) for each in own)
    usd = None if providers in (("own",), ("embedded",)) else 20.0
    data = ("safe.csv", "my/sorry.csv") if benchmark == "evaluate" else ()
    wishes = Wishes("mine", benchmark, providers, models, rows, usd, data)
    return draft_of(wishes, Path("mine.yaml"))


def _or_bench(*providers: str, rows: int = 1000, own: tuple[str, ...] = ()) -> OrBench:
    recipe = _draft("or-bench", *providers, rows=rows, own=own).recipe
    assert isinstance(recipe, OrBench)
    return recipe


@pytest.mark.parametrize("providers", [*((each,) for each in _HOSTED), *_PAIRS, (*_HOSTED,)])
def test_a_recipe_has_every_part_and_nobody_in_two_roles(providers: tuple[str, ...]) -> None:
    recipe = _or_bench(*providers)
    assert recipe.panel is not None
    assert recipe.rescue is not None
    assert recipe.hard is not None
    assert recipe.toxic is not None
    assert recipe.gates is not None
    assert recipe.budget is not None
    assert recipe.moderate.requires_risky
    assert recipe.rewrite.drift is not None
    assert recipe.rewrite.examples is not None
    assert len(recipe.moderate.voters) == 3
    voters = [each for each in recipe.moderate.moderators if isinstance(each, str)]
    assert len(voters) >= 1
    roles = [recipe.rewrite.writer, *voters, *recipe.panel.members]
    assert len(set(roles)) == len(roles)
    assert set(roles) == set(recipe.models)
    assert 2 <= len(recipe.panel.members) <= 6


@pytest.mark.parametrize("providers", [("together",), ("openrouter",), *_PAIRS, (*_HOSTED,)])
def test_two_makers_suffice_for_a_panel_without_relatives(providers: tuple[str, ...]) -> None:
    assert shared_models(_or_bench(*providers)) == ()


def test_relatives_that_cannot_be_avoided_are_said_in_the_recipe() -> None:
    draft = _draft("or-bench", "anthropic")
    assert any("of family claude" in note for note in draft.notes)
    assert "of family claude" in draft.text.replace("\n# ", " ")


def test_many_makers_give_three_moderators_and_six_targets_of_families_of_their_own() -> None:
    recipe = _or_bench("openrouter")
    assert recipe.panel is not None
    families = [each.family for each in recipe.models.values()]
    assert len(recipe.panel.members) == 6
    assert len(set(families)) == len(families) == 10


def test_one_model_of_ones_own_writes_and_is_tested_and_the_recipe_says_so() -> None:
    draft = _draft("or-bench", "own", own=("Qwen/Qwen3-32B",))
    assert "qwen3-32b writes and is a panel target" in draft.notes
    assert draft.keys == ()
    assert isinstance(draft.recipe, OrBench)
    assert draft.recipe.budget is None
    assert [type(each).__name__ for each in draft.recipe.moderate.moderators].count("str") == 0


def test_models_of_ones_own_write_and_hosted_ones_vote() -> None:
    recipe = _or_bench("own", "openrouter", own=("my/writer",))
    assert recipe.rewrite.writer == "writer"
    assert "writer" not in recipe.moderate.voters


@pytest.mark.parametrize("rows", [10, 31, 100, 460, 461, 5000, 80_000])
def test_the_seeds_suffice_for_the_rows_by_the_arithmetic_beside_them(rows: int) -> None:
    draft = _draft("or-bench", "mistral", rows=rows)
    recipe = draft.recipe
    assert isinstance(recipe, OrBench)
    seeds = seeds_for(rows, embedded=False)
    assert seeds.texts * KEPT * SAFE * RISKY >= rows
    assert (seeds.per_category - 1) * seeds.categories * PER_SEED * KEPT * SAFE * RISKY < rows
    assert seeds.shipped == (rows <= 460)
    assert isinstance(recipe.seeds, WrittenSeeds) == (rows > 460)
    assert f"{seeds.rows:,} rows are left" in draft.text.replace("\n# ", " ")
    assert recipe.gates is not None
    assert isinstance(recipe.gates.min_per_category, int)
    assert recipe.gates.min_per_category <= rows / seeds.categories


@pytest.mark.parametrize("rows", [1000, 80_000])
def test_a_subset_has_a_size_only_where_the_papers_share_would_fill_it(rows: int) -> None:
    recipe = _or_bench("openrouter", rows=rows)
    assert recipe.hard is not None
    assert recipe.toxic is not None
    assert recipe.hard.at == 3
    assert recipe.hard.size == (1000 if rows == 80_000 else None)
    assert recipe.toxic.size == (600 if rows == 80_000 else None)


@pytest.mark.parametrize("rows", [86, 500, 903, 904, 4400, 9240])
@pytest.mark.parametrize("embedded", [False, True])
def test_bases_and_styles_come_to_the_rows(rows: int, embedded: bool) -> None:
    least, most, _ = row_bounds("sorry-bench", embedded=embedded)
    if not least <= rows <= most:
        return
    made = mutations_for(rows, embedded=embedded)
    assert rows <= made.rows < rows + made.bases
    assert made.published == (rows > 903)
    assert list(made.styles) == [name for name in NAMES if name in made.styles]


@pytest.mark.parametrize("provider", _HOSTED)
def test_a_set_of_mutations_has_its_writer_and_as_many_styles_as_it_needs(provider: str) -> None:
    draft = _draft("sorry-bench", provider, rows=9240)
    recipe = draft.recipe
    assert isinstance(recipe, SorryBench)
    assert recipe.mutate is not None
    assert recipe.mutate.styles == "all"
    assert "HF_TOKEN" in draft.keys
    assert recipe.gates is not None
    assert recipe.mutate.checker != recipe.mutate.writer


@pytest.mark.parametrize("providers", [*((each,) for each in _HOSTED), *_PAIRS])
def test_an_evaluation_is_judged_by_a_family_that_it_does_not_test(
    providers: tuple[str, ...],
) -> None:
    draft = _draft("evaluate", *providers)
    recipe = draft.recipe
    assert isinstance(recipe, Evaluation)
    (judge,) = recipe.models.keys() - {each.model for each in recipe.evaluate.members}
    tested = {recipe.models[each.model].family for each in recipe.evaluate.members}
    relatives = recipe.models[judge].family in tested
    assert relatives == (len({each.family for each in recipe.models.values()}) == 1)
    assert draft.notes == () or relatives
    assert [getattr(each, "labels", each) for each in recipe.evaluate.judges] == [
        *("sorry-bench", "or-bench", "keyword")
    ]
    assert {each.sample for each in recipe.evaluate.data.values()} == {500}


@pytest.mark.parametrize("benchmark", ["or-bench", "sorry-bench", "evaluate"])
def test_the_small_model_needs_no_key_and_its_set_is_a_demonstration(benchmark: str) -> None:
    draft = _draft(benchmark, "embedded", rows=100)
    assert draft.keys == draft.notes == ()
    assert {each.provider for each in draft.recipe.models.values()} == {"embedded"}
    if isinstance(draft.recipe, OrBench | SorryBench):
        assert draft.recipe.release.demo


def test_a_provider_that_is_not_needed_is_said() -> None:
    draft = _draft("sorry-bench", "mistral", "openai", "gemini", rows=500)
    assert "no model of openai is needed; its key is not" in draft.notes
    assert "OPENAI_API_KEY" not in draft.keys


def test_no_line_of_a_recipe_is_wider_than_a_page() -> None:
    for benchmark in ("or-bench", "sorry-bench", "evaluate"):
        for line in _draft(benchmark, *_HOSTED, rows=903).text.splitlines():
            assert len(line) <= 100 or not line.lstrip().startswith("#")
