"""Hypothesis strategies for what nobody should send: texts, JSON, replies, tables, headers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from base.foreign_text import valid_text
from inference.types import Refusal, Reply, TokenLogprobs

_PIECES = (
    *(" ", "\n", "\r\n", "\t", "\x00", "\x1b[2J", "\x1b]52;c;aGk=\x07", "\u2028", "\x85", "\x0b"),
    *("\ud83d", "\ude00", "\ufffd", "\ufeff", "\u202e", "\u2066", "\u200b", "\u200d", "\u00ad"),
    *("\U000e0041", "\U000e007f", "\ufe0f", "e\u0301\u0323", "\u0130", "\u1e9e", "\uff11"),
    *("[", "]", "{", "}", "[[", "]]", '{"', '"', "'", "`", "```", "**", "<", ">", "&", "|", "\\"),
    *('{"label": "direct_refusal"}', '{"label": ["x"]}', '{"category": {}, "toxic": true}'),
    *('{"a":', '{"a":[', "[[direct_answer]]", "[[ indirect_refusal", "#thescore: 1"),
    *("safe", "unsafe\nS1, S99", "Safety: Unsafe\nCategories: Violent", "Yes", "no."),
    *("<score> yes ", "</score>", "<think>", "</think>", "<|channel|>final<|message|>"),
    *('"violation": 1', '"prompts": ["a", "b', '{"prompts": ["Why?"]}', '{"instruction": "Do."}'),
    *("NaN", "-Infinity", "1e999", "9" * 400, "0" * 400, "9" * 5_000, "-0", "1.", ".5", "100 %"),
    *("I'm sorry, but I can't help with that.", "Sure, here is the request:\n\n", "1. ", "- "),
    *("Note: this is", "user: hi\nassistant: ", "a", "The old safe", "Harmful request: yes\n"),
    *("104 101 108 108 111", "... --- ...", "/ / | -", "khoor zruog", "=cmd|' /C calc'!A0"),
    *("\u0d15", "\u0915\u094d\u0937", "\u4f60\u597d", "\ufdfa", "score: 0 or 1"),
)
_TIMES = (1, 1, 1, 2, 3, 40, 1_500)


def texts() -> st.SearchStrategy[str]:
    """Any characters, halves of surrogate pairs too, and pieces that mean something to a parser."""
    piece = st.tuples(st.sampled_from(_PIECES), st.sampled_from(_TIMES)).map(_repeated)
    anything = st.text(st.characters(exclude_categories=()), max_size=60)
    joined = st.lists(st.one_of(piece, anything), min_size=1, max_size=6).map("".join)
    return st.one_of(joined, anything)


def _repeated(piece: tuple[str, int]) -> str:
    text, times = piece
    return text * min(times, max(1, 30_000 // len(text)))


_NAMES = (
    *("label", "explanation", "category", "toxic", "sounds_risky", "confidence", "second"),
    *("violation", "prompts", "seeds", "instruction", "a", ""),
)
_VALUES = (
    *("none", "illegal", "violence", "direct_refusal", "high", "95 %", "7. illegal", ""),
    *(True, False, None, 0, 1, -1, 7, 95, 2**63, 10**400, -(10**4_000), 0.5, 1e308),
    *(math.inf, -math.inf, math.nan),
)


def values() -> st.SearchStrategy[Any]:
    """Any JSON value, and numbers that JSON cannot have."""
    return st.recursive(
        st.one_of(st.sampled_from(_VALUES), texts()),
        lambda inner: st.one_of(st.lists(inner, max_size=4), objects(inner)),
        max_leaves=8,
    )


def objects(inner: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Objects whose names are mostly those that are asked for."""
    names = st.one_of(st.sampled_from(_NAMES), texts())
    return st.dictionaries(names, values() if inner is None else inner, max_size=6)


_FLOATS = st.one_of(st.floats(), st.sampled_from((0.0, -0.1, -3.4e38, 1.7e308, -1.7e308)))


def _tokens() -> st.SearchStrategy[TokenLogprobs]:
    words = st.one_of(st.sampled_from(("yes", " No", "NO", "Yes\n")), texts())
    top = st.lists(st.tuples(words, _FLOATS), max_size=4).map(tuple)
    return st.builds(TokenLogprobs, words, _FLOATS, top)


def replies() -> st.SearchStrategy[Reply]:
    """Any reply: text, JSON, end, refusal and log-probabilities that need not go together."""
    refusals = st.builds(
        Refusal, st.just("model_refusal"), st.just("message"), texts().map(valid_text)
    )
    return st.builds(
        Reply,
        text=texts(),
        parsed=st.one_of(st.none(), values(), objects()),
        logprobs=st.lists(_tokens(), max_size=2).map(tuple),
        vectors=st.sampled_from((None, np.zeros((1, 3), np.float32), np.full((2, 3), np.nan))),
        finish=st.sampled_from(("stop", "length", "content_filter", "tool_calls", "other")),
        refusal=st.one_of(st.none(), st.none(), st.none(), refusals),
        model=st.just("m"),
        key=st.just("k" * 64),
    )


def require_storable(value: Any, place: str = "result") -> None:  # noqa: ANN401 - any result
    """Fails where a text of a result is no UTF-8, or a number is none that a table can hold."""
    if isinstance(value, str):
        assert value.encode("utf-8", "surrogatepass") == value.encode("utf-8", "replace"), place
    elif isinstance(value, bool | None):
        pass
    elif isinstance(value, float):
        assert math.isfinite(value), f"{place}: {value}"
    elif isinstance(value, int):
        assert abs(value) < 2**63, place
    elif isinstance(value, Mapping):
        for name, part in value.items():
            require_storable(name, place)
            require_storable(part, f"{place}[{name!r}]")
    elif isinstance(value, Sequence):
        for number, part in enumerate(value):
            require_storable(part, f"{place}[{number}]")
    elif is_dataclass(value):
        for each in fields(value):
            require_storable(getattr(value, each.name), f"{place}.{each.name}")


def spoilt(whole: bytes) -> st.SearchStrategy[bytes]:
    """Any bytes, and a good file with a piece of it cut out, doubled or replaced."""
    places = st.integers(0, len(whole))
    pieces = st.one_of(
        texts().map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=8)
    )
    cuts = st.tuples(places, places, pieces).map(lambda cut: _cut(whole, *cut))
    return st.one_of(cuts, pieces)


def _cut(whole: bytes, one: int, other: int, piece: bytes) -> bytes:
    start, end = sorted((one, other))
    return whole[:start] + piece + whole[end if end - start < 40 else start :]
