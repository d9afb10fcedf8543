"""Guards and trained judges that are asked otherwise than they were trained, each said in a line.

A guard has a layout of its own, which its server's chat template sets or this project does
(`moderators.guards`). A trained judge has a text of its own, which its users bring: what is
shipped is this project's wording (`moderators.refusal.classifier`).
"""

from collections.abc import Iterator
from pathlib import PurePath

from base.errors import RefuseryError
from moderators.guards.registry import DIALECTS, guard
from moderators.refusal.classifier import (
    CLASSIFIERS,
    FORMS,
    ClassifierKind,
    has_marks,
    is_published,
)
from moderators.refusal.llm import given_chat
from pipelines.recipe.guards import marked_guards
from pipelines.recipe.judges import KEYWORD, ClassifierJudge, EnsembleJudge, Judge
from pipelines.recipe.models import OpenAIModel
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.schema import Evaluation, OrBench, Recipe
from pipelines.sources.models import located

_DIFFER = "its verdicts may differ"


def wordings(recipe: Recipe) -> tuple[str, ...]:
    """A line for each guard and judge of the recipe that is not asked as it was trained."""
    lines = [*moderator_wordings(recipe)]
    if isinstance(recipe, OrBench) and recipe.panel is not None:
        lines += judge_wordings(recipe, recipe.panel.judge)
    if isinstance(recipe, Evaluation):
        lines += (
            line for judge in recipe.evaluate.judges for line in judge_wordings(recipe, judge)
        )
    return tuple(dict.fromkeys(lines))


def moderator_wordings(recipe: Recipe) -> tuple[str, ...]:
    """The same of its moderators alone."""
    if not isinstance(recipe, OrBench):
        return ()
    named = (each.name for each in recipe.moderate.references() if each.kind == "model")
    return tuple(line for name in dict.fromkeys(named) for line in _of_guard(recipe, name))


def judge_wordings(recipe: Recipe, judge: Judge) -> tuple[str, ...]:
    """The same of one judge, or of the members of an ensemble."""
    if isinstance(judge, EnsembleJudge):
        return tuple(line for each in judge.judges for line in judge_wordings(recipe, each))
    if isinstance(judge, ClassifierJudge):
        return tuple(_of_classifier(recipe, judge.kind, judge.model, judge.called, judge.template))
    if not isinstance(judge, str) or judge == KEYWORD or judge not in recipe.models:
        return ()
    kind = CLASSIFIERS.get(_dialect(recipe, judge))
    if kind is not None:
        return tuple(_of_classifier(recipe, kind, judge, judge, None))
    return tuple(_of_guard(recipe, judge))


def _dialect(recipe: Recipe, name: str) -> str:
    model = recipe.models[name]
    return (isinstance(model, OpenAIModel) and model.dialect) or ""


def _is_bare(recipe: Recipe, name: str) -> bool:
    """Whether a model is sent bare text, which no chat template lays out."""
    model = recipe.models.get(name)
    return isinstance(model, OpenAIModel) and model.api == "completions"


def _of_guard(recipe: Recipe, name: str) -> Iterator[str]:
    dialect = _dialect(recipe, name)
    if dialect not in DIALECTS:
        return
    own, bare = guard(dialect, taxonomy_of(recipe)).own_api, _is_bare(recipe, name)
    who = f"{name} ({dialect}) is asked"
    if own == "chat" and bare:
        yield (
            f"{who} without its chat template, not in the layout that it was trained on; {_DIFFER} "
            "(`api: chat` has its server set it)"
        )
    elif own == "completions" and not bare:
        yield (
            f"{who} through its server's chat template, not in the layout that it was trained on; "
            f"{_DIFFER} (`api: completions` sends that layout)"
        )
    elif own == "completions" and name not in marked_guards(recipe):
        yield (
            f"{who} without the marks round its text, not in the layout that it was trained on; "
            f"{_DIFFER} (`layout: own` sets them)"
        )


def _of_classifier(
    recipe: Recipe, kind: ClassifierKind, model: str, called: str, template: str | None
) -> Iterator[str]:
    brought = (
        f"`{{kind: {kind}, model: {model}, template: FILE}}` takes the text of {_source(kind)}"
    )
    if template is None:
        yield (
            f"{called} is asked in this project's wording, not in that of the published judge; "
            f"{_DIFFER} ({brought}{FORMS[kind].unless})"
        )
        return
    path = located(recipe.folder, template)
    try:
        chat = given_chat(path) if path is not None else None
    except RefuseryError:
        chat = None
    if chat is None:
        return  # said where the judge is made
    if not is_published(kind, chat):
        yield (
            f"{called} is asked in the wording of {PurePath(template).name}, which is not that of "
            f"the published judge; {_DIFFER} from its ({brought})"
        )
    elif has_marks(chat) and not _is_bare(recipe, model):
        yield (
            f"{called} is asked through its server's chat template, which sets the marks of its "
            f"text once more; {_DIFFER} (`api: completions` sends the text as it is)"
        )


def _source(kind: ClassifierKind) -> str:
    return f"the model card of {FORMS[kind].source}"
