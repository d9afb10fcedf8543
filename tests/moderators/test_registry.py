from __future__ import annotations

from dataclasses import replace

import pytest

from moderators.errors import (
    EncoderMissingError,
    GuardUnknownError,
    ModeratorUnknownError,
    PolicyUnknownError,
    PrototypesInvalidError,
    TaxonomyUnfitError,
)
from moderators.guards.moderator import GuardModerator
from moderators.llm import LlmModerator
from moderators.policies import POLICIES, load_policy
from moderators.registry import OFFLINE, Parts, build
from taxonomy import Taxonomy, load_taxonomy

PARTS = Parts(load_taxonomy("or_bench"), encoder="minilm", models=("small", "gpt4o"))


@pytest.mark.parametrize("name", [*OFFLINE, "gpt4o", "logprob:small"])
def test_a_moderator_is_built_by_its_name_and_keeps_it(name: str) -> None:
    assert build(name, PARTS).name == name


def test_every_moderator_has_a_digest_of_its_own_and_always_the_same() -> None:
    names = (*OFFLINE, "gpt4o", "small", "logprob:gpt4o", "logprob:small")
    digests = [build(name, PARTS).digest for name in names]
    assert len(set(digests)) == len(names)
    assert digests == [build(name, PARTS).digest for name in names]


def test_some_offline_moderator_measures_whether_a_prompt_sounds_risky() -> None:
    assert {name for name in OFFLINE if build(name, PARTS).measures_risk} == {"kernel", "nearest"}


def test_a_model_with_a_dialect_is_a_guard_with_the_recipes_limits() -> None:
    parts = replace(PARTS, dialects={"gpt4o": "wildguard"}, tries=2, max_tokens={"gpt4o": 40})
    guard = build("gpt4o", parts)
    assert isinstance(guard, GuardModerator)
    assert (guard.guard.name, guard.tries, guard.max_tokens) == ("wildguard", 2, 40)
    assert not guard.measures_risk
    assert isinstance(build("small", parts), LlmModerator)


def test_a_chat_models_limits_are_the_recipes() -> None:
    moderator = build("gpt4o", replace(PARTS, tries=2, max_tokens={"gpt4o": 40}))
    assert isinstance(moderator, LlmModerator)
    assert (moderator.tries, moderator.max_tokens) == (2, 40)
    other = build("small", replace(PARTS, max_tokens={"gpt4o": 40}))
    assert isinstance(other, LlmModerator)
    assert (other.tries, other.max_tokens) == (3, 1000)


@pytest.mark.parametrize("name", POLICIES)
def test_a_chat_model_is_told_what_the_policy_says_of_prompts_and_of_answers(name: str) -> None:
    moderator = build("gpt4o", replace(PARTS, policy=load_policy(name)))
    assert isinstance(moderator, LlmModerator)
    policy = load_policy(name)
    assert (moderator.template, moderator.exchange_template) == (policy.prompt, policy.exchange)


def test_no_other_moderator_depends_on_the_policy() -> None:
    parts = replace(PARTS, dialects={"small": "wildguard"})
    for name in (*OFFLINE, "small", "logprob:gpt4o"):
        other = build(name, replace(parts, policy=load_policy("lenient")))
        assert build(name, parts).digest == other.digest


def test_a_policy_that_there_is_not_is_refused_and_the_nearest_is_named() -> None:
    with pytest.raises(PolicyUnknownError, match=r"paper, lenient \(did you mean `lenient`\?\)"):
        load_policy("leniant")


def test_a_dialect_that_moderates_nothing_is_refused_by_name() -> None:
    with pytest.raises(GuardUnknownError, match="sorry-judge"):
        build("gpt4o", replace(PARTS, dialects={"gpt4o": "sorry-judge"}))


def test_all_but_the_log_probabilities_judge_exchanges_too() -> None:
    names = (*OFFLINE, "gpt4o", "logprob:small")
    takes = {name: build(name, PARTS).takes for name in names}
    assert {name for name in names if "exchange" not in takes[name]} == {"logprob:small"}
    assert all("prompt" in each for each in takes.values())


@pytest.mark.parametrize(
    ("name", "near"),
    [("nearst", "nearest"), ("gpt4", "gpt4o"), ("logprob:smal", "logprob:small")],
)
def test_an_unknown_moderator_is_refused_and_the_nearest_is_named(name: str, near: str) -> None:
    with pytest.raises(ModeratorUnknownError, match=f"did you mean `{near}`"):
        build(name, PARTS)


@pytest.mark.parametrize("name", ["baseline", "kernel", "nearest"])
def test_what_compares_embeddings_needs_an_encoder(name: str) -> None:
    with pytest.raises(EncoderMissingError, match=name):
        build(name, Parts(PARTS.taxonomy))


def test_a_taxonomy_without_prototypes_has_no_prototype_moderators() -> None:
    bare = Taxonomy("my_own", "1", "", PARTS.taxonomy.categories, "0")
    with pytest.raises(PrototypesInvalidError, match="my_own"):
        build("words", Parts(bare))


@pytest.mark.parametrize("name", ["baseline", "gpt4o"])
def test_what_chooses_a_category_needs_a_harmless_one(name: str) -> None:
    harmful = tuple(each for each in PARTS.taxonomy.categories if each.name != "none")
    bare = Taxonomy("my_own", "1", "", harmful, "0")
    with pytest.raises(TaxonomyUnfitError, match=f"{name} needs a category none"):
        build(name, Parts(bare, "minilm", PARTS.models))
