"""Names that a recipe uses must exist: models, encoders, categories, checks, panel sizes."""

from collections.abc import Iterator
from itertools import combinations

from base.did_you_mean import did_you_mean
from base.errors import RefuseryError
from base.problems import Problems
from checks.language_table import ENGLISH
from checks.registry import NAMES as CHECKS
from inference.models import SHIPPED_ENCODERS
from pipelines.errors import RecipeError
from pipelines.recipe import base, guards, writing
from pipelines.recipe.languages import require_fit_language
from pipelines.recipe.schema import OrBench, Recipe
from taxonomy.loader import load_taxonomy
from taxonomy.model import Taxonomy

_WITH_KEYS_OF_THEIR_OWN = frozenset({"drift", "example", "language", "length"})
NAMED_CHECKS = tuple(name for name in CHECKS if name not in _WITH_KEYS_OF_THEIR_OWN)
"""The checks that `clean.checks` and `rewrite.checks` may list."""


def parts_of(recipe: Recipe) -> Iterator[tuple[str, base.Part]]:
    """The parts that a recipe has, by their keys."""
    for key in type(recipe).model_fields:
        value = getattr(recipe, key)
        if isinstance(value, base.Part):
            yield key, value


def references_of(recipe: Recipe) -> Iterator[base.Reference]:
    """Every name that a recipe's parts use, under its whole key."""
    for key, part in parts_of(recipe):
        yield from base.under(key, part.references())


def taxonomy_of(recipe: Recipe) -> Taxonomy:
    """The recipe's taxonomy; a YAML file is looked for from the recipe's folder.

    Raises:
        TaxonomyUnknownError: There is no such taxonomy or file.
        TaxonomyInvalidError: The file breaks a rule of taxonomies.
    """
    if recipe.taxonomy.endswith((".yaml", ".yml")):
        return load_taxonomy(recipe.folder / recipe.taxonomy)
    return load_taxonomy(recipe.taxonomy)


def wrong_names(recipe: Recipe) -> tuple[RefuseryError, ...]:
    """Everything that a recipe names and that does not exist, or that does not go together.

    A model, an encoder, a category or a check is unknown, a guard is used for what it cannot do,
    the panel is too small for the hard subset; or the taxonomy is unknown, or its file breaks a
    rule: then nothing is said of categories.
    """
    problems = Problems()
    taxonomy = None
    with problems.gathered():
        taxonomy = taxonomy_of(recipe)
    for reference in references_of(recipe):
        with problems.gathered():
            _require_known(recipe, taxonomy, reference)
    if taxonomy is not None:
        with problems.gathered():
            guards.require_fit_guards(recipe, taxonomy, references_of(recipe))
    for key, part in parts_of(recipe):
        if isinstance(part, writing.Clean | writing.Rewrite):
            for name in part.checks:
                with problems.gathered():
                    _require_check(key, name)
    if isinstance(recipe, OrBench):
        with problems.gathered():
            _require_panel(recipe)
    for require in (
        _require_own_name,
        _require_other_writers,
        require_fit_language,
        _require_style_rules,
    ):
        with problems.gathered():
            require(recipe)
    return problems.found


def unknown_models(recipe: Recipe) -> tuple[str, ...]:
    """The models that a recipe's parts name and that it does not have."""
    named = (each.name for each in references_of(recipe) if each.kind == "model")
    return tuple(name for name in dict.fromkeys(named) if name not in recipe.models)


def _require_known(recipe: Recipe, taxonomy: Taxonomy | None, reference: base.Reference) -> None:
    if reference.kind == "model":
        _require_model(recipe, reference)
    elif reference.kind == "encoder":
        _require_encoder(reference)
    elif taxonomy is not None:
        _require_category(taxonomy, reference)


_BENCHMARKS = ("or-bench", "sorry-bench")


def _require_own_name(recipe: Recipe) -> None:
    """Refuses a data set with the name of another benchmark, whose releases lie there."""
    if recipe.data_set != recipe.benchmark and recipe.data_set in _BENCHMARKS:
        rule = f"release.name must not be another benchmark's in a recipe of {recipe.benchmark}"
        raise RecipeError(rule, recipe.data_set)


_NO_MATTER = frozenset(
    "family label price rpm tpm max_in_flight timeout_s give_up_s attempts key_env key_header "
    "retired slots".split()
)
"""What a model has that decides nothing of what it answers."""


def _require_other_writers(recipe: Recipe) -> None:
    """Refuses a list of writers of which two are one model, asked alike, under two names."""
    for key, part in parts_of(recipe):
        for field in ("writer", "translator"):
            writer = getattr(part, field, None)
            for one, other in combinations(writer if isinstance(writer, tuple) else (), 2):
                if {one, other} - set(recipe.models):
                    continue
                first, second = (
                    recipe.models[name].model_dump(exclude=set(_NO_MATTER)) for name in (one, other)
                )
                if first == second:
                    rule = f"{key}.{field} must name each model once, and {one} and {other} are one"
                    raise RecipeError(rule, recipe.models[one].model)


def _require_style_rules(recipe: Recipe) -> None:
    """Refuses a bound on style rules where none are counted: it would break at a run's end."""
    gates = getattr(recipe, "gates", None)
    if gates is None or gates.max_rule_breaks is None:
        return
    if not isinstance(recipe, OrBench) or recipe.language != ENGLISH:
        rule = "gates.max_rule_breaks must be of rewrites in English: style rules are for no others"
        raise RecipeError(rule, recipe.benchmark)


def _require_model(recipe: Recipe, reference: base.Reference) -> None:
    if reference.name not in recipe.models:
        hint = did_you_mean(reference.name, recipe.models)
        raise RecipeError(f"{reference.key} must be a model of the recipe{hint}", reference.name)


def _require_encoder(reference: base.Reference) -> None:
    name = reference.name
    if name not in SHIPPED_ENCODERS and "/" not in name:
        hint = did_you_mean(name, SHIPPED_ENCODERS)
        rule = f"{reference.key} must be a shipped encoder, a folder or a Hub id{hint}"
        raise RecipeError(rule, name)


def _require_category(taxonomy: Taxonomy, reference: base.Reference) -> None:
    if reference.name not in taxonomy.names:
        hint = did_you_mean(reference.name, taxonomy.names)
        rule = f"{reference.key} must be a category of taxonomy {taxonomy.name}{hint}"
        raise RecipeError(rule, reference.name)


def _require_check(key: str, name: str) -> None:
    if name not in NAMED_CHECKS:
        hint = did_you_mean(name, NAMED_CHECKS)
        raise RecipeError(f"{key}.checks must be known checks{hint}", name)


def _require_panel(recipe: OrBench) -> None:
    if recipe.hard is None:
        return
    if recipe.panel is None:
        raise RecipeError("hard must have a panel to count refusals of")
    counted = len(recipe.panel.members)
    if recipe.hard.by == "family":
        counted = len(set(_families(recipe)))
    if recipe.hard.at > counted:
        rule = f"hard.at must be at most the {counted} {recipe.hard.by} of the panel"
        raise RecipeError(rule, recipe.hard.at)


def _families(recipe: OrBench) -> Iterator[str]:
    for reference in recipe.panel.references() if recipe.panel else ():
        if reference.key.startswith("targets"):
            model = recipe.models.get(reference.name)
            yield (model.family if model else None) or reference.name
