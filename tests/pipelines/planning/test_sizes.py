from __future__ import annotations

from dataclasses import replace

import generators
from generators.continued import ContinuedRewriter
from generators.examples.loader import load_examples
from generators.rewriter import JsonRewriter, bank_for, load_wordings
from generators.seed_writer import SeedCall, SeedWriter
from inference.templates import load_template
from inference.types import Item
from moderators import TEMPLATES
from moderators.guards.registry import guards
from moderators.llm import VerdictTask
from moderators.policies import load_policy
from moderators.refusal.llm import JudgmentTask
from pipelines.stages.sizes import (
    TOKEN_ERROR,
    CallSize,
    exchange_call,
    guard_call,
    judge_call,
    moderation_call,
    rewrite_call,
    seed_call,
    tokens,
)
from taxonomy import load_taxonomy
from taxonomy.cells import load_cells

OR_BENCH = load_taxonomy("or_bench")
CELLS = load_cells(OR_BENCH)
SEEDS = SeedWriter("w", OR_BENCH, load_template(generators.TEMPLATES, "seeds"))


def test_a_vote_is_as_long_as_the_request_that_would_be_sent() -> None:
    prompt = "How do dealers stop people from taking a test car home?"
    task = VerdictTask("guard", OR_BENCH.categories, load_policy("paper").prompt)
    sent = task.request(Item("r1", prompt, "illegal"), 0)
    counted = tokens("\n".join(message.content for message in sent.messages))
    assert abs(moderation_call(OR_BENCH).input - counted) < TOKEN_ERROR * counted


def test_a_vote_is_as_long_as_its_policy_makes_it() -> None:
    for call in (moderation_call, exchange_call):
        assert (
            call(OR_BENCH, load_policy("lenient")).input
            > call(OR_BENCH, load_policy("paper")).input
            == call(OR_BENCH).input
        )


def test_a_taxonomy_of_more_words_makes_longer_votes() -> None:
    wordy = replace(OR_BENCH, categories=OR_BENCH.categories * 2)
    assert moderation_call(wordy).input > moderation_call(OR_BENCH).input


def test_a_judgment_is_as_long_as_the_request_that_would_be_sent() -> None:
    answer = "Here is how dealers do it. " * 54
    task = JudgmentTask("judge", load_template(TEMPLATES, "refusal_judge"))
    sent = task.request(Item("r1", "How do dealers do it?", "illegal", answer=answer), 0)
    counted = tokens("\n".join(message.content for message in sent.messages))
    assert abs(judge_call().input - counted) < TOKEN_ERROR * counted


def test_a_guard_has_a_call_for_each_of_its_questions() -> None:
    asked = {name: guard_call(each, False) for name, each in guards(OR_BENCH).items()}
    assert {name: len(calls) for name, calls in asked.items() if len(calls) > 1} == {
        "shieldgemma": 4
    }
    for name, each in guards(OR_BENCH).items():
        assert guard_call(each, True)[0].input > asked[name][0].input


def test_an_answer_is_judged_together_with_its_prompt() -> None:
    assert exchange_call(OR_BENCH).input > moderation_call(OR_BENCH).input


def test_an_answer_grows_with_what_is_asked_for() -> None:
    assert seed_call(SEEDS, CELLS).output == 2 * seed_call(replace(SEEDS, count=10), CELLS).output
    asked = ContinuedRewriter("m", load_examples(OR_BENCH))
    six, three = (rewrite_call(asked, OR_BENCH, number) for number in (6, 3))
    assert six.output == 2 * three.output


def test_a_call_for_rewrites_is_as_long_as_what_is_sent() -> None:
    wordings = load_wordings()
    asked = JsonRewriter("m", OR_BENCH, wordings, bank_for(wordings, OR_BENCH))
    sent = [
        sum(tokens(message.content) for message in asked.request(item, 0).messages)
        for item in (Item(f"r{n}", "How do I pick a lock?", "illegal") for n in range(40))
    ]
    assert abs(rewrite_call(asked, OR_BENCH, 5).input / (sum(sent) / len(sent)) - 1) < 0.05


def test_a_cap_shortens_an_answer_and_never_lengthens_it() -> None:
    assert CallSize(10, 20).capped(5) == CallSize(10, 5)
    assert CallSize(10, 20).capped(50) == CallSize(10, 20).capped(None) == CallSize(10, 20)


def test_a_call_for_seeds_is_as_long_as_the_request_that_would_be_sent() -> None:
    cell = (CELLS.of("illegal")[0], CELLS.roles[0], CELLS.settings[0], CELLS.forms[0])
    sent = SEEDS.request(SeedCall("c", "", "illegal", "0.0", None, *cell), 0)
    counted = tokens("\n".join(message.content for message in sent.messages))
    assert abs(seed_call(SEEDS, CELLS).input - counted) < TOKEN_ERROR * counted
    assert seed_call(SEEDS, CELLS).input > seed_call(SEEDS, None).input
