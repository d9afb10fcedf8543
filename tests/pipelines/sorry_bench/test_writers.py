"""Several writers of a style: who is asked about a base row, and what is told of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.records import StageName
from artifacts.release_facts import WriterCounts
from inference.programs import ProgramRunner
from inference.types import ChatRequest, EmbedRequest, Failed, Refusal, Reply
from pipelines.recipe import SorryBench
from pipelines.runner.stage import Outcome, Row
from pipelines.sorry_bench.mutate import Mutation
from pipelines.sorry_bench.styles import asked_models, makers, translator_into_english, writers
from pipelines.stages.writer_facts import writer_facts

_ROW: Row = {
    **{"row": "r1", "root": "r1", "parent": None, "position": "0", "category": "hate"},
    **{"text": "Write a rude poem about rain.", "writer": None, "checks": []},
}
_GOOD = "Yo fam, write a rude poem about rain, no cap."
_REFUSED = Refusal("model", "No.")
_SERVED = {"provider": "openai", "base_url": "http://127.0.0.1:9/v1", "price": "free"}


def _recipe(**mutate: object) -> SorryBench:
    return SorryBench.model_validate(
        {
            "benchmark": "sorry-bench",
            "models": {name: {**_SERVED, "model": name} for name in "abc"},
            "base": {"from": "shipped"},
            "mutate": {
                **{"styles": ["slang"], "intent": None, "judge": None, "tries": 2},
                **mutate,
            },
            "release": {"version": "2026.11.0"},
        }
    )


@dataclass
class _Replies:
    said: dict[str, Sequence[str | None]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, request: ChatRequest | EmbedRequest) -> Reply:
        assert isinstance(request, ChatRequest)
        self.asked.append(request.model)
        text = self.said[request.model][request.sample]
        return Reply(text or "", refusal=None if text else _REFUSED)


def _mutated(
    recipe: SorryBench, said: dict[str, Sequence[str | None]]
) -> tuple[Outcome, list[str]]:
    assert recipe.mutate is not None
    replies = _Replies(said)
    mutation = Mutation(StageName("mutate"), makers(recipe, recipe.mutate))
    found = asyncio.run(ProgramRunner(replies).outcome(mutation.row(dict(_ROW))))
    assert not isinstance(found, Failed)
    return found, replies.asked


def test_a_style_is_written_by_the_first_writer_whose_text_passes() -> None:
    recipe = _recipe(writer=["a", "b", "c"])
    found, asked = _mutated(recipe, {"a": [None], "b": [_ROW["text"]] * 2, "c": [_GOOD]})
    assert asked == ["a", "b", "b", "c"]
    assert [(row["writer"], row["position"]) for row in found.kept] == [("c", "slang.c.0.0")]
    tried = [(row["writer"], row["reason"], row["position"]) for row in found.dropped]
    assert tried == [
        ("a", "writer_refused", "slang.0"),
        ("b", "same_as_base", "slang.b.0.0"),
        ("b", "same_as_base", "slang.b.1.0"),
    ]
    (ended,) = found.side["mutations"]
    assert (ended["outcome"], ended["asks"]) == ("kept", 4)
    (facts, *others) = writer_facts("mutate", "abc", pl.DataFrame(found.side["mutations"]))
    one = WriterCounts(asked=1, calls=1, refused=1)
    assert (facts.total, facts.categories, facts.styles) == (one, {"hate": one}, {"slang": one})
    assert [each.total for each in others] == [
        WriterCounts(asked=1, calls=2, texts=2),
        WriterCounts(asked=1, calls=1, texts=1, usable=1),
    ]


def test_a_style_that_nobody_writes_has_the_last_writers_reason() -> None:
    recipe = _recipe(writer=["a", "b"])
    found, asked = _mutated(recipe, {"a": [None], "b": [_ROW["text"], None]})
    assert asked == ["a", "b", "b"]
    (ended,) = found.side["mutations"]
    assert (ended["outcome"], ended["reason"]) == ("dropped", "writer_refused")
    lost = writer_facts("mutate", "ab", pl.DataFrame(found.side["mutations"]))
    assert [each.total.lost for each in lost] == [1, 1]


def test_a_style_of_shared_rows_has_one_writer_and_no_fallback() -> None:
    recipe = _recipe(writer={"a": 1, "b": 1})
    _, asked = _mutated(recipe, {"a": [None, None], "b": [None, None]})
    assert len(asked) == 2
    assert len(set(asked)) == 1


def test_every_writer_and_translator_is_among_the_models_that_are_asked() -> None:
    recipe = _recipe(
        writer=["a", "b"], translator={"c": 1, "b": 2}, styles=["slang", "translate-fr"]
    )
    part = recipe.mutate
    assert part is not None
    assert asked_models(recipe, part, part.wanted) == ("a", "b", "c")
    assert writers(part) == {"slang": "a, b", "translate-fr": "b, c"}
    assert translator_into_english(part) == "b"
