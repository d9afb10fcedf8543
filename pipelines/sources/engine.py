"""The engine for a recipe's models and encoders, and what must hold before one is asked."""

import os
import uuid
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from checks.refusal_phrases import declines
from inference.budget import LedgerBudget
from inference.encoders import Encoder
from inference.engine import Batch, Engine
from inference.errors import KeyMissingError, PriceUnknownError, ServerUnreachableError
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.prices import is_priced
from inference.providers.opening import provide
from inference.structured import FormRecord
from inference.types import Failed
from pipelines.errors import (
    ModelRetiredError,
    PipelineError,
    TextsMissingError,
    VotesMissingError,
)
from pipelines.recipe import Recipe
from pipelines.recipe.names import references_of
from pipelines.sources.models import retired_since, to_encoder, to_specs
from pipelines.sources.refused import require_few_refused

ResultT = TypeVar("ResultT")


def open_engine(
    recipe: Recipe,
    ledger: Path,
    embeddings: Path,
    run: str | None = None,
    folder: Path | None = None,
) -> Engine:
    """The engine for a recipe's models and encoders, with its ledger opened.

    Args:
        recipe: Its models, and the cap on what they may cost.
        ledger: Where replies are kept.
        embeddings: Where vectors are kept.
        run: The run whose spend the cap bounds, as its purposes name it; None bounds what this
            engine spends.
        folder: The run's folder, which keeps how its models are asked for JSON; None keeps it in
            memory.
    """
    replies = Ledger(ledger)
    try:
        budget = None
        if recipe.budget is not None:
            name = run or uuid.uuid4().hex
            if run is None:
                replies.forget_budget_at_close(name)
            budget = LedgerBudget(replies, name, recipe.budget.max_usd)
        return Engine(
            to_specs(recipe),
            replies,
            provide,
            encoders(recipe, embeddings),
            budget,
            FormRecord(folder, declines),
        )
    except BaseException:
        replies.close()
        raise


def run_of(recipe: Recipe, verb: str) -> str:
    """The run under which the ledger counts what a verb other than `build` buys."""
    return f"{recipe.name}/{verb}"


def require_votes(
    engine: Engine, batch: Batch[ResultT], who: str, missing: int | None = None
) -> list[ResultT]:
    """The results of a batch of which every row must have been answered, in order.

    Args:
        engine: Which ran it.
        batch: What came of its programs.
        who: Who was asked, as the error names them.
        missing: The recipe's `max_missing`.

    Raises:
        VotesMissingError: A row failed; its cause is named.
        StageFailedError: A server refused more rows than `max_missing`.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
    """
    failed = _failed(engine, batch)
    rule = f"{who} must be asked; {len(failed)} rows failed: what was answered is kept"
    if failed:
        raise _ended(engine, failed, VotesMissingError, rule)
    require_few_refused(batch.asked, batch.refused, missing, who)
    return [result for result in batch.results if not isinstance(result, Failed)]


def require_texts(
    engine: Engine,
    batch: Batch[ResultT],
    allowed: int = 0,
    missing: int | None = None,
) -> list[ResultT | Failed]:
    """The results of a batch of which some rows may have failed, in order.

    Args:
        engine: Which ran it.
        batch: What came of its programs.
        allowed: How many rows may have failed: the recipe's `max_failed`.
        missing: The recipe's `max_missing`.

    Raises:
        TextsMissingError: More failed; the cause of one is named.
        StageFailedError: A server refused more rows than `max_missing`.
        BudgetReachedError: The recipe's cap is reached; what was answered is kept.
    """
    failed = _failed(engine, batch)
    if len(failed) > allowed:
        rule = (
            f"at most max_failed ({allowed}) texts may fail for want of a reply; {len(failed)} "
            "did: what was answered is kept, and the same command goes on from there"
        )
        raise _ended(engine, failed, TextsMissingError, rule)
    require_few_refused(batch.asked, batch.refused, missing, "a table")
    return list(batch.results)


