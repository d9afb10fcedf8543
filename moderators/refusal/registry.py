"""The refusal judges that ask a model or none, by kind, and how they are made."""

from typing import cast

from base.did_you_mean import did_you_mean
from base.digests import require_digest
from base.registry import table_of
from inference.templates import Template, load_template, require_places
from moderators import TEMPLATES
from moderators.errors import JudgeInvalidError
from moderators.refusal.classifier import FORMS, ClassifierJudge, ClassifierKind
from moderators.refusal.keyword import KeywordJudge
from moderators.refusal.llm import DESIGNS, MAX_TOKENS, PLACES, LlmJudge
from moderators.refusal.types import RefusalJudge

LLM = "llm"
_NAMES = (KeywordJudge.name, LLM, *FORMS)
KINDS = tuple(table_of("refusal judge", ((name, name) for name in _NAMES)))
"""What `build_judge` makes; guards, trained judges and ensembles are made from other things."""


def build_judge(
    kind: str,
    model: str = "",
    *,
    name: str = "",
    tries: int = 3,
    max_tokens: int | None = None,
    labels: str = "or-bench",
    design: str = "cot",
    template: Template | None = None,
    completion: bool = False,
) -> RefusalJudge:
    """The judge of that kind.

    Args:
        kind: One of `KINDS`.
        model: The model's name in the recipe.
        name: The judge's name in tables, or "" for the model's.
        tries: How often a chat model's unusable judgment is asked for again, first time included.
        max_tokens: Longest judgment in tokens; None for what the kind needs.
        labels: A chat model's label set.
        design: How a chat model is asked.
        template: The chat to ask with in place of the shipped one.
        completion: Whether a classifier stands behind a completion API.

    Raises:
        JudgeInvalidError: There is no such kind or design; the rule names those that there are.
        TemplateInvalidError: The template has no place for the prompt or the answer.
        DigestError: The judge has no digest.
    """
    if template is not None:
        require_places(template, "template", "a judge's template", PLACES)
    made = _made(kind, model, name, tries, max_tokens, (labels, design), template, completion)
    require_digest("judge", made.name, made)
    return made


def _made(
    kind: str,
    model: str,
    name: str,
    tries: int,
    max_tokens: int | None,
    design: tuple[str, str],
    template: Template | None,
    completion: bool,
) -> RefusalJudge:
    if kind == KeywordJudge.name:
        return KeywordJudge()
    if kind in FORMS:
        form = cast("ClassifierKind", kind)
        chat = template or load_template(TEMPLATES, FORMS[form].template)
        return ClassifierJudge(model, form, chat, completion, max_tokens, name)
    if kind != LLM:
        rule = f"a judge's kind must be one of {', '.join(KINDS)}{did_you_mean(kind, KINDS)}"
        raise JudgeInvalidError(rule, kind)
    if design not in DESIGNS:
        known = ", ".join(" ".join(each) for each in DESIGNS)
        raise JudgeInvalidError(f"a judge's labels and design must be of {known}", " ".join(design))
    asked = DESIGNS[design]
    chat = template or load_template(TEMPLATES, asked.template)
    return LlmJudge(model, chat, tries, max_tokens or MAX_TOKENS, asked, name)
