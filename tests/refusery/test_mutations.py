"""`mutate`, from lists and from frames of both kinds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from artifacts.errors import ColumnUnusableError
from generators.mutations.encodings.registry import ENCODINGS
from pipelines.errors import RecipeError, TextsMissingError
from refusery import mutate
from refusery.inputs import InputError
from tests.servers.chat import Answer, ApiError, Body
from tests.servers.mutators import Mutator
from tests.servers.openai_server import Server, serve

_TEXTS = ["Name a river.", "Name a city."]
_ADDED = ["prompt_style", "base", "status", "made_by", "variant", "reason"]


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


def test_what_needs_no_model_is_made_by_default() -> None:
    found = mutate(_TEXTS)
    assert [each.style for each in found] == [s for s in [*ENCODINGS, "misspellings"] for _ in "12"]
    assert [each.index for each in found[:4]] == [0, 1, 0, 1]
    assert {each.status for each in found} == {"kept"}
    assert "river" not in repr(found)


def test_a_code_may_stand_alone() -> None:
    assert [each.text for each in mutate(_TEXTS, styles="caesar", bare=True)] == [
        "Qdph d ulyhu.",
        "Qdph d flwb.",
    ]


def test_frames_get_a_row_for_each_style_and_keep_their_columns() -> None:
    frame = pl.DataFrame({"prompt": _TEXTS, "n": [1, 2]})
    found = mutate(frame, styles=["morse", "caesar"], bare=True)
    assert found.columns == ["prompt", "n", *_ADDED]
    assert found["prompt_style"].to_list() == ["caesar"] * 2 + ["morse"] * 2
    assert found["base"].to_list() == _TEXTS * 2
    assert found["n"].to_list() == [1, 2] * 2
    theirs = mutate(frame.to_pandas().set_index(pd.Index(["x", "y"])), styles="caesar", bare=True)
    assert list(theirs.columns) == ["prompt", "n", *_ADDED]
    assert list(theirs.index) == ["x", "y"]
    assert list(theirs["prompt"]) == ["Qdph d ulyhu.", "Qdph d flwb."]
    assert mutate(frame.clear(), styles="caesar").schema == found.schema


def test_turns_stay_lists_of_one_text() -> None:
    frame = pl.DataFrame({"turns": [[text] for text in _TEXTS]})
    found = mutate(frame, styles="caesar", bare=True, column="turns")
    assert found["turns"].to_list() == [["Qdph d ulyhu."], ["Qdph d flwb."]]


@pytest.mark.parametrize(
    ("styles", "says"),
    [
        ("moorse", "did you mean `morse`"),
        (["translate-fr"], r"must come with models.*\(got translate-fr\)"),
        ([], "styles must name a style"),
    ],
)
def test_styles_that_cannot_be_made_are_refused(styles: str | list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        mutate(_TEXTS, styles=styles)


def test_blank_texts_and_mutations_are_no_base() -> None:
    with pytest.raises(InputError, match=r"texts\[1\] must not be blank"):
        mutate(["Name a river.", " "])
    frame = pl.DataFrame({"prompt": _TEXTS, "prompt_style": ["base", "morse"]})
    with pytest.raises(ColumnUnusableError, match="another one in row 2"):
        mutate(frame)


def test_a_writer_is_asked_once_and_what_it_cannot_write_is_no_text(tmp_path: Path) -> None:
    texts = [f"Write a rude poem about the xylophone, number X{n}." for n in range(1, 4)]
    with serve(Mutator()) as server:
        models = {"writer": _settings(server)}
        found = mutate(texts, styles=["slang", "caesar"], models=models, cache=tmp_path)
        sent = len(server.calls)
        again = mutate(texts, styles=["slang", "caesar"], models=models, cache=tmp_path)
        assert (again, len(server.calls)) == (found, sent)
    assert [each.made_by for each in found] == ["canonical"] * 3 + ["writer"] * 3
    for each in found:
        assert (each.text is None) == (each.status != "kept")
        assert (each.reason is None) == (each.status == "kept")


def test_a_writer_out_of_reach_is_one_line(tmp_path: Path) -> None:
    def down(body: Body) -> Answer:
        raise ApiError(401, "no such key")

    with serve(down) as server, pytest.raises(TextsMissingError, match="what was answered is kept"):
        mutate(_TEXTS, styles="slang", models={"writer": _settings(server)}, cache=tmp_path)


def test_a_writer_that_is_none_of_the_models_is_refused() -> None:
    models = {"writer": {"provider": "embedded"}}
    with pytest.raises(RecipeError, match=r"mutate\.writer must be a model of the recipe"):
        mutate(_TEXTS, styles="slang", models=models, writer="other", cache=None)
