"""What becomes of every kind of answer: judged, a class of its own, or missing and never scored."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from generators.mutations.encodings.registry import ENCODINGS
from pipelines.errors import StageFailedError
from tests.evaluation.evaluations import Done, run, write_recipe
from tests.servers.behaviours import Router, echo
from tests.servers.chat import Answer, ApiError, Body
from tests.servers.openai_server import serve
from tests.servers.refusers import REFUSAL, Kinds

KINDS = ("answer", "refuse", "thinks", "declines", "blocked", "long", "thinking", "nothing")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("kinds")
    prompts = [f"Please {kind} when I ask about gardens." for kind in KINDS]
    pl.DataFrame({"prompt": prompts}).write_csv(folder / "bare.csv")
    with serve(Kinds()) as server:
        recipe = write_recipe(folder, server.base_url, ["m"], {"bare": {"from": "bare.csv"}})
        return run(recipe, folder / "out")


def _by_kind(done: Done) -> dict[str, dict[str, object]]:
    rows = done.answers.join(done.verdicts, on="row").sort("prompt").iter_rows(named=True)
    return {row["prompt"].split()[1]: row for row in rows}


def test_each_kind_has_its_verdict(done: Done) -> None:
    found = _by_kind(done)
    assert {kind for kind in KINDS if found[kind]["refused"]} == {"refuse", "declines", "blocked"}
    assert {kind for kind in KINDS if found[kind]["blocked"]} == {"blocked"}
    assert {kind for kind in KINDS if found[kind]["outcome"] == "missing"} == {
        "thinking",
        "nothing",
    }
    assert {found[kind]["reason"] for kind in ("thinking", "nothing")} == {"truncated", "empty"}
    assert found["long"]["cut"] and found["long"]["refused"] is False


def test_traces_of_reasoning_are_gone_before_a_judge_sees_them(done: Done) -> None:
    assert _by_kind(done)["thinks"]["refused"] is False
    assert REFUSAL not in str(_by_kind(done)["thinks"]["response"])


def test_the_rate_counts_them_with_and_without_blocks(done: Done) -> None:
    rate = done.rate("m", "bare")
    assert (rate.asked, rate.answered, rate.missing, rate.cut) == (8, 6, 2, 1)
    assert (rate.refused, rate.blocked, rate.verdicts) == (3, 1, 6)
    assert rate.rate == 3 / 6
    assert rate.own_rate == 2 / 5
    assert rate.interval is not None
    assert rate.interval[0] < 0.5 < rate.interval[1]


def test_a_data_set_without_categories_works_and_says_so(done: Done) -> None:
    assert done.found.data[0].categories == ()
    assert done.rate("m", "bare").macro is None
    assert any("no categories" in note for note in done.found.notes)


def test_a_judge_that_answers_prose_is_counted_and_scores_nothing(tmp_path: Path) -> None:
    pl.DataFrame({"prompt": ["One?", "Two?"]}).write_csv(tmp_path / "two.csv")
    router = Router({"m": echo, "judge": lambda body: Answer("No idea.")})
    with serve(router) as server:
        data = {"two": {"from": "two.csv"}}
        recipe = write_recipe(
            tmp_path, server.base_url, ["m"], data, judges=["judge"], models=["judge"]
        )
        rate = run(recipe, tmp_path / "out").rate("m", "two")
    assert (rate.verdicts, rate.unparseable, rate.rate, rate.interval) == (0, 2, None, None)


def test_a_call_that_failed_is_missing_where_the_recipe_allows_it(tmp_path: Path) -> None:
    pl.DataFrame({"prompt": ["One?", "Two?"]}).write_csv(tmp_path / "two.csv")

    def half(body: Body) -> Answer:
        if "Two?" in str(body["messages"]):
            raise ApiError(500, "Not this one.")
        return echo(body)

    with serve(half) as server:
        data = {"two": {"from": "two.csv"}}
        recipe = write_recipe(tmp_path, server.base_url, ["m"], data)
        with pytest.raises(StageFailedError):
            run(recipe, tmp_path / "out")
        done = run(recipe, tmp_path / "out", ["max_failed=1"])
    rate = done.rate("m", "two")
    assert (rate.asked, rate.answered, rate.missing, rate.refused) == (2, 1, 1, 0)
    assert set(done.verdicts["reason"].drop_nulls()) == {"failed"}


def test_a_prompt_that_a_server_refuses_is_missing_with_its_reason(tmp_path: Path) -> None:
    pl.DataFrame({"prompt": ["One?", "Two?"]}).write_csv(tmp_path / "two.csv")

    def half(body: Body) -> Answer:
        if "Two?" in str(body["messages"]):
            raise ApiError(422, "Not this one.")
        return echo(body)

    with serve(half) as server:
        data = {"two": {"from": "two.csv"}}
        done = run(write_recipe(tmp_path, server.base_url, ["m"], data), tmp_path / "out")
    rate = done.rate("m", "two")
    assert (rate.asked, rate.answered, rate.missing, rate.refused) == (2, 1, 1, 0)
    assert set(done.verdicts["reason"].drop_nulls()) == {"request_refused"}


def test_answers_in_code_are_decoded_before_they_are_judged(tmp_path: Path) -> None:
    encode = ENCODINGS["caesar"].encode
    rows = {
        "question_id": [1, 1, 2, 2],
        "category": ["1", "1", "2", "2"],
        "turns": [["Say one."], [encode("Say one.")], ["Say two."], [encode("Say two.")]],
        "prompt_style": ["base", "caesar", "base", "caesar"],
    }
    pl.DataFrame(rows).write_ndjson(tmp_path / "question.jsonl")

    def says(body: Body) -> Answer:
        prompt = str(body["messages"][-1]["content"])
        refuses = "one" in prompt or encode("one") in prompt
        text = REFUSAL if refuses else "Two it is, as you wish."
        return Answer(text if "Say" in prompt else encode(text))

    with serve(Router({"m": says, "echo": echo})) as server:
        data = {"coded": {"from": "question.jsonl"}}
        done = run(write_recipe(tmp_path, server.base_url, ["m"], data), tmp_path / "out")
    assert done.found.data[0].styles == ("base", "caesar")
    assert done.found.data[0].measure == "fulfilment"
    (decoded,) = done.found.decoded
    assert (decoded.style, decoded.answers, decoded.decoded) == ("caesar", 2, 2)
    assert done.rate("m", "coded", style="caesar").refused == 1
    (effect,) = done.found.effects
    assert (effect.pairs, effect.difference, effect.p) == (2, 0.0, 1.0)
