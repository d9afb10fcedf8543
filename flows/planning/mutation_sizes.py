"""How many tokens the calls of a fine-grained set have: classifying, mutating, translating back."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from flows.planning.sizes import CallSize
from flows.planning.tokens import tokens
from generators.imperative import ImperativeWriter
from generators.mutations.intent import intent_checker
from generators.mutations.registry import written
from generators.mutations.style import Style
from generators.mutations.translation import back_translator
from inference.types import ChatRequest, Item, Message
from moderators.classify import Classifier
from moderators.classify.classifier import ClassifyAtom
from taxonomy.model import Taxonomy

PROMPT = 24
"""Tokens of a base request, where its table is not at hand."""

_CHAT = 12  # role marks, and the schema's name where there is one
_VERDICT = 120  # an explanation of a few sentences and four keys
_BLANK = Item("", "", "", answer="")
_YES = 2
# Chinese and the scripts of India. A token a character is what older tokenizers need (cl100k); for
# newer ones (o200k) it is two to three times too many.
_DENSE = re.compile("[\u0900-\u0dff\u2e80-\u9fff\uf900-\uffef]")


def text_tokens(text: str) -> int:
    """About how many tokens a text has, in any of the set's languages."""
    dense = len(_DENSE.findall(text))
    return dense + tokens(_DENSE.sub("", text))


def classify_call(taxonomy: Taxonomy, prompt: int) -> CallSize:
    """One classification: the instructions with every definition and one request of that size."""
    voter = Classifier.of("", taxonomy)
    atom = ClassifyAtom("", voter.categories, voter.template)
    return CallSize(_CHAT + _sent(atom.request(_BLANK, 0)) + prompt, _VERDICT)


def imperative_call(prompt: int) -> CallSize:
    """One request in the imperative."""
    return CallSize(_CHAT + _sent(ImperativeWriter("").request(_BLANK, 0)) + prompt, prompt)


def mutation_call(style: str, prompt: int) -> CallSize:
    """One mutated text: the style's chat and one request; a text comes back.

    Its length is the request's, as much longer as the style's own demonstrations are.
    """
    found = written(style)
    chat = _chat(found)
    return CallSize(
        _CHAT + sum(text_tokens(turn.content) for turn in chat) + prompt,
        math.ceil(prompt * _growth(chat)),
    )


def back_translation_call(style: str, prompt: int) -> CallSize:
    """One translation of such a text back into English."""
    found = written(style)
    instructions = _sent(back_translator(found, "").request(_BLANK, 0))
    return CallSize(_CHAT + instructions + mutation_call(style, prompt).output, prompt)


def intent_call(style: str, prompt: int) -> CallSize:
    """One comparison of such a text with its base; a word comes back."""
    instructions = _sent(intent_checker("").request(_BLANK, 0))
    return CallSize(_CHAT + instructions + prompt + mutation_call(style, prompt).output, _YES)


def _chat(style: Style) -> tuple[Message, ...]:
    return style.chat().messages(**dict(style.values), text="")


def _growth(chat: Sequence[Message]) -> float:
    """Tokens of the demonstrations' answers for each token of what they were made from."""
    before = text_tokens(chat[-1].content)
    shown = chat[1:-1]
    asked = sum(text_tokens(turn.content) - before for turn in shown if turn.role == "user")
    said = sum(text_tokens(turn.content) for turn in shown if turn.role == "assistant")
    return said / asked if asked > 0 else 1.0


def _sent(request: ChatRequest) -> int:
    return sum(text_tokens(message.content) for message in request.messages)
