"""How long a run takes: its stages one after the other, the models of each side by side.

A model answers no faster than its `rpm` and `tpm` allow, and than calls in flight do at its latency
(Little's law). Latencies are a pilot's, or assumed.
"""

import math
from collections.abc import Iterable, Mapping

from pipelines.planning.values import Duration, ModelCalls, StagePlan
from pipelines.recipe.models import EmbeddedModel
from pipelines.recipe.schema import Recipe

_MINUTE = 60.0
FIRST_TOKEN_S = 1.0
"""Assumed seconds until an answer begins."""
TOKEN_S = 0.02
"""Assumed seconds for a token of an answer: 50 tokens a second."""
ASSUMED = f"{FIRST_TOKEN_S:g} s and {1 / TOKEN_S:.0f} tokens a second"


def duration_of(
    recipe: Recipe, stages: Iterable[StagePlan], latencies: Mapping[tuple[str, str], float]
) -> Duration:
    """How long stages take one after the other.

    Args:
        recipe: The models' limits.
        stages: What is asked; parts of one stage run together.
        latencies: Seconds of a call by stage and model, where a pilot measured them.
    """
    by_stage: dict[str, dict[str, list[ModelCalls]]] = {}
    for stage in stages:
        models = by_stage.setdefault(stage.name, {})
        for each in stage.asks:
            models.setdefault(each.model, []).append(each)
    seconds: list[float | None] = []
    measured = bool(latencies)
    for name, models in by_stage.items():
        slowest: list[float | None] = [0.0]
        for model, asked in models.items():
            latency = latencies.get((name, model))
            measured &= latency is not None or not any(each.calls for each in asked)
            slowest.append(_of_model(recipe, model, asked, latency))
        known = [each for each in slowest if each is not None]
        seconds.append(max(known) if len(known) == len(slowest) else None)
    found = [each for each in seconds if each is not None]
    return Duration(math.fsum(found) if len(found) == len(seconds) else None, measured)


def _of_model(
    recipe: Recipe, name: str, asked: Iterable[ModelCalls], latency: float | None
) -> float | None:
    """Seconds for all that a stage asks of a model."""
    calls = tokens_in = tokens_out = 0
    for each in asked:
        if each.to_send is None or each.input_tokens is None or each.output_tokens is None:
            return None
        calls += each.to_send
        tokens_in += each.input_tokens
        tokens_out += each.output_tokens
    if not calls:
        return 0.0
    model = recipe.models[name]
    if latency is None:
        latency = FIRST_TOKEN_S + TOKEN_S * tokens_out / calls
    if isinstance(model, EmbeddedModel):
        return max(latency, calls * latency / min(model.slots, model.max_in_flight))
    paced = [latency, calls * latency / model.max_in_flight]
    if model.rpm is not None:
        paced.append(calls / model.rpm * _MINUTE)
    if model.tpm is not None:
        paced.append((tokens_in + tokens_out) / model.tpm * _MINUTE)
    return max(paced)