def _failed(engine: Engine, batch: Batch[ResultT]) -> list[Failed]:
    """The rows that failed, where money did not run out."""
    if engine.spent_out is not None:
        raise engine.spent_out
    return [result for result in batch.results if isinstance(result, Failed)]


def _ended(
    engine: Engine, failed: list[Failed], error: type[PipelineError], rule: str
) -> PipelineError:
    """The error of an end for want of replies, with what the engine knows of the cause."""
    troubles = list(engine.troubles().values())
    if troubles and isinstance(troubles[0], ServerUnreachableError):
        return error(troubles[0].rule)
    causes = [*troubles, *engine.last_failures().values()]
    return error(rule, causes[0] if causes else failed[0].reason)


def encoders(recipe: Recipe, embeddings: Path) -> Callable[[str], Encoder]:
    """Makes an encoder of the recipe by its name."""
    return lambda name: Encoder(to_encoder(recipe, name), embeddings)


def require_payable(recipe: Recipe, models: Collection[str] | None = None) -> None:
    """Refuses what cannot be asked, before the first call.

    That is models that are no longer served, missing keys, then unknown prices.

    Args:
        recipe: The recipe.
        models: The names of those that will be asked; by default all that its parts name.

    Raises:
        ModelRetiredError: A model is no longer served; all of them are named with their days.
        KeyMissingError: A variable is not set; all of them are named.
        PriceUnknownError: Nobody says what a model costs; all such models are named.
    """
    require_served(recipe, models)
    require_keys(recipe, models)
    require_prices(recipe, models)


def require_served(recipe: Recipe, models: Collection[str] | None = None) -> None:
    """Refuses a run that would ask models which are no longer served.

    Raises:
        ModelRetiredError: Some are; all of them are named with their days.
    """
    retired = {name: day for name in _asked(recipe, models) if (day := retired_since(recipe, name))}
    if retired:
        names = ", ".join(
            f"`{name}` ({recipe.models[name].model}, {day})" for name, day in retired.items()
        )
        rule = f"the recipe's models must be served today; give another id to {names}"
        raise ModelRetiredError(rule, f"{len(retired)} retired")


def require_prices(recipe: Recipe, models: Collection[str] | None = None) -> None:
    """Refuses a run whose cost nobody can know, before its first call is paid for.

    Raises:
        PriceUnknownError: Nobody says what a model costs; all such models are named.
    """
    asked = _asked(recipe, models)
    unknown = [name for name, spec in asked.items() if not is_priced(spec)]
    if unknown:
        names = ", ".join(f"`{name}`" for name in unknown)
        rule = (
            f"the price of models {names} must be known: give each `price: free`, as for a server "
            "of your own, or `price: {input: ..., output: ...}` in US dollars per million tokens"
        )
        raise PriceUnknownError(rule, "none in the recipe and none in the kept price list")


def require_keys(recipe: Recipe, models: Collection[str] | None = None) -> None:
    """Refuses a run whose keys are not all there, before its first call is paid for.

    Raises:
        KeyMissingError: A variable is not set; all of them are named.
    """
    missing = {
        spec.key_env: name
        for name, spec in _asked(recipe, models).items()
        if spec.key_env and not os.environ.get(spec.key_env, "").strip()
    }
    if missing:
        names = ", ".join(f"`{name}`" for name in missing.values())
        raise KeyMissingError(
            f"models {names} need their keys in the environment", f"no {', '.join(missing)}"
        )


def _asked(recipe: Recipe, models: Collection[str] | None) -> dict[str, ModelSpec]:
    """The models that will be asked: those given, else those that the recipe's parts name."""
    asked = models
    if asked is None:
        asked = {each.name for each in references_of(recipe) if each.kind == "model"}
    return {name: spec for name, spec in to_specs(recipe).items() if name in asked}
