"""Edits of constants and data files, as somebody would make them in the source."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from base.foreign_text import read_regular
from taxonomy import category_files
from tests.pipelines.stages.reach import Constant, importers

UNEDITABLE = object()
"""What no edit is made of: a table of functions, a path."""


def edits(value: object) -> Iterator[object]:
    """The value with everything in it edited, and where it is a list or a table one entry less."""
    everything = edited(value)
    if everything is UNEDITABLE:
        return
    yield everything
    if isinstance(value, dict) and len(value) > 1:
        yield dict(list(value.items())[1:])
        yield from _field_by_field(value)
    elif isinstance(value, frozenset):
        yield frozenset(sorted(value)[1:])
    elif isinstance(value, list | tuple) and len(value) > 1:
        yield type(value)(list(value)[:-1])


def _field_by_field(table: dict[Any, Any]) -> Iterator[object]:
    """A table of one kind of values with one of their fields edited at a time."""
    first = next(iter(table.values()))
    if is_dataclass(first):
        for each in fields(first):
            yield {
                key: replace(value, **{each.name: edited(getattr(value, each.name))})
                for key, value in table.items()
            }


def edited(value: Any) -> Any:  # noqa: ANN401 - any constant
    """The value with everything in it edited, or `UNEDITABLE`."""
    if isinstance(value, re.Pattern):
        return re.compile(f"(?:{value.pattern}\n)|banana", value.flags)
    if isinstance(value, str):
        return f"{value}~"
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + 0.001953125
    if value is None:
        return "banana"
    if isinstance(value, frozenset | set):
        return type(value)({*value, "banana"})
    if isinstance(value, dict | MappingProxyType):
        if not value:
            return {"banana": "banana"}
        changed = {key: edited(each) for key, each in value.items()}
        some = {key: each for key, each in changed.items() if each is not UNEDITABLE}
        return {**value, **some} if some else UNEDITABLE
    if isinstance(value, list | tuple):
        if not value:
            return type(value)(["banana"])
        parts = [edited(each) for each in value]
        if all(each is UNEDITABLE for each in parts):
            return UNEDITABLE
        kept = zip(value, parts, strict=True)
        return type(value)(old if new is UNEDITABLE else new for old, new in kept)
    if is_dataclass(value) and not isinstance(value, type):
        return _edited_fields(value)
    return UNEDITABLE


def _edited_fields(value: Any) -> Any:  # noqa: ANN401 - any dataclass
    changed = {each.name: edited(getattr(value, each.name)) for each in fields(value) if each.init}
    some = {name: each for name, each in changed.items() if each is not UNEDITABLE}
    return replace(value, **some) if some else UNEDITABLE


def value_of(constant: Constant) -> object:
    """What a constant is."""
    holder: object = sys.modules[constant.module]
    for part in constant.name.split("."):
        holder = getattr(holder, part)
    return holder


@contextmanager
def with_constant(constant: Constant, value: object) -> Iterator[None]:
    """With another value for a constant, in every module that has it."""
    before = value_of(constant)
    with pytest.MonkeyPatch.context() as patch, _without_caches():
        if isinstance(before, dict) and isinstance(value, dict):
            # In place: other constants hold it.
            kept = dict(before)
            before.clear()
            before.update(value)
            try:
                yield
            finally:
                before.clear()
                before.update(kept)
            return
        if "." in constant.name:
            owner, _, name = constant.name.partition(".")
            patch.setattr(getattr(sys.modules[constant.module], owner), name, value)
        else:
            for module, own in importers(*constant):
                patch.setattr(module, own, value)
        yield


@contextmanager
def with_file(path: Path, data: bytes) -> Iterator[None]:
    """With other bytes in a file, for whoever reads it."""
    read_bytes, read_text = Path.read_bytes, Path.read_text

    def bytes_of(self: Path) -> bytes:
        return data if self == path else read_bytes(self)

    def text_of(self: Path, *given: Any, **named: Any) -> str:  # noqa: ANN401 - passed on
        return data.decode() if self == path else read_text(self, *given, **named)

    with pytest.MonkeyPatch.context() as patch, _without_caches():
        patch.setattr(Path, "read_bytes", bytes_of)
        patch.setattr(Path, "read_text", text_of)
        patch.setattr(
            category_files,
            "read_regular",
            lambda own, most: data if own == path else read_regular(own, most),
        )
        yield


@contextmanager
def files_read() -> Iterator[set[Path]]:
    """The files that are read meanwhile, by whoever reads them at once."""
    read_bytes, found = Path.read_bytes, set[Path]()

    def noted(self: Path) -> bytes:
        found.add(self)
        return read_bytes(self)

    def noted_regular(path: Path, most: int) -> bytes:
        found.add(path)
        return read_regular(path, most)

    with pytest.MonkeyPatch.context() as patch, _without_caches():
        patch.setattr(Path, "read_bytes", noted)
        patch.setattr(category_files, "read_regular", noted_regular)
        yield found


@contextmanager
def _without_caches() -> Iterator[None]:
    """What functions have kept of before is forgotten, and again at the end."""
    _forget()
    try:
        yield
    finally:
        _forget()


def _forget() -> None:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("checks", "moderators", "generators", "curation"):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
