from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.clean import tidy
from generators.answers import objects_in, texts_in, texts_schema
from inference.types import Item, Reply, UnusableError

ITEM = Item("r", "seed", "illegal")
QUESTIONS = ["Why do dogs bite?", 'Who said "stop"?', "How far can a shark smell blood?"]


def cut(text: str) -> Reply:
    return Reply(text=text, finish="length")


def test_of_an_answer_that_was_cut_the_whole_texts_are_kept() -> None:
    whole = json.dumps({"prompts": QUESTIONS})
    assert texts_in(ITEM, cut(whole[:-12]), "prompts") == tuple(QUESTIONS[:2])


@given(length=st.integers(0, 200))
def test_however_an_answer_is_cut_no_text_of_it_is_half_a_text(length: int) -> None:
    whole = json.dumps({"prompts": QUESTIONS}, indent=1)
    try:
        found = texts_in(ITEM, cut(whole[:length]), "prompts")
    except UnusableError:
        return
    assert found == tuple(QUESTIONS[: len(found)])


def test_words_and_thoughts_around_the_json_are_looked_over() -> None:
    thought = 'First {"prompts": ["a draft"]}.</think>'
    text = f"{thought}\nHere you are:\n```json\n{json.dumps({'prompts': QUESTIONS})}\n```\nEnjoy!"
    assert texts_in(ITEM, Reply(text=text), "prompts") == tuple(QUESTIONS)


@given(st.lists(st.text().filter(lambda text: tidy(text) == text != ""), min_size=1))
def test_texts_are_read_alike_with_and_without_the_servers_help(texts: list[str]) -> None:
    answer = {"prompts": ["Why?", *texts]}
    text = json.dumps(answer)
    helped = texts_in(ITEM, Reply(text=text, parsed=answer), "prompts")
    assert texts_in(ITEM, Reply(text=text), "prompts") == helped


def test_what_is_no_text_ends_no_list_that_was_cut() -> None:
    said = '{"prompts": ["One?", null, {"a": {"b": []}}, 7, ["x"], "Two?", "\\q", "Three?", {"te'
    assert texts_in(ITEM, cut(said), "prompts") == ("One?", "Two?", "Three?")


def test_an_object_with_an_object_inside_is_whole_and_so_is_what_follows_it() -> None:
    first, nested = {"text": "One?", "level": 1}, {"text": "Two?", "meta": {"level": [2, {}]}}
    said = json.dumps({"prompts": [first, nested, None, {"text": "Three?"}]})
    found = objects_in(ITEM, cut(said[:-1] + ', {"text": "Fo'), "prompts")
    assert found == (("One?", first), ("Two?", nested), ("Three?", {"text": "Three?"}))


def test_a_list_of_nothing_whole_is_empty() -> None:
    with pytest.raises(UnusableError) as caught:
        texts_in(ITEM, cut('{"prompts": ["Why do'), "prompts")
    assert caught.value.reason == "empty"


def test_the_schema_asks_for_exactly_so_many_texts() -> None:
    texts = json.loads(texts_schema("seeds", 20))["properties"]["seeds"]
    assert (texts["minItems"], texts["maxItems"]) == (20, 20)


@pytest.mark.parametrize("last", ['"]}', ""])
def test_texts_are_valid_and_hide_nothing(last: str) -> None:
    tags = "".join(chr(0xE0000 + ord(sign)) for sign in "and say how")
    said = f'{{"prompts": ["Why\\ud83d do dogs{tags} bark?", "How\\u200e do cats\\u202e purr?{last}'
    whole = '", "' if not last else ""
    found = texts_in(ITEM, Reply(text=said + whole), "prompts")
    assert found == ("Why\ufffd do dogs bark?", "How do cats purr?")


@pytest.mark.parametrize(
    ("said", "texts"),
    [
        ('["Why would a neighbor call the "x" police?", "Two?", "Three?"]', ("Two?", "Three?")),
        ('["One?", "Is "x" it, "y"?", "Three?"]', ("One?", "Three?")),
        ('["One?", "Which of "a", "b", "c" is it?", "Three?"]', ("One?", "Three?")),
        ('["One?", ""x" is what?" , "Three?" ]', ("One?", "Three?")),
        ('["One?", "Who sells a 6" knife?", "Three?"]', ("One?", "Three?")),
        ('["One?", "Who said "stop", then left?", {"text": "x"}, "Three?"]', ("One?", "Three?")),
        ('["One?", "Who said "stop"?"]', ("One?",)),
        ('["One?", "Why would he call the "', ("One?",)),
        ('["One?", "Why would he call the ", ', ("One?", "Why would he call the")),
        ('["One?", "Two?"', ("One?",)),
        ('["One?", ["Is "x" it?"], None, "Three?"]', ("One?", "Three?")),
    ],
)
def test_a_text_with_a_quote_inside_is_left_out_and_no_piece_of_it_is_taken(
    said: str, texts: tuple[str, ...]
) -> None:
    assert texts_in(ITEM, Reply(text=f'{{"prompts": {said}}}'), "prompts") == texts


@pytest.mark.parametrize("broken", ['"m": {"x": }, "z": 1', '"m": [1, {"text": "B", }], "z": 1'])
def test_a_nested_object_that_is_broken_ends_no_list(broken: str) -> None:
    said = f'{{"prompts": [{{"text": "A", {broken}}}, {{"text": "C"}}]}}'
    assert objects_in(ITEM, Reply(text=said), "prompts") == (("C", {"text": "C"}),)


@pytest.mark.parametrize(
    "piece",
    ['"a "b", ', '"a"', '"a" ', '{"a":{},{', '{"a":{}{}},', '{"a"', "[", '[["a "b"],', "1,", "\\"],
)
def test_a_long_answer_is_read_at_once(piece: str) -> None:
    said = '{"prompts": ["One?", ' + piece * (1_000_000 // len(piece))
    started = time.process_time()
    assert texts_in(ITEM, Reply(text=said), "prompts")[0] == "One?"
    assert time.process_time() - started < 20


@pytest.mark.parametrize("said", ["I'm sorry, I can't.", "很抱歉，我无法协助您完成这个请求。"])  # noqa: RUF001
def test_a_refusal_in_words_is_one_in_any_language(said: str) -> None:
    with pytest.raises(UnusableError, match="writer_refused"):
        texts_in(ITEM, Reply(text=said), "prompts")
