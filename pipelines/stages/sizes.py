"""How many tokens one call has: instructions, what changes from call to call, and the answer."""

import math
import re
from collections.abc import Sequence
from importlib.resources import files

from generators.mutations.checking import intent_checker
from generators.mutations.style_judge import style_judge
from generators.mutations.styles import Style, written
from generators.mutations.translation import back_translator
from generators.writers import ImperativeWriter
from inference.templates import Template, load_template
from inference.types import ChatRequest, Item, Message
from moderators import TEMPLATES
from moderators.classifier import ClassificationTask, Classifier
from moderators.guards.dialect import Guard
from moderators.llm import VerdictTask
from moderators.offline.logprob import AnswerWordTask
from moderators.policies import PAPER, load_policy
from moderators.refusal.classifier import FORMS, ClassifierKind
from moderators.refusal.llm import EXPLAINS, Design, JudgmentTask
from pipelines.runner.expected import CallSize
from taxonomy.model import Taxonomy

CHARACTERS_PER_TOKEN = 4.5
"""English prompts and answers: 4.2 to 5.1 characters a token, by kind of text and tokenizer."""

TOKEN_ERROR = 0.15
"""Largest error over five kinds of texts (shipped seeds, few-shot examples, definitions, 450 real
prompts, 1,350 real answers) and four tokenizers (cl100k, o200k, SmolLM2's, MiniLM's). Tokenizers of
32,000 tokens, such as Mixtral's, were not at hand and make more tokens of the same text."""


def tokens(text: str) -> int:
    """About how many tokens an English text has, give or take `TOKEN_ERROR`."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


_CHAT = 12  # role marks, and the schema's name where there is one
_LIST_ITEM = 4  # number, quotes, comma
_SEED = 16  # the shipped ones have 12; a large writer's are longer
_PROMPT = 24  # the published hard prompts have a median of 18 words
_VERDICT = 120  # an explanation of a few sentences, then two labels
_LABEL = 8  # a label alone, in JSON where it has one
_ANSWER = 300  # 136 in 1,350 published answers of 2023's models; today's are longer
_POLICY = 500  # what a guard's own server puts around the chat; 100 to 1,500 by guard
_BLANK = Item("", "", "", answer="")


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


def moderation_call(taxonomy: Taxonomy, policy: str = PAPER) -> CallSize:
    """One vote: the instructions with every definition and one text; a reasoned verdict back."""
    instructions = _verdict(taxonomy, load_policy(policy).prompt)
    return CallSize(_CHAT + instructions + _PROMPT, _VERDICT)


def exchange_call(taxonomy: Taxonomy, policy: str = PAPER) -> CallSize:
    """One vote on an answer together with its prompt."""
    instructions = _verdict(taxonomy, load_policy(policy).exchange)
    return CallSize(_CHAT + instructions + _PROMPT + _ANSWER, _VERDICT)


def logprob_call() -> CallSize:
    """One vote by log-probabilities: worked examples and one text; one token comes back."""
    examples = _sent(AnswerWordTask("", load_template(TEMPLATES, "logprob")).request(_BLANK, 0))
    return CallSize(_CHAT + examples + _PROMPT, 1)


def guard_call(guard: Guard, answered: bool) -> tuple[CallSize, ...]:
    """The calls of one vote of a guard, one for each of its questions.

    Args:
        guard: Its dialect.
        answered: Whether it is asked about an exchange rather than a prompt.
    """
    item = Item("", "", "", answer="" if answered else None)
    about = _PROMPT + (_ANSWER if answered else 0)
    output = min(guard.max_tokens, _VERDICT)
    return tuple(
        CallSize(
            _POLICY + about + sum(tokens(message.content) for message in question.messages), output
        )
        for question in guard.render(item)
    )


def answer_call() -> CallSize:
    """One answer to one prompt, without a system prompt."""
    return CallSize(_CHAT + _PROMPT, _ANSWER)


def judge_call(design: Design = EXPLAINS) -> CallSize:
    """One judgment of a prompt and its answer by a chat model: the instructions and both.

    A reasoned label comes back, or a label alone, as the design has it.
    """
    instructions = _sent(
        JudgmentTask("", load_template(TEMPLATES, design.template)).request(_BLANK, 0)
    )
    output = _VERDICT if design.name == "cot" else _LABEL
    return CallSize(_CHAT + instructions + _PROMPT + _ANSWER, output)


def classifier_call(kind: ClassifierKind) -> CallSize:
    """One judgment by a judge model that says one digit or word."""
    chat = _sent(
        JudgmentTask("", load_template(TEMPLATES, FORMS[kind].template)).request(_BLANK, 0)
    )
    return CallSize(_CHAT + chat + _PROMPT + _ANSWER, _LABEL)


def _verdict(taxonomy: Taxonomy, template: Template) -> int:
    return _sent(VerdictTask("", taxonomy.categories, template).request(_BLANK, 0))


def _sent(request: ChatRequest) -> int:
    return sum(tokens(message.content) for message in request.messages)


def _template(package: str, name: str) -> int:
    return tokens((files(package) / "templates" / f"{name}.md").read_text(encoding="utf-8"))


PROMPT = 24
"""Tokens of a base request, where its table is not at hand."""
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
    task = ClassificationTask("", voter.categories, voter.template)
    return CallSize(_CHAT + _mutation_sent(task.request(_BLANK, 0)) + prompt, _VERDICT)


def imperative_call(prompt: int) -> CallSize:
    """One request in the imperative."""
    return CallSize(
        _CHAT + _mutation_sent(ImperativeWriter("").request(_BLANK, 0)) + prompt, prompt
    )


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
    instructions = _mutation_sent(back_translator(found, "").request(_BLANK, 0))
    return CallSize(_CHAT + instructions + mutation_call(style, prompt).output, prompt)


def intent_call(style: str, prompt: int) -> CallSize:
    """One comparison of such a text with its base; a word comes back."""
    instructions = _mutation_sent(intent_checker("").request(_BLANK, 0))
    return CallSize(_CHAT + instructions + prompt + mutation_call(style, prompt).output, _YES)


def style_judge_call(style: str, prompt: int) -> CallSize:
    """One judgment of such a text beside its base; a reasoned answer to both questions comes back.

    It ends all written styles' rows, so that the calls of rows that fail a check before it are few.
    """
    instructions = _mutation_sent(style_judge(written(style), "").request(_BLANK, 0))
    both = prompt + mutation_call(style, prompt).output
    return CallSize(_CHAT + instructions + both, _VERDICT)


def _chat(style: Style) -> tuple[Message, ...]:
    return style.chat().messages(**dict(style.values), text="")


def _growth(chat: Sequence[Message]) -> float:
    """Tokens of the demonstrations' answers for each token of what they were made from."""
    before = text_tokens(chat[-1].content)
    shown = chat[1:-1]
    asked = sum(text_tokens(turn.content) - before for turn in shown if turn.role == "user")
    said = sum(text_tokens(turn.content) for turn in shown if turn.role == "assistant")
    return said / asked if asked > 0 else 1.0


def _mutation_sent(request: ChatRequest) -> int:
    return sum(text_tokens(message.content) for message in request.messages)
