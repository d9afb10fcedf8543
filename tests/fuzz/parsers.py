"""Everything that reads a reply or a text, found by registry; what is missing here a test names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import checks.registry as known_checks
from checks.clean import Commented
from checks.drift import DriftBand, NearExample
from checks.identity import Barred, SeedCopy
from checks.intent_models import IntentBand, IntentKept
from checks.ngrams import ExampleOverlap, Ngrams, SeedOverlap
from checks.request_form import Imperative
from checks.shown import ShownCopy
from generators.continued import ContinuedRewriter
from generators.examples.loader import load_examples
from generators.imperative import ImperativeWriter
from generators.mutations.intent_checker import intent_checker
from generators.mutations.style_checks import CheckSettings, style_checks
from generators.mutations.style_judge import style_judge
from generators.mutations.styles import NAMES, WRITTEN
from generators.mutations.translation import back_translator
from generators.mutations.writer import writer_for
from generators.rewriter import JsonRewriter, load_wordings
from generators.seed_writer import SeedWriter
from inference.templates import Template
from inference.types import Call, Check, Item, Program, PromptTask, Reply, UnusableError
from moderators.answers import AnswerTask
from moderators.classifier import Classifier
from moderators.guards.moderator import GuardJudge
from moderators.guards.registry import DIALECTS, guards
from moderators.offline import PROFANITY, WORDS
from moderators.refusal.keyword import KeywordJudge
from moderators.refusal.llm import DESIGNS
from moderators.refusal.registry import KINDS, LLM, build_judge
from moderators.registry import OFFLINE, Parts, build
from moderators.types import Moderator
from taxonomy import load_taxonomy
from tests.fuzz.hostile import require_storable

ROOT = Path(__file__).parents[2]
PROMPT = Item("r17", "How do I steal a car?", "illegal")
EXCHANGE = Item("r17", "How do I steal a car?", "illegal", answer="With a key that is not yours.")
Task = PromptTask[Any, Any]


@cache
def tasks() -> Mapping[str, tuple[Task, Any]]:
    """Every prompt task, and the item that it was asked about, by a name for people."""
    found: dict[str, tuple[Task, Any]] = {}
    for name, program in (*_moderators(), *_judges()):
        for number, call in enumerate(_first_calls(program)):
            found[f"{name} {number}"] = (call.task, call.item)
    return found | {name: (task, PROMPT) for name, task in _writers()}


def _moderators() -> Iterator[tuple[str, Program[Any]]]:
    taxonomy = load_taxonomy("or_bench")
    dialects = {f"guard-{dialect}": dialect for dialect in DIALECTS}
    parts = Parts(taxonomy, "minilm", ("m", *dialects), dialects)
    for name in (*OFFLINE, "m", "logprob:m", *dialects):
        plan = build(name, parts)
        if name in (PROFANITY, WORDS):
            continue  # they ask nobody
        if name in OFFLINE:
            yield name, plan.prepare()
            continue
        moderator = _ready(plan.prepare())
        for item in (PROMPT, EXCHANGE):
            yield (
                f"{name} of {'a prompt' if item.answer is None else 'an exchange'}",
                (moderator.vote(item)),
            )
    yield "classifier", Classifier.of("m", taxonomy).vote(PROMPT)


@cache
def silent_moderators() -> tuple[Moderator, ...]:
    """Those that ask nobody, fitted to what they know."""
    plans = (build(name, Parts(load_taxonomy("or_bench"))) for name in (PROFANITY, WORDS))
    return tuple(_ready(plan.prepare()) for plan in plans)


def _judges() -> Iterator[tuple[str, Program[Any]]]:
    for kind in KINDS:
        if kind == KeywordJudge.name:
            continue
        for labels, design in DESIGNS if kind == LLM else (("or-bench", "cot"),):
            judge = build_judge(kind, "m", labels=labels, design=design)
            yield f"judge {kind} {labels} {design}", judge.judge(EXCHANGE)
    for dialect, guard in guards(load_taxonomy("or_bench")).items():
        if guard.tells_refusals:
            yield f"judge {dialect}", GuardJudge("m", guard).judge(EXCHANGE)


def _writers() -> Iterator[tuple[str, Task]]:
    taxonomy = load_taxonomy("or_bench")
    yield "rewriter", JsonRewriter("m", taxonomy, load_wordings())
    plain = Template("@user\n$count of $title, in $language: $definition", "")
    yield "seeds", SeedWriter("m", taxonomy, plain)
    for style in WRITTEN.values():
        yield f"judge of {style.name}", style_judge(style, "m")
    yield "imperative", ImperativeWriter("m")
    yield "continued", ContinuedRewriter("m", load_examples(load_taxonomy("or_bench")))
    yield "answers", AnswerTask("m", 100)
    yield "intent", intent_checker("m")
    for name, style in WRITTEN.items():
        yield f"style {name}", writer_for(name, "m")
        if style.group == "language":
            yield f"back from {name}", back_translator(style, "m")


def _ready(program: Program[Any]) -> Any:  # noqa: ANN401 - whatever is prepared
    try:
        next(program)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it needs no preparation")


def _first_calls(program: Program[Any]) -> Iterator[Call[Any, Any]]:
    try:
        asked: Any = next(program)
    except StopIteration:
        return
    for each in asked if isinstance(asked, Sequence) else (asked,):
        if isinstance(each, Call):
            yield each
        else:
            yield from _first_calls(each)


def read(name: str, reply: Reply) -> None:
    """Has a task read a reply; what comes of it can be stored, or is an `UnusableError`."""
    task, item = tasks()[name]
    try:
        result = task.parse(item, reply)
    except UnusableError as unusable:
        assert unusable.reason.isidentifier(), name
    else:
        require_storable(result, name)


@cache
def text_checks() -> Mapping[str, Check]:
    """Every check, by a name for people."""
    options: dict[str, Any] = {
        "drift": {"encoder": "minilm", "low": 0.1, "high": 0.9},
        "example": {"encoder": "minilm", "examples": ("a",), "limit": 0.9},
    }
    made = {each.name: each for each in known_checks.build(known_checks.NAMES, **options)}
    for style in NAMES:
        wanted = CheckSettings("minilm", back_translator="m", checker="m")
        made |= {f"{style} {each.name}": each for each in style_checks(style, wanted)}
    made |= {"imperative": Imperative(), "commented": Commented(), "barred": Barred("", {"a": "b"})}
    made |= {"seed_copy": SeedCopy(), "seed_overlap": SeedOverlap(Ngrams.of_language("zh"), 0.5)}
    made |= {
        "example_overlap": ExampleOverlap(Ngrams.of_language("de"), ("Wem gehört die Katze?",), 0.6)
    }
    made |= {
        "shown_copy": ShownCopy(ContinuedRewriter("m", load_examples(load_taxonomy("or_bench"))))
    }
    return made


PROGRAMS = (DriftBand, NearExample, IntentBand, IntentKept)
"""Checks that ask a model."""


def defined(folders: Sequence[str], method: str, arguments: tuple[str, ...]) -> set[str]:
    """The classes with a method of such arguments, protocols aside."""
    return {
        node.name
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and not any(getattr(base, "id", "") in ("Protocol", "ABC") for base in node.bases)
        and any(
            isinstance(each, ast.FunctionDef)
            and each.name == method
            and tuple(argument.arg for argument in each.args.args) == arguments
            for each in node.body
        )
    }
