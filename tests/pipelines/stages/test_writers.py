"""Who is asked about a row, and what of their answers stays: on replies that are given by hand."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from artifacts.records import StageName
from base.digests import digest_of
from inference.model_client import CallFailedError, RequestRefusedTwiceError
from inference.programs import ProgramRunner
from inference.providers.base import PermanentError
from inference.types import (
    ChatRequest,
    EmbedRequest,
    Failed,
    Generate,
    Item,
    Message,
    Program,
    Reply,
    UnusableError,
)
from pipelines.runner.stage import Outcome, Row
from pipelines.stages.writers import Turn, Writers, WriterTask, counted, in_turn
from pipelines.stages.writing import Writing, writing

_ITEM = Item("r1", "a seed", "hate")
_ROW: Row = {
    **{"row": "r1", "root": "r1", "parent": None, "position": "0", "text": "a seed"},
    **{"category": "hate", "writer": None, "checks": [], "source": "seeds.csv"},
}


@dataclass(frozen=True)
class _Task:
    """Texts, one a line; `NO` declines, nothing at all is unusable."""

    model: str

    @property
    def digest(self) -> str:
        return digest_of(self.model)

    def request(self, item: Item, tries: int) -> ChatRequest:
        return ChatRequest(self.model, (Message("user", item.text),), sample=tries)

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        if reply.text == "NO":
            raise UnusableError("writer_refused")
        if not reply.text:
            raise UnusableError("empty")
        return tuple(reply.text.splitlines())


@dataclass(frozen=True)
class _Words:
    """Objects to `bad` texts, and to those in which a writer declines."""

    name: str = "words"
    digest: str = digest_of("words")

    def __call__(self, item: Item, text: str) -> str | None:
        return {"bad": "too_bad", "I cannot.": "writer_refused"}.get(text)


@dataclass
class _Replies:
    """Gives each model's replies in their order, and notes who was asked for which sample."""

    said: Mapping[str, Sequence[str | Exception]]
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def __call__(self, request: ChatRequest | EmbedRequest) -> Reply:
        assert isinstance(request, ChatRequest)
        self.asked.append((request.model, request.sample))
        reply = self.said[request.model][request.sample]
        if isinstance(reply, Exception):
            raise reply
        return Reply(reply, key=f"{request.model}{request.sample}")


def _asked(
    want: int = 2, enough: int | None = None, names: str = "abc", **said: Sequence[str | Exception]
) -> tuple[tuple[Turn, ...] | Failed, list[tuple[str, int]]]:
    """The turns of writers who say this, and who was asked in which order."""
    replies = _Replies(said)
    writers = [WriterTask(name, _Task(name)) for name in names]
    asked = Generate(writers[0].task, _ITEM, want, (_Words(),), 2, 0, enough)
    turns = asyncio.run(ProgramRunner(replies).outcome(in_turn(writers, asked)))
    return turns, replies.asked


def _kept(turns: tuple[Turn, ...] | Failed) -> list[tuple[str, str]]:
    assert isinstance(turns, tuple)
    return [(turn.writer, text.text) for turn in turns for text in turn.written.kept]


def test_a_writer_that_gives_enough_is_the_only_one_asked() -> None:
    turns, asked = _asked(a=["one\ntwo"])
    assert _kept(turns) == [("a", "one"), ("a", "two")]
    assert asked == [("a", 0)]


def test_one_that_refuses_gives_way_at_once_and_one_of_unusable_texts_after_its_tries() -> None:
    turns, asked = _asked(a=["NO"], b=["bad\nbad", ""], c=["one\ntwo"])
    assert _kept(turns) == [("c", "one"), ("c", "two")]
    assert asked == [("a", 0), ("b", 0), ("b", 1), ("c", 0)]


def test_an_answer_refuses_where_each_of_its_texts_does() -> None:
    turns, asked = _asked(a=["I cannot.\nI cannot."], b=["one\nI cannot.", "two"])
    assert _kept(turns) == [("b", "one"), ("b", "two")]
    assert asked == [("a", 0), ("b", 0), ("b", 1)]


def test_what_is_usable_of_earlier_writers_stays_and_the_next_gives_what_is_missing() -> None:
    turns, asked = _asked(a=["one\nbad", "NO"], b=["one\ntwo\nthree"])
    assert _kept(turns) == [("a", "one"), ("b", "two")]
    assert asked == [("a", 0), ("a", 1), ("b", 0)]
    assert isinstance(turns, tuple)
    assert [text.reason for text in turns[1].written.dropped] == ["repeated", "not_needed"]


def test_where_one_text_is_enough_the_next_is_asked_only_for_want_of_any() -> None:
    few, asked = _asked(want=20, enough=1, a=["one"])
    assert (_kept(few), asked) == ([("a", "one")], [("a", 0)])
    none, asked = _asked(want=20, enough=1, a=["bad", "bad"], b=["one"])
    assert (_kept(none), asked) == ([("b", "one")], [("a", 0), ("a", 1), ("b", 0)])


def test_the_last_writer_has_all_its_tries_as_a_single_one_has() -> None:
    turns, asked = _asked(names="ab", a=["NO"], b=["NO", "one\ntwo"])
    assert _kept(turns) == [("b", "one"), ("b", "two")]
    assert asked == [("a", 0), ("b", 0), ("b", 1)]
    alone, asked = _asked(names="a", a=["NO", "one\ntwo"])
    assert _kept(alone) == [("a", "one"), ("a", "two")]
    assert asked == [("a", 0), ("a", 1)]


