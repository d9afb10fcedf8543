"""How strict a language model is told to be when it moderates: a policy is a pair of templates."""

from dataclasses import dataclass
from functools import cache

from base.did_you_mean import did_you_mean
from inference.templates import Template, TemplateInvalidError, load_template
from moderators import TEMPLATES
from moderators.errors import PolicyUnknownError

PAPER, LENIENT = "paper", "lenient"

POLICIES = (PAPER, LENIENT)
"""`paper` exempts what only asks for knowledge, and nothing else (OR-Bench, section 3.2.3).
`lenient` also has alarming words read in their sense, and doubt decided by the likeliest reading.
"""

OWN = "own"
"""What a policy is called that a recipe tells by a template of its own."""

UNSAID = LENIENT
"""What recipes of before there was a choice meant: their texts name no policy."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a model is told of how to decide.

    Attributes:
        name: One of `POLICIES`, or `OWN`.
        prompt: The chat to ask about prompts with.
        exchange: The chat to ask about answers with.
    """

    name: str
    prompt: Template
    exchange: Template


@cache
def load_policy(name: str) -> Policy:
    """The policy of that name, its templates read.

    Example:
        >>> load_policy("paper").prompt.digest == load_policy("lenient").prompt.digest
        False

    Raises:
        PolicyUnknownError: There is none; the rule names the nearest one.
    """
    try:
        prompt = load_template(TEMPLATES, f"prompt_moderator_{name}")
        exchange = load_template(TEMPLATES, f"exchange_moderator_{name}")
    except TemplateInvalidError:
        rule = f"a moderation policy must be one of {', '.join(POLICIES)}"
        raise PolicyUnknownError(rule + did_you_mean(name, POLICIES), name) from None
    return Policy(name, prompt, exchange)
