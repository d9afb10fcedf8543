"""How many tokens one call has: instructions, what changes from call to call, and the answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.resources import files

from flows.planning.tokens import tokens
from inference.types import Item
from moderators.llm import VerdictAtom
from moderators.templates import load
from taxonomy.model import Taxonomy

_CHAT = 12  # role marks, and the schema's name where there is one
_LIST_ITEM = 4  # number, quotes, comma
_SEED = 16  # the shipped ones have 12; a large writer's are longer
_PROMPT = 24  # the published hard prompts have a median of 18 words
_VERDICT = 120  # an explanation of a few sentences, then two labels
_ANSWER = 300  # 136 in 1,350 published answers of 2023's models; today's are longer
_UNWRITTEN = 400  # the instructions of a stage that has no template yet


@dataclass(frozen=True, slots=True)
class CallSize:
    """Tokens of one call."""

    input: int
    output: int

    def capped(self, max_tokens: int | None) -> CallSize:
        """The same with an answer of at most `max_tokens`."""
        if max_tokens is None:
            return self
        return CallSize(self.input, min(self.output, max_tokens))


def seed_call(taxonomy: Taxonomy, per_call: int) -> CallSize:
    """One call for seeds: the instructions and one category's definition; a list comes back."""
    definitions = [tokens(category.definition) for category in taxonomy.categories]
    mean = math.ceil(sum(definitions) / len(definitions))
    return CallSize(
        _CHAT + _template("generators", "seeds") + mean, per_call * (_SEED + _LIST_ITEM)
    )


def rewrite_call(per_seed: int) -> CallSize:
    """One call for rewrites: the instructions with examples and one seed; a list comes back."""
    return CallSize(
        _CHAT + _template("generators", "rewrite") + _SEED, per_seed * (_PROMPT + _LIST_ITEM)
    )


def moderation_call(taxonomy: Taxonomy) -> CallSize:
    """One vote: the instructions with every definition and one text; a reasoned verdict back."""
    atom = VerdictAtom("", taxonomy.categories, load("prompt_moderator"))
    request = atom.request(Item("", "", ""), 0)
    instructions = sum(tokens(message.content) for message in request.messages)
    return CallSize(_CHAT + instructions + _PROMPT, _VERDICT)


def exchange_call(taxonomy: Taxonomy) -> CallSize:
    """One vote on an answer together with its prompt."""
    vote = moderation_call(taxonomy)
    return CallSize(vote.input + _ANSWER, vote.output)


def answer_call() -> CallSize:
    """One answer to one prompt, without a system prompt."""
    return CallSize(_CHAT + _PROMPT, _ANSWER)


def judge_call() -> CallSize:
    """One judgment of a prompt and its answer."""
    return CallSize(_CHAT + _UNWRITTEN + _PROMPT + _ANSWER, _VERDICT)


def _template(package: str, name: str) -> int:
    file = files(package) / "templates" / f"{name}.md"
    return tokens(file.read_text(encoding="utf-8")) if file.is_file() else _UNWRITTEN
