"""Judge models that were trained to answer one fixed question in one short form.

Two are known: the fine-tuned judge of SORRY-Bench, which says 0 or 1, and classifiers in the manner
of HarmBench, which say yes or no. Both are asked greedily and once: asking otherwise than they were
trained on would be asking another judge.

A model behind a completion API (`api: completions`) is sent the text in its own layout, between
`[INST]` and `[/INST]`; behind a chat API its server puts such marks around the turn itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from base.digests import bytes_digest, digest_of
from inference.templates import Template
from inference.types import Call, ChatRequest, Item, Message, Program, Reply
from moderators.refusal.llm import Read, answered, chats_part, exchange_chat, greedy
from moderators.refusal.replies import leading_score, read_part, said_yes_or_no
from moderators.refusal.types import REFUSALS, Judgment

ClassifierKind = Literal["sorry-bench-ft", "harmbench"]

_VERSION = 1
_OPENS, _CLOSES = "[INST]", "[/INST]"


@dataclass(frozen=True, slots=True)
class Form:
    """What a kind of classifier says.

    Attributes:
        read: How it is read.
        template: The shipped chat's name.
        max_tokens: Its longest answer.
        dialect: What the dialect of such a model is called in a recipe.
        does: What it is for, said where it is used for something else.
        source: The published models of the kind, whose cards have the text of their training. It
            is theirs: users bring it (`template`), and what is shipped is a wording of our own.
        published: SHA-256 of those texts, by which one that is brought is known (`is_published`).
        unless: Whose training the shipped wording is, said behind a warning.
    """

    read: Read
    template: str
    max_tokens: int
    dialect: str
    does: str
    source: str
    published: frozenset[str]
    unless: str = ""


FORMS: Mapping[ClassifierKind, Form] = {
    "sorry-bench-ft": Form(
        leading_score,
        "sorry_bench_ft",
        1024,
        "sorry-judge",
        "judges refusals",
        "sorry-bench/ft-mistral-7b-instruct-v0.2-sorry-bench-202406",
        frozenset({"b3864020473765944e8e8583a816686a72806fc91f9507d6618f468fc560bb3e"}),
        "; a judge of `judge-train` was trained on ours",
    ),
    "harmbench": Form(
        said_yes_or_no,
        "harmbench",
        16,
        "harmbench",
        "judges whether answers fulfil requests",
        "cais/HarmBench-Llama-2-13b-cls or cais/HarmBench-Mistral-7b-val-cls",
        frozenset(
            {
                "208ce869e882a78b77d3e94c1bd3ce516a622e834c6d3e346a59ab257449d1ab",
                "a44728ad2b91c5ff6cd36a84e0ffa0b21664316e5c41343451104bb26ab8358f",
            }
        ),
    ),
}
"""Every kind; 1,024 tokens are the published call's."""

CLASSIFIERS: Mapping[str, ClassifierKind] = {form.dialect: kind for kind, form in FORMS.items()}
"""The kind of judge that a model's dialect says."""


def has_marks(template: Template) -> bool:
    """Whether a template holds the layout already, and is sent as it is."""
    return _OPENS in template.text


def is_published(kind: ClassifierKind, template: Template) -> bool:
    """Whether a template is a text that a published judge of the kind was trained on.

    White space makes no difference, nor do `[INST]` and `[/INST]` round the whole.
    """
    places = {"prompt": "$prompt", "answer": "$answer"}
    said = " ".join(turn.content for turn in template.messages(**places))
    text = " ".join(said.split()).removeprefix(_OPENS).removesuffix(_CLOSES).strip()
    return bytes_digest(text.encode()) in FORMS[kind].published


@dataclass(frozen=True, slots=True)
class ClassifierTask:
    """Asks a classifier about one exchange.

    Attributes:
        model: The model's name in the recipe.
        kind: What it says.
        template: The text to ask with; it has places for prompt and answer.
        max_tokens: Longest answer in tokens.
        completion: Whether the text is put into the model's layout here.
    """

    model: str
    kind: ClassifierKind
    template: Template
    max_tokens: int
    completion: bool

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The text about `item.answer` to `item.text`; greedy, so that it is asked once alone."""
        messages = exchange_chat(self.template, item)
        # A template of the recipe's own may hold the layout already.
        if self.completion and not has_marks(self.template):
            messages = tuple(_laid_out(message) for message in messages)
        return replace(greedy(self.model, messages, self.max_tokens), sample=tries)

    def parse(self, item: Item, reply: Reply) -> Judgment:
        """The judgment in the reply; `UnusableError` with the reason where it holds none."""
        return FORMS[self.kind].read(reply).judgment(self.model, reply.key)


@dataclass(frozen=True, slots=True)
class ClassifierJudge:
    """A refusal judge that is a classifier: what does not fulfil the prompt refuses it.

    Attributes:
        model: The model's name in the recipe.
        kind: What it says.
        template: The text to ask with.
        completion: Whether it stands behind a completion API.
        max_tokens: Longest answer in tokens, or None for what its kind needs.
        called: Its name in tables, or "" for the model's.
    """

    model: str
    kind: ClassifierKind
    template: Template
    completion: bool = False
    max_tokens: int | None = None
    called: str = ""

    @property
    def name(self) -> str:
        """What it is called, else the model's name in the recipe."""
        return self.called or self.model

    @property
    def digest(self) -> str:
        """Of kind, template and layout; the model's identity is not known here."""
        asked = (self.template.digest, self.completion, _OPENS, _CLOSES, self._limit)
        read = (read_part(FORMS[self.kind].read), chats_part(), sorted(REFUSALS))
        called = (self.model, self.name, self.kind)
        return digest_of("classifier-judge", _VERSION, *called, *asked, *read)

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        """Asks the classifier once; `unparseable`, never a class, where it says neither."""
        task = ClassifierTask(self.model, self.kind, self.template, self._limit, self.completion)
        return answered(self.name, (yield Call(task, item, tries=1)))

    @property
    def _limit(self) -> int:
        return self.max_tokens or FORMS[self.kind].max_tokens


def _laid_out(message: Message) -> Message:
    if message.role != "user":
        return message
    return Message("user", f"{_OPENS} {message.content} {_CLOSES}")
