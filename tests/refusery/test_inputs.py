"""What callers hand in: lists and frames of texts, and the folder that remembers."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from artifacts.errors import ColumnUnusableError
from base.errors import FileUnwritableError, RefuseryError
from refusery import decode, dedup, judge, moderate, mutate
from refusery.inputs import USER_CACHE, InputError, cache_folder, column_of, rows_of, texts_of

Verb = Callable[[Any], object]
_VERBS: dict[str, Verb] = {
    "dedup": lambda given: dedup(given, threshold=None, cache=None),
    "moderate": lambda given: moderate(given, models="words", cache=None),
    "mutate": lambda given: mutate(given, styles="morse"),
    "judge": lambda given: judge(given, given if isinstance(given, list) else None),
    "decode": lambda given: decode(given, "morse") if isinstance(given, list) else decode(given),
}
SECRET = "xyzzymarker"


@pytest.mark.parametrize("verb", _VERBS.values(), ids=_VERBS)
@pytest.mark.parametrize(
    ("given", "says"),
    [
        (SECRET, "must be a list of texts, or a polars or pandas frame; [text] is a list of one"),
        (SECRET.encode(), "(got bytes)"),
        ({SECRET: 1}, "(got dict)"),
        ({SECRET}, "(got set)"),
        (None, "(got NoneType)"),
        (7, "(got int)"),
        (pl.LazyFrame({"prompt": [SECRET]}), "`.collect()` makes one (got a LazyFrame)"),
    ],
    ids=["str", "bytes", "dict", "set", "None", "int", "lazy"],
)
def test_what_is_no_list_is_refused_in_one_line(verb: Verb, given: object, says: str) -> None:
    with pytest.raises(InputError) as caught:
        verb(given)
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)
    assert isinstance(caught.value, RefuseryError | ValueError)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("verb", _VERBS.values(), ids=_VERBS)
@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (7, r"\w+\[1\] must be a text \(got int\)"),
        (f"{SECRET}\0", r"\w+\[1\] must hold no NUL"),
        (f"{SECRET}\ud800", r"\w+\[1\] must hold no half of a surrogate pair"),
        (SECRET.encode(), r"\w+\[1\] must be a text \(got bytes\)"),
    ],
    ids=["int", "NUL", "surrogate", "bytes"],
)
def test_what_is_no_text_is_named_by_its_place(verb: Verb, bad: object, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        verb(["Name a river.", bad])
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("verb", ["dedup", "moderate", "mutate", "judge"])
def test_none_is_no_prompt(verb: str) -> None:
    with pytest.raises(InputError, match=r"\w+\[1\] must be a text \(got NoneType\)"):
        _VERBS[verb](["Name a river.", None])


@pytest.mark.parametrize("verb", _VERBS.values(), ids=_VERBS)
def test_no_texts_give_no_results(verb: Verb) -> None:
    found = verb([])
    assert (getattr(found, "kept", found), getattr(found, "dropped", [])) == ([], [])


def test_anything_with_an_order_is_a_list() -> None:
    texts = ["Name a river.", "Name a city."]

    def one_by_one() -> Iterator[str]:
        yield from texts

    for given in (tuple(texts), pl.Series(texts), pd.Series(texts), one_by_one(), dict.keys):
        if callable(given):
            continue
        assert texts_of(given) == texts


FRAMES: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "polars": lambda columns: pl.DataFrame(columns, strict=False),
    "pandas": pd.DataFrame,
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (
            {"prompts": [SECRET]},
            "must have the column 'prompt' (did you mean `prompts`?) (got prompts)",
        ),
        ({"prompt": [SECRET, None]}, "must hold a text in every row (got nothing in 1 of 2"),
        ({"prompt": [1, 2]}, "column 'prompt' must hold texts"),
        ({"prompt": [f"{SECRET}\0"]}, "must hold no NUL and no half of a surrogate pair"),
        ({"prompt": [[SECRET]]}, "column 'prompt' must hold texts"),
    ],
    ids=["no column", "None", "numbers", "NUL", "lists"],
)
def test_a_frame_without_texts_is_refused_in_one_line(
    frame: Callable[[object], Any], columns: dict[str, list[object]], says: str
) -> None:
    rows = rows_of(frame(columns))
    assert rows is not None
    with pytest.raises(ColumnUnusableError) as caught:
        column_of(rows, "prompt")
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "values", [["a", 1], ["a", "b\ud800"], ["a", ["b"]]], ids=["mixed", "surrogate", "lists"]
)
def test_a_pandas_column_of_anything_else_is_refused_too(values: list[object]) -> None:
    rows = rows_of(pd.DataFrame({"prompt": pd.Series(values, dtype=object)}))
    assert rows is not None
    with pytest.raises(ColumnUnusableError, match="column 'prompt' must hold texts"):
        column_of(rows, "prompt")


def test_a_pandas_column_that_is_there_twice_is_named() -> None:
    rows = rows_of(pd.DataFrame([["a", "b"]], columns=["prompt", "prompt"]))
    assert rows is not None
    with pytest.raises(ColumnUnusableError, match="'prompt' once"):
        column_of(rows, "prompt")


def test_the_default_cache_is_its_owners_alone_below_the_users_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    with cache_folder(USER_CACHE) as folder:
        assert folder == tmp_path / "xdg" / "refusery"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with cache_folder(USER_CACHE) as folder:
        assert folder == tmp_path / "home" / ".cache" / "refusery"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    with cache_folder(USER_CACHE) as again:
        assert again == folder


def test_no_cache_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with cache_folder(None) as folder:
        (folder / "ledger.sqlite").write_text("")
    assert not folder.exists()
    assert moderate(["Name a river."], models="words", cache=None)[0].label == "safe"
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    rule = "cache must be a folder, or None to keep nothing"
    with pytest.raises(FileUnwritableError, match=rule), cache_folder(tmp_path / "file" / "below"):
        os.abort()
