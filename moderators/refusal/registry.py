"""The refusal judges that a recipe may name, and how they are made."""

from __future__ import annotations

from moderators.errors import JudgeNotBuilt
from moderators.refusal.keyword import KeywordJudge
from moderators.refusal.llm import MAX_TOKENS, LlmJudge
from moderators.refusal.types import RefusalJudge
from moderators.templates import load

LLM = "llm"
_BUILT = {"labels": "or-bench", "design": "cot"}


def build_judge(
    kind: str,
    model: str = "",
    *,
    tries: int = 3,
    max_tokens: int = MAX_TOKENS,
    labels: str = "or-bench",
    design: str = "cot",
) -> RefusalJudge:
    """The judge of that kind.

    Args:
        kind: `keyword`, or `llm` for a chat model.
        model: The chat model's name in the recipe.
        tries: How often an unusable judgment is asked for again, first time included.
        max_tokens: Longest judgment in tokens.
        labels: A chat model's label set.
        design: How a chat model is asked.

    Raises:
        JudgeNotBuilt: The kind, the label set or the design is none that is built so far.
    """
    if kind == KeywordJudge.name:
        return KeywordJudge()
    if kind != LLM:
        raise JudgeNotBuilt("a refusal judge must be keyword or a chat model so far", kind)
    for key, value in (("labels", labels), ("design", design)):
        if value != _BUILT[key]:
            rule = f"the {key} of a refusal judge must be {_BUILT[key]} so far"
            raise JudgeNotBuilt(rule, value)
    return LlmJudge(model, load("refusal_judge"), tries, max_tokens)
