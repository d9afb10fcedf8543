"""What servers put into an answer beside plain text, and what is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.types import Finish, Reply, Usage, why_no_text
from tests.inference.tasks import Question, asking, engine_for
from tests.servers import faults
from tests.servers.behaviours import echo
from tests.servers.chat import Answer
from tests.servers.openai_server import serve
from tests.servers.schedules import always

_IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
_THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}


class Whole(Question):
    """Gives the reply itself."""

    def parse(self, item: object, reply: Reply) -> object:  # type: ignore[override]
        return reply


def _reply(folder: Path, fault: faults.Fault, text: str = "q") -> Reply:
    """The reply as it comes back from the ledger."""
    for _ in range(2):
        with (
            serve(echo, faults=always(fault)) as server,
            engine_for(server.base_url, folder / "ledger") as engine,
        ):
            reply = engine.run([asking(text, Whole())]).results[0]
    assert isinstance(reply, Reply)
    return reply


def test_parts_of_text_are_joined_and_thinking_is_left_out(tmp_path: Path) -> None:
    told = ({"type": "text", "text": "a"}, {"type": "output_text", "text": "b"})
    assert _reply(tmp_path, faults.parts(_THOUGHT, *told)).text == "ab"


@pytest.mark.parametrize(
    ("fault", "finish", "why"),
    [
        (faults.tool_calls(), "tool_calls", "tool_calls"),
        (faults.parts(_IMAGE), "not_text", "not_text"),
        (faults.message(content=None, audio={"id": "audio_1"}), "not_text", "not_text"),
        (faults.message(content=None, reasoning_content="hm"), "stop", "empty"),
        (faults.empty(), "stop", "empty"),
        (faults.parts(), "stop", "empty"),
    ],
    ids=["tools", "image", "sound", "reasoning alone", "empty", "no parts"],
)
def test_an_answer_without_words_says_why(
    tmp_path: Path, fault: faults.Fault, finish: Finish, why: str
) -> None:
    reply = _reply(tmp_path, fault)
    assert (reply.text, reply.finish, why_no_text(reply)) == ("", finish, why)


def test_words_beside_an_image_are_the_answer(tmp_path: Path) -> None:
    reply = _reply(tmp_path, faults.parts({"type": "text", "text": "see"}, _IMAGE))
    assert (reply.text, why_no_text(reply)) == ("see", None)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(text="yes"), None),
        (Reply(text=" \n", finish="length"), "truncated"),
        (Reply(finish="other"), "empty"),
    ],
)
def test_white_space_is_no_answer(reply: Reply, why: str | None) -> None:
    assert why_no_text(reply) == why


@pytest.mark.parametrize(
    ("fields", "usage"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}, Usage(9, 5)),
        ({"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 114}, Usage(9, 105, 0, 100)),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 105,
                "completion_tokens_details": {"reasoning_tokens": 100},
                "prompt_tokens_details": {"cached_tokens": 4},
                "total_tokens": 114,
            },
            Usage(9, 105, 4, 100),
        ),
        (
            {"completion_tokens": 5, "completion_tokens_details": {"reasoning_tokens": 100}},
            Usage(0, 105, 0, 100),
        ),
        ({}, Usage()),
        (
            {"prompt_tokens": 9, "completion_tokens": 5, "prompt_cache_hit_tokens": 4},
            Usage(9, 5, 4),
        ),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 5,
                "prompt_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 4},
            },
            Usage(9, 5, 2, cache_write_tokens=4),
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 5, "cache_creation_input_tokens": 4},
            Usage(9, 5, cache_write_tokens=4),
        ),
    ],
    ids=[
        *("plain", "reasoning beside", "reasoning within", "no total", "nothing"),
        *("cached at DeepSeek", "cached at OpenRouter", "written at LiteLLM"),
    ],
)
def test_tokens_out_hold_the_reasoning_wherever_it_was_counted(
    tmp_path: Path, fields: dict[str, object], usage: Usage
) -> None:
    assert _reply(tmp_path, faults.usage(**fields)).usage == usage


def test_thirty_thousand_tokens_go_out_and_come_back_from_the_ledger(tmp_path: Path) -> None:
    text = "two words " * 30_000
    for sent in (1, 0):
        with (
            serve(lambda body: Answer(text)) as server,
            engine_for(server.base_url, tmp_path / "ledger") as engine,
        ):
            batch = engine.run([asking("q" * 120_000, Question())])
            assert batch.results == (text,)
            assert batch.spends["m"].output_tokens >= 30_000
            assert len(server.calls) == sent


def test_an_empty_question_and_an_empty_answer_are_kept(tmp_path: Path) -> None:
    assert _reply(tmp_path, faults.empty(), text="").text == ""
