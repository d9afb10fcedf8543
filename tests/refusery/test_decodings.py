"""Answers to mutated prompts, back in plain English from Python."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from refusery import decode
from refusery.inputs import InputError
from tests.servers.chat import Answer, Body
from tests.servers.openai_server import Server, serve


def _settings(server: Server, **more: object) -> dict[str, object]:
    return {
        "provider": "openai",
        "base_url": server.base_url,
        "model": "writer",
        "price": "free",
        "give_up_s": 3,
        "attempts": 1,
        **more,
    }


def test_answers_in_code_come_back_with_the_share_that_was_read() -> None:
    found = decode(["Wkh Wkdphv.", None, "A plain answer in English words."], "caesar")
    assert [each.status for each in found] == ["decoded", "missing", "plain"]
    assert [each.text for each in found] == [
        "The Thames.",
        None,
        "A plain answer in English words.",
    ]
    assert "Thames" not in repr(found)


def test_each_answer_may_have_a_style_of_its_own() -> None:
    found = decode(["Wkh Wkdphv.", "The Thames."], ["caesar", "base"])
    assert [each.status for each in found] == ["decoded", "as_it_was"]


def test_a_frame_has_its_own_styles() -> None:
    columns = {"response": ["Wkh Wkdphv.", None], "prompt_style": ["caesar"] * 2}
    added = ["decoded", "readable", "decoding", "decode_reason"]
    found = decode(pl.DataFrame(columns))
    assert found.columns == [*columns, *added]
    assert found["decoded"].to_list() == ["The Thames.", None]
    theirs = decode(pd.DataFrame(columns, index=["x", "y"]))
    assert list(theirs.columns) == [*columns, *added]
    assert (theirs.loc["x", "decoded"], theirs.loc["y", "decoding"]) == ("The Thames.", "missing")


@pytest.mark.parametrize(
    ("style", "says"),
    [
        ("ceasar", "did you mean `caesar`"),
        (["caesar"], "one for each answer .got 1 of 2"),
        ("translate-fr", r"must come with models \(got translate-fr\)"),
        (None, "style must be given"),
    ],
)
def test_styles_of_answers_that_do_not_fit_are_refused(style: object, says: str) -> None:
    answers = ["La Seine traverse la ville de Paris.", "Le Rhône traverse la ville de Lyon."]
    with pytest.raises(InputError, match=says):
        decode(answers, style)  # type: ignore[arg-type]


def test_another_language_is_translated_by_the_model_that_is_named(tmp_path: Path) -> None:
    def english(body: Body) -> Answer:
        return Answer("The Seine flows through the city of Paris.")

    french = "La Seine est une rivière qui traverse la belle ville de Paris depuis toujours."
    answers = [french, "The answer was in English already."]
    with serve(english) as server:
        models = {"a": {"provider": "embedded"}, "b": _settings(server)}
        found = decode(answers, "translate-fr", models=models, translator="b", cache=tmp_path)
        assert len(server.calls) == 1
    assert [each.status for each in found] == ["decoded", "plain"]
    assert found[0].text == "The Seine flows through the city of Paris."


def test_a_style_beside_a_frame_is_refused() -> None:
    frame = pl.DataFrame({"response": ["Wkh Wkdphv."], "prompt_style": ["caesar"]})
    with pytest.raises(InputError, match="which has its own"):
        decode(frame, "caesar")  # type: ignore[call-overload]
