"""How many tokens one call has: instructions, what changes from call to call, and the answer."""

import math
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from generators.imperative import ImperativeWriter
from generators.mutations.demonstrations import load_demonstrations
from generators.mutations.intent_checker import intent_checker
from generators.mutations.style_judge import style_judge
from generators.mutations.styles import written
from generators.mutations.translation import back_translator
from generators.mutations.writer import writer_for
from generators.seed_writer import SeedWriter
from inference.templates import Template, load_template
from inference.types import ChatRequest, Drafts, Item, PromptTask
from moderators import TEMPLATES
from moderators.classifier import ClassificationTask, Classifier
from moderators.guards.dialect import Guard
from moderators.llm import VerdictTask
from moderators.offline.logprob import AnswerWordTask
from moderators.policies import PAPER, Policy, load_policy
from moderators.refusal.classifier import FORMS, ClassifierKind
from moderators.refusal.llm import EXPLAINS, Design, JudgmentTask
from pipelines.runner.expected import CallSize
from taxonomy.cells import Cells
from taxonomy.model import Taxonomy

CHARACTERS_PER_TOKEN = 4.5
"""English prompts and answers: 4.2 to 5.1 characters a token, by kind of text and tokenizer."""

TOKEN_ERROR = 0.15
"""Largest error over five kinds of texts (shipped seeds, few-shot examples, definitions, 450 real
prompts, 1,350 real answers) and four tokenizers (cl100k, o200k, SmolLM2's, MiniLM's). Tokenizers of
32,000 tokens, such as Mixtral's, were not at hand and make more tokens of the same text."""

PROMPT = 24
"""Tokens of a prompt or a base request, where no table is at hand: the published hard prompts have
a median of 18 words."""

_CHAT = 12  # role marks, and the schema's name where there is one
_LIST_ITEM = 4  # number, quotes, comma
_SEED = 16  # the shipped ones have 12; a large writer's are longer
_LABELS = 14  # the keys of an object, a level and a form
_REQUESTS = 12  # for a mean: what they show differs
_ROWS = 12  # the same of mutations: two demonstrations of a row's own, longer or shorter
_VERDICT = 120  # an explanation of a few sentences, then two labels
_LABEL = 8  # a label alone, in JSON where it has one
_YES = 2
_ANSWER = 300  # 136 in 1,350 published answers of 2023's models; today's are longer
_POLICY = 500  # what a guard's own server puts around the chat; 100 to 1,500 by guard
_BLANK = Item("", "", "", answer="")
# Chinese and the scripts of India. A token a character is what older tokenizers need (cl100k); for
# newer ones (o200k) it is two to three times too many.
_DENSE = re.compile("[\u0900-\u0dff\u2e80-\u9fff\uf900-\uffef]")


def tokens(text: str) -> int:
    """About how many tokens a text has, in any of the set's languages.

    Of an English one it is right give or take `TOKEN_ERROR`.
    """
    dense = len(_DENSE.findall(text))
    return dense + math.ceil((len(text) - dense) / CHARACTERS_PER_TOKEN)


def seed_call(writer: SeedWriter, cells: Cells | None) -> CallSize:
    """One call for seeds: the instructions, one category's definition, a cell; a list comes back.

    It is one of the first round. One of a later round is shown up to eight seeds more.

    Args:
        writer: Who is asked, and by which template.
        cells: What calls are about; None where all of a category are alike.
    """
    sent = tokens(writer.template.text)
    sent += _mean(category.definition for category in writer.taxonomy.categories)
    if cells is not None:
        sub_topics = chain.from_iterable(cells.sub_topics.values())
        sent += sum(map(_mean, (sub_topics, cells.roles, cells.settings, cells.forms)))
    return CallSize(_CHAT + sent, writer.count * (_SEED + _LIST_ITEM))


def _mean(texts: Iterable[str]) -> int:
    sizes = [*map(tokens, texts)]
    return math.ceil(sum(sizes) / len(sizes))


def rewrite_call(task: PromptTask[Item, Drafts], taxonomy: Taxonomy, per_seed: int) -> CallSize:
    """One call for rewrites: the instructions with examples and one seed; a list comes back.

    Args:
        task: What is asked; its requests for a dozen rows of each category give the mean.
        taxonomy: Whose categories are written for.
        per_seed: Rewrites that one call is to bring.
    """
    sent = [
        _sent(request)
        for name in taxonomy.names
        for row in range(_REQUESTS)
        if isinstance(request := task.request(Item(str(row), "", name), 0), ChatRequest)
    ]
    each = PROMPT + _LIST_ITEM + _LABELS
    return CallSize(_CHAT + math.ceil(sum(sent) / len(sent)) + _SEED, per_seed * each)