def test_a_prompt_that_a_server_refuses_for_good_goes_to_the_next_writer() -> None:
    refused = RequestRefusedTwiceError(PermanentError("bad_request", "HTTP 400"))
    turns, asked = _asked(a=[refused], b=["one\ntwo"])
    assert _kept(turns) == [("b", "one"), ("b", "two")]
    assert asked == [("a", 0), ("b", 0)]


def test_a_writer_that_could_not_be_asked_fails_the_row_and_nobody_takes_its_place() -> None:
    failed, asked = _asked(a=["one\nbad", CallFailedError("no_reply")], b=["two"])
    assert isinstance(failed, Failed)
    assert asked == [("a", 0), ("a", 1)]


def test_what_each_writer_gave_is_counted() -> None:
    turns, _ = _asked(a=["NO"], b=["bad\nI cannot.", "I cannot."], c=["one\nbad", "two"])
    assert isinstance(turns, tuple)
    assert counted(turns) == [
        {"writer": "a", "asks": 1, "texts": 0, "kept": 0, "refused": 1},
        {"writer": "b", "asks": 2, "texts": 3, "kept": 0, "refused": 1},
        {"writer": "c", "asks": 2, "texts": 3, "kept": 2, "refused": 0},
    ]


def _outcome(writers: Writers, said: Mapping[str, Sequence[str]], **settings: bool) -> Outcome:
    asked = Writing(writers, {"hate": (_Words(),)}, want=2, tries=2, **settings)

    def program() -> Program[Outcome]:
        row = yield from writing(StageName("rewrite", 0), asked).prepare()
        return (yield from row(dict(_ROW)))

    found = asyncio.run(ProgramRunner(_Replies(said)).outcome(program()))
    assert isinstance(found, Outcome)
    return found


def _in_order(*names: str) -> Writers:
    return Writers(tuple(WriterTask(name, _Task(name)) for name in names))


def test_rows_name_who_wrote_them_and_no_two_writers_share_a_position() -> None:
    found = _outcome(_in_order("a", "b"), {"a": ["one\nbad", "NO"], "b": ["bad\ntwo"]})
    kept = [(row["text"], row["writer"], row["position"]) for row in found.kept]
    assert kept == [("one", "a", "0.0"), ("two", "b", "b.0.1")]
    every = [*found.kept, *found.dropped]
    assert len({row["row"] for row in every}) == len(every) == 4
    assert {row["source"] for row in every} == {"seeds.csv"}
    (parent,) = found.side["parents"]
    assert (parent["children"], parent["asks"]) == (2, 3)
    assert (parent["outcome"], parent["reason"]) == ("expanded", "writer_refused")
    assert [each["writer"] for each in parent["writers"]] == ["a", "b"]


def test_a_seed_names_the_model_that_wrote_it_as_its_source() -> None:
    said = {"a": ["NO"], "b": ["one\ntwo"]}
    found = _outcome(_in_order("a", "b"), said, are_sources=True)
    assert [row["source"] for row in found.kept] == ["llm:b", "llm:b"]


def test_the_first_writers_rows_have_the_keys_that_they_had_alone() -> None:
    said = {"a": ["one\ntwo"]}
    alone, listed = (_outcome(_in_order(*names), said) for names in ("a", "ab"))
    assert [row["row"] for row in alone.kept] == [row["row"] for row in listed.kept]


def _shared(*drawn_for: str, **weights: float) -> Writers:
    return Writers.of(weights, _Task, *(drawn_for or ("rewrite", "1")))


_ROWS = [f"row {number}" for number in range(4000)]


def test_rows_are_shared_by_weight_and_each_has_one_writer_whatever_the_order() -> None:
    writers = _shared(a=2, b=1, c=1)
    drawn = [writers.about(row) for row in _ROWS]
    assert {len(each) for each in drawn} == {1}
    counts = Counter(each[0].name for each in drawn)
    assert 1900 < counts["a"] < 2100  # 2,000 expected, the standard deviation is 32
    assert 900 < counts["b"] < 1100
    again = _shared(c=1, b=1, a=2)
    assert [again.about(row)[0].name for row in _ROWS] == [each[0].name for each in drawn]


def test_a_writer_that_joins_takes_rows_and_moves_no_others() -> None:
    before, after = _shared(a=2, b=1), _shared(a=2, b=1, c=1)
    drawn = [(before.about(row)[0].name, after.about(row)[0].name) for row in _ROWS]
    assert {now for was, now in drawn if was != now} == {"c"}
    assert 900 < sum(now == "c" for _, now in drawn) < 1100


def test_another_edition_and_another_purpose_draw_anew() -> None:
    one, *others = (_shared(*each, a=1, b=1) for each in (("x", "1"), ("x", "2"), ("y", "1")))
    for other in others:
        same = sum(one.about(row)[0].name == other.about(row)[0].name for row in _ROWS)
        assert 1850 < same < 2150


def test_a_list_is_asked_in_its_order_about_every_row() -> None:
    writers = Writers.of(("b", "a"), _Task, "rewrite", "1")
    assert [each.name for each in writers.about("row 1")] == ["b", "a"]


@pytest.mark.parametrize(
    "writers",
    [
        Writers.of(("b", "a"), _Task),
        Writers.of(("a", "b", "c"), _Task),
        _shared(a=1, b=1),
        _shared(a=2, b=1),
        replace(_shared(a=2, b=1), drawn_for=("rewrite", "2")),
    ],
)
def test_who_writes_and_in_which_order_is_in_the_digest(writers: Writers) -> None:
    assert digest_of(writers.part()) != digest_of(Writers.of(("a", "b"), _Task).part())


def test_a_single_writer_adds_nothing_to_the_digest_of_its_task() -> None:
    assert Writers.of("a", _Task).part() == _Task("a").digest
