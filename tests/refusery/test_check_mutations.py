"""`check_mutations`, for lists and for frames of both kinds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from artifacts.errors import ColumnUnusableError
from refusery import check_mutations, load_recipe
from refusery.inputs import InputError
from tests.refusery.cli.text_files import recipe_file
from tests.servers.behaviours import Router
from tests.servers.openai_server import serve
from tests.servers.style_judges import StyleJudge, reason_for

_BASE = "Name a river."
_TEXTS = ["Qdph d ulyhu.", "Name a river!"]
_STYLES = ["caesar", "slang"]


def test_lists_give_a_finding_for_each_text() -> None:
    found = check_mutations(_TEXTS, [_BASE, _BASE], _STYLES, bare=True)
    assert [(each.passed, each.reason) for each in found] == [(True, None), (False, "same_as_base")]
    assert "river" not in repr(found)
    (wrapped,) = check_mutations(_TEXTS[:1], [_BASE], "caesar")
    assert wrapped.reason == "does_not_decode"


def test_frames_keep_their_columns_and_their_kind() -> None:
    frame = pl.DataFrame({"text": _TEXTS, "base": [_BASE] * 2, "style": _STYLES, "n": [1, 2]})
    found = check_mutations(frame, bare=True)
    assert found.columns == [*frame.columns, "passed", "reason"]
    assert found["passed"].to_list() == [True, False]
    theirs = frame.to_pandas().set_index(pd.Index(["x", "y"]))
    given = check_mutations(theirs, bare=True)
    assert list(given.index) == ["x", "y"]
    assert list(given["passed"]) == [True, False]
    assert given["reason"].iloc[1] == "same_as_base"
    renamed = check_mutations(
        frame.rename({"text": "t", "base": "b", "style": "s"}),
        bare=True,
        column="t",
        base_column="b",
        style_column="s",
    )
    assert renamed["reason"].to_list() == [None, "same_as_base"]


def test_a_recipes_judge_is_asked_and_its_reason_given(tmp_path: Path) -> None:
    text, base = "Yo fam, name us a wet one, a river innit, no cap.", "Name a river for my sister."
    with serve(Router({"back": StyleJudge(otherwise="not_in_style")})) as server:
        path = recipe_file(tmp_path, server.base_url)
        recipe = load_recipe(path, {"mutate.judge": "back"})
        (found,) = check_mutations([text], [base], "slang", recipe=recipe, cache=tmp_path)
        assert len(server.calls) == 1
    assert (found.passed, found.reason) == (False, "not_in_style")
    assert found.judge_reason == reason_for("not_in_style")


@pytest.mark.parametrize(
    ("bases", "styles", "says"),
    [
        ([_BASE], _STYLES, r"bases must be one for each text \(got 1 of 2\)"),
        ([_BASE] * 2, ["slang"], r"styles must be one for each text"),
        ([_BASE] * 2, ["slang", "slng"], r"styles\[1\] must be .*did you mean `slang`"),
        ([_BASE, " "], _STYLES, r"bases\[1\] must not be blank"),
        (None, _STYLES, "bases and styles must be given"),
    ],
)
def test_lists_that_do_not_fit_are_refused(bases: object, styles: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        check_mutations(_TEXTS, bases, styles)  # type: ignore[call-overload]  # what is refused


def test_a_frame_that_lacks_what_is_needed_is_refused() -> None:
    frame = pl.DataFrame({"text": _TEXTS, "base": [_BASE] * 2})
    with pytest.raises(ColumnUnusableError, match="must have the column 'style'"):
        check_mutations(frame)
    with pytest.raises(InputError, match="with a frame"):
        check_mutations(frame, bases=[_BASE])  # type: ignore[call-overload]  # what is refused