def moderation_call(taxonomy: Taxonomy, policy: Policy | None = None) -> CallSize:
    """One vote: the instructions with every definition and one text; a reasoned verdict back."""
    instructions = _verdict(taxonomy, (policy or load_policy(PAPER)).prompt)
    return CallSize(_CHAT + instructions + PROMPT, _VERDICT)


def exchange_call(taxonomy: Taxonomy, policy: Policy | None = None) -> CallSize:
    """One vote on an answer together with its prompt."""
    instructions = _verdict(taxonomy, (policy or load_policy(PAPER)).exchange)
    return CallSize(_CHAT + instructions + PROMPT + _ANSWER, _VERDICT)


def logprob_call() -> CallSize:
    """One vote by log-probabilities: worked examples and one text; one token comes back."""
    examples = _sent(AnswerWordTask("", load_template(TEMPLATES, "logprob")).request(_BLANK, 0))
    return CallSize(_CHAT + examples + PROMPT, 1)


def guard_call(guard: Guard, answered: bool) -> tuple[CallSize, ...]:
    """The calls of one vote of a guard, one for each of its questions.

    Args:
        guard: Its dialect.
        answered: Whether it is asked about an exchange rather than a prompt.
    """
    item = Item("", "", "", answer="" if answered else None)
    about = PROMPT + (_ANSWER if answered else 0)
    output = min(guard.max_tokens, _VERDICT)
    return tuple(
        CallSize(
            _POLICY + about + sum(tokens(message.content) for message in question.messages), output
        )
        for question in guard.render(item)
    )


def answer_call() -> CallSize:
    """One answer to one prompt, without a system prompt."""
    return CallSize(_CHAT + PROMPT, _ANSWER)


def judge_call(design: Design = EXPLAINS) -> CallSize:
    """One judgment of a prompt and its answer by a chat model: the instructions and both.

    A reasoned label comes back, or a label alone, as the design has it.
    """
    instructions = _sent(
        JudgmentTask("", load_template(TEMPLATES, design.template)).request(_BLANK, 0)
    )
    output = _VERDICT if design.name == "cot" else _LABEL
    return CallSize(_CHAT + instructions + PROMPT + _ANSWER, output)


def classifier_call(kind: ClassifierKind) -> CallSize:
    """One judgment by a judge model that says one digit or word."""
    chat = _sent(
        JudgmentTask("", load_template(TEMPLATES, FORMS[kind].template)).request(_BLANK, 0)
    )
    return CallSize(_CHAT + chat + PROMPT + _ANSWER, _LABEL)


def _verdict(taxonomy: Taxonomy, template: Template) -> int:
    return _sent(VerdictTask("", taxonomy.categories, template).request(_BLANK, 0))


def _sent(request: ChatRequest) -> int:
    return sum(tokens(message.content) for message in request.messages)


def classify_call(taxonomy: Taxonomy, prompt: int) -> CallSize:
    """One classification: the instructions with every definition and one request of that size."""
    voter = Classifier.of("", taxonomy)
    task = ClassificationTask("", voter.categories, voter.template)
    return CallSize(_CHAT + _sent(task.request(_BLANK, 0)) + prompt, _VERDICT)


def imperative_call(prompt: int) -> CallSize:
    """One request in the imperative."""
    return CallSize(_CHAT + _sent(ImperativeWriter("").request(_BLANK, 0)) + prompt, prompt)


def mutation_call(style: str, prompt: int) -> CallSize:
    """One mutated text: the style's chat and one request; a text comes back.

    Its length is the request's, as much longer as the style's own demonstrations are.
    """
    task = writer_for(style, "")
    asked = [_sent(task.request(replace(_BLANK, row=str(row)), 0)) for row in range(_ROWS)]
    return CallSize(
        _CHAT + math.ceil(sum(asked) / _ROWS) + prompt, math.ceil(prompt * _growth(style))
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


def style_judge_call(style: str, prompt: int) -> CallSize:
    """One judgment of such a text beside its base; a reasoned answer to both questions comes back.

    It ends all written styles' rows, so that the calls of rows that fail a check before it are few.
    """
    instructions = _sent(style_judge(written(style), "").request(_BLANK, 0))
    both = prompt + mutation_call(style, prompt).output
    return CallSize(_CHAT + instructions + both, _VERDICT)


def _growth(style: str) -> float:
    """Tokens of the demonstrations' texts for each token of what they were made from."""
    shown = load_demonstrations(style).each
    asked = sum(tokens(each.base) for each in shown)
    return sum(tokens(each.text) for each in shown) / asked
