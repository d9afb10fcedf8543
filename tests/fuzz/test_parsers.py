"""Any reply and any text: a result that can be stored, or a reason; never another exception."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from base.foreign_text import valid_text
from checks.clean import tidy, uncommented
from checks.refusal_phrases import plain
from generators.errors import GeneratorError
from generators.mutations.encodings.registry import ENCODINGS
from generators.mutations.misspellings import misspell
from inference.thoughts import visible
from inference.types import Item, Reply, Score, TokenLogprobs, UnusableError
from moderators.refusal.keyword import KeywordJudge
from moderators.refusal.trained_features import cheap_features
from tests.fuzz.hostile import replies, require_storable, texts
from tests.fuzz.parsers import (
    EXCHANGE,
    PROGRAMS,
    defined,
    read,
    tasks,
    text_checks,
)

_FEW = settings(max_examples=8, suppress_health_check=list(HealthCheck))


@_FEW
@example(Reply(text='{"a":' * 1_001))
@example(Reply(text=r'{"category": "none", "explanation": "ends \ud83d", "confidence": 1}'))
@example(Reply(text=r'{"label": "direct_answer", "explanation": "ends \ud83d"}'))
@example(Reply(text=r'{"prompts": ["a \ud83d"], "seeds": ["a \ud83d"], "instruction": ["\ud83d"]}'))
@example(Reply(text='{"category": "none", "confidence": 1' + "0" * 400 + "}"))
@example(Reply(parsed={"category": 10**4_000, "confidence": 10**400}))
@example(Reply(logprobs=(TokenLogprobs("no", 0.0, (("no", math.nan), ("yes", -1.0))),)))
@example(Reply(logprobs=(TokenLogprobs("no", 0.0, (("no", 1.7e308), ("yes", -1.7e308))),)))
@given(replies())
def test_every_task_reads_any_reply(reply: Reply) -> None:
    for name in tasks():
        read(name, reply)


@_FEW
@example("\ud83d", "ends \udc00")
@example("!" * 300, "a b " * 300)
@given(texts(), texts())
def test_every_check_reads_any_text(text: str, base: str) -> None:
    item = Item("r17", base, "illegal")
    for name, check in text_checks().items():
        found = check(item, text)
        if isinstance(check, PROGRAMS):
            next(found)  # type: ignore[arg-type]
        else:
            reason = found.reason if isinstance(found, Score) else found
            assert reason is None or (isinstance(reason, str) and reason.isidentifier()), name


@_FEW
@example("\ud83d 104 101 ... ---")
@given(texts())
def test_every_code_is_undone_in_any_text(text: str) -> None:
    for encoding in ENCODINGS.values():
        require_storable(encoding.decoded(text), encoding.name)
        for work in (encoding.encode, encoding.decode, encoding.carries):
            for mode in ("canonical", "compat"):
                try:
                    work(text, mode)  # type: ignore[operator]
                except GeneratorError as error:
                    assert "\n" not in str(error)


@_FEW
@example("\ud83d<think>")
@given(texts())
def test_texts_are_made_plain(text: str) -> None:
    for work in (tidy, uncommented, visible, valid_text):
        assert isinstance(work(text), str)
    plain(text)
    require_storable(KeywordJudge().read(text))
    require_storable(cheap_features(text, text))
    assert isinstance(misspell(text, "r17"), str)


@_FEW
@given(texts().map(valid_text), st.integers(0, 3))
def test_any_valid_text_can_be_asked_about(text: str, tries: int) -> None:
    for name, (task, item) in tasks().items():
        if isinstance(item, Item):
            asked: Any = replace(item, text=text, answer=None if item.answer is None else text)
            request = task.request(asked, tries)
            require_storable(request.messages, name)


def test_no_parser_and_no_check_is_left_out() -> None:
    kinds = {base.__name__ for task, _ in tasks().values() for base in type(task).__mro__}
    folders = ("generators", "moderators", "checks")
    assert defined(folders, "parse", ("self", "item", "reply")) - kinds == set()
    kinds = {base.__name__ for check in text_checks().values() for base in type(check).__mro__}
    assert defined(("checks",), "__call__", ("self", "item", "text")) - kinds == set()


@pytest.mark.parametrize("odds", [math.nan, math.inf, -math.inf])
def test_what_is_no_probability_is_no_verdict(odds: float) -> None:
    task, item = tasks()["logprob:m of a prompt 0"]
    top = (("yes", odds), ("maybe", -1.0))
    with pytest.raises(UnusableError, match="no_answer_word"):
        task.parse(item, Reply(text="yes", logprobs=(TokenLogprobs("yes", odds, top),)))
    assert item == replace(EXCHANGE, answer=None)
