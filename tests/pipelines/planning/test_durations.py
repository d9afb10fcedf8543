"""How long a run takes: stages in turn, models side by side, each at its slowest bound."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.planning import ModelCalls, StagePlan
from pipelines.planning.durations import FIRST_TOKEN_S, TOKEN_S, duration_of
from pipelines.planning.values import Duration
from pipelines.recipe import Recipe, load
from tests.small_recipe import small_recipe


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    limits = ["models.gpt4o.rpm=60", "models.gpt4o.tpm=60000", "models.gpt4o.max_in_flight=10"]
    return load(small_recipe(tmp_path), limits)


def stage(name: str, model: str, calls: int | None, tokens: int = 0) -> StagePlan:
    sent = None if calls is None else tokens
    return StagePlan(name, calls, (ModelCalls(model, "host", calls, sent, sent and 0, 0.0),))


def seconds(recipe: Recipe, *stages: StagePlan, **latencies: float) -> float | None:
    known = {tuple(key.split("__")): value for key, value in latencies.items()}
    return duration_of(recipe, stages, known).seconds  # type: ignore[arg-type]  # pairs


def test_requests_a_minute_are_one_bound(recipe: Recipe) -> None:
    assert seconds(recipe, stage("moderate", "gpt4o", 600), moderate__gpt4o=1.0) == 600.0


def test_tokens_a_minute_are_another(recipe: Recipe) -> None:
    asked = stage("moderate", "gpt4o", 60, 6_000_000)
    assert seconds(recipe, asked, moderate__gpt4o=1.0) == 6000.0


def test_calls_in_flight_are_the_third(recipe: Recipe) -> None:
    assert seconds(recipe, stage("moderate", "gpt4o", 60), moderate__gpt4o=50.0) == 300.0


def test_one_call_takes_as_long_as_it_takes(recipe: Recipe) -> None:
    assert seconds(recipe, stage("moderate", "gpt4o", 1), moderate__gpt4o=50.0) == 50.0
    assert seconds(recipe, stage("rewrite", "writer", 1), rewrite__writer=50.0) == 50.0


def test_stages_come_one_after_the_other_and_models_of_one_side_by_side(recipe: Recipe) -> None:
    first, second = stage("rewrite", "writer", 64), stage("moderate", "gpt4o", 600)
    both = StagePlan("moderate", 600, (*second.asks, *stage("x", "writer", 64).asks))
    known = {"rewrite__writer": 9.0, "moderate__gpt4o": 1.0, "moderate__writer": 9.0}
    assert seconds(recipe, first, second, **known) == 609.0
    assert seconds(recipe, first, both, **known) == 609.0


def test_without_a_pilot_latencies_are_assumed_and_it_says_so(recipe: Recipe) -> None:
    asked = StagePlan("rewrite", 1, (ModelCalls("writer", "host", 1, 10, 100, 0.0),))
    found = duration_of(recipe, [asked], {})
    assert found.seconds == FIRST_TOKEN_S + 100 * TOKEN_S
    assert not found.measured
    assert duration_of(recipe, [asked], {("rewrite", "writer"): 2.0}).measured


def test_an_embedded_model_answers_in_its_slots(recipe: Recipe) -> None:
    assert seconds(recipe, stage("moderate", "small", 40), moderate__small=2.0) == 20.0


def test_where_nobody_knows_the_calls_nobody_knows_the_time(recipe: Recipe) -> None:
    found = duration_of(recipe, [stage("moderate", "gpt4o", None)], {})
    assert found.seconds is None
    assert found.says == "unknown, as the number of rows is"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (0.2, "about 1 s"),
        (59.0, "about 59 s"),
        (60.0, "about 1 min"),
        (3600.0, "about 1 h"),
        (90_000.0, "about 1 d 1 h"),
        (86_400.0 + 120, "about 1 d 2 min"),
    ],
)
def test_it_is_said_in_two_places(given: float, said: str) -> None:
    assert Duration(given, True).says == said
