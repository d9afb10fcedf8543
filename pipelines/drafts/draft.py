"""A new recipe: its text, the keys that it wants, and what whoever reads it should know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from pipelines.drafts.cast import Cast, evaluation_cast, or_bench_cast, sorry_bench_cast
from pipelines.drafts.catalog import Candidate, catalog
from pipelines.drafts.evaluation import evaluation_text
from pipelines.drafts.or_bench import embedded_or_bench_text, or_bench_text
from pipelines.drafts.sizes import mutations_for
from pipelines.drafts.sorry_bench import sorry_bench_text
from pipelines.drafts.wishes import EMBEDDED, Wishes
from pipelines.errors import RecipeError
from pipelines.recipe.loading import parse, read_value
from pipelines.recipe.schema import Recipe
from pipelines.recipe.shared_models import shared_models

HUB_KEY = "HF_TOKEN"
"""The environment variable with the key of the Hub, for files that are gated."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A recipe that is not written to a file yet.

    Attributes:
        text: The YAML.
        recipe: What it says.
        keys: The environment variables that it wants.
        notes: What whoever reads it should know.
    """

    text: str
    recipe: Recipe
    keys: tuple[str, ...]
    notes: tuple[str, ...]


def draft_of(wishes: Wishes, path: Path) -> Draft:
    """The recipe that fulfils some wishes.

    Args:
        wishes: What it is to be for.
        path: The file that it will be in: names in it start from there.

    Raises:
        RecipeError: No such recipe can be made.
    """
    cast = _cast(wishes)
    bare = _read(_text(wishes, cast, ()), path)
    shared = tuple(dict.fromkeys((*_reused(cast), *shared_models(bare), *_judging(wishes, cast))))
    if wishes.is_embedded:
        shared = ()  # one small model does everything, and its recipe says so
    text = _text(wishes, cast, shared)
    return Draft(text, _read(text, path), _keys(wishes, cast), (*_idle(wishes, cast), *shared))


def _read(text: str, path: Path) -> Recipe:
    given = read_value(text)
    if not isinstance(given, dict):
        raise RecipeError("a recipe must be a mapping of keys", path.name)
    return parse(given, path)


def _reused(cast: Cast) -> Iterator[str]:
    """A writer that is tested too, where there is no other model."""
    if cast.writer is not None and cast.writer in cast.targets:
        yield f"{cast.writer.name} writes and is a panel target"


def _judging(wishes: Wishes, cast: Cast) -> Iterator[str]:
    """Targets of an evaluation that are of their judge's family."""
    if wishes.benchmark != "evaluate":
        return
    for judge, target in product(cast.voters, cast.targets):
        if judge.kind == target.kind:
            yield f"{judge.name} (judge) and {target.name} (target) are both of family {judge.kind}"


def _cast(wishes: Wishes) -> Cast:
    if wishes.is_embedded:
        small = Candidate("small", EMBEDDED, "smollm", {})
        writes = wishes.benchmark != "evaluate"
        return Cast(small if writes else None, (), () if writes else (small,))
    casting = {
        "or-bench": or_bench_cast,
        "sorry-bench": sorry_bench_cast,
        "evaluate": evaluation_cast,
    }
    candidates = catalog().candidates(wishes.providers, wishes.own)
    return casting[wishes.benchmark](catalog(), candidates)


def _text(wishes: Wishes, cast: Cast, shared: Sequence[str]) -> str:
    if wishes.benchmark == "sorry-bench":
        return sorry_bench_text(wishes, cast)
    if wishes.benchmark == "evaluate":
        return evaluation_text(wishes, cast, shared)
    if wishes.is_embedded:
        return embedded_or_bench_text(wishes)
    return or_bench_text(wishes, cast, shared)


def _keys(wishes: Wishes, cast: Cast) -> tuple[str, ...]:
    keys = [each.key_env for each in cast.models if each.key_env is not None]
    if wishes.benchmark == "sorry-bench":
        gated = mutations_for(wishes.rows, embedded=wishes.is_embedded).published
        keys += [HUB_KEY] if gated else []
    return tuple(dict.fromkeys(keys))


def _idle(wishes: Wishes, cast: Cast) -> tuple[str, ...]:
    """Providers of which no model is in the recipe."""
    used = {each.provider for each in cast.models}
    idle = [each for each in wishes.providers if each not in used]
    return tuple(f"no model of {each} is needed; its key is not" for each in idle)
