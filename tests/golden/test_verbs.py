"""The numbers that every verb prints on a fixed input, and the contents of the files it writes.

They may not change, whatever is moved or reworded; `tables.py` says what counts as a number and
what is left out. `GOLDEN=numbers` in the environment writes the numbers of calls that have none
yet, and leaves those that are there as they are.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.golden.in_process import call
from tests.golden.saying import Said, figures_of, said_once
from tests.golden.tables import Figures, differences, figures, parse
from tests.golden.verbs import ALL, DATA, FLOWS, HEADS, MADE, VERBS, Call
from tests.golden.world import World

pytestmark = pytest.mark.embedded

_NUMBERS = Path(__file__).parent / "printed" / "numbers"
_CALLS: Mapping[str, Call] = {
    step.line: step
    for steps in (*VERBS.values(), *FLOWS.values())
    for step in steps
    if isinstance(step, Call)
}


@pytest.fixture(scope="module")
def said(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Said]]:
    """What came of the calls of each verb, in their order."""
    return said_once(world, tmp_path_factory)


@pytest.mark.parametrize("verb", ALL)
def test_a_verb_prints_the_numbers_that_it_always_printed(
    verb: str, said: dict[str, list[Said]]
) -> None:
    found = _by_line((each.line, _found(each)) for each in said[verb])
    pinned = _pinned(verb, found)
    assert list(found) == list(pinned)
    changed = {
        line: lines for line in pinned if (lines := list(_changes(pinned[line], found[line])))
    }
    assert changed == {}, "numbers may not change"


@pytest.mark.parametrize("verb", ALL)
def test_a_verb_ends_with_its_exit_status(verb: str, said: dict[str, list[Said]]) -> None:
    expected = [(line, _CALLS[line].status if line in _CALLS else 0) for line in _lines(verb)]
    assert [(each.line, each.status) for each in said[verb]] == expected


@pytest.mark.parametrize("verb", ALL)
def test_nothing_that_a_verb_prints_is_a_traceback_or_coloured(
    verb: str, said: dict[str, list[Said]]
) -> None:
    for each in said[verb]:
        assert "Traceback" not in each.out + each.err, each.line
        assert "\x1b" not in each.out + each.err, each.line


def test_every_verb_has_the_options_that_it_always_had(tmp_path: Path) -> None:
    shown = call("--help", cwd=tmp_path).out
    verbs = re.findall(r"^  ([a-z][a-z-]*)  ", shown, re.MULTILINE)
    names = [*(verb for verb in verbs if verb != "review"), "review export", "review import"]
    found = {name: _options(call(*name.split(), "--help", cwd=tmp_path).out) for name in names}
    assert sorted(verbs) == sorted(ALL)
    assert found == _pinned("options", found)


def _options(shown: str) -> list[str]:
    """The options in a verb's help, sorted: those at the beginning of a line."""
    lines = re.findall(r"^\W*(?:-[a-z], )?(--[a-z].*?)(?:  |\n)", shown, re.MULTILINE)
    return sorted({option for line in lines for option in re.findall(r"--[a-z][a-z-]*", line)})


def _lines(verb: str) -> Iterator[str]:
    yield from (line for line, _ in MADE.get(verb, ()))
    for step in (*FLOWS.get(verb, ()), *VERBS.get(verb, ())):
        if isinstance(step, Call):
            yield step.line


def _by_line(found: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """By the line that was typed; one that is typed again has a star."""
    by_line: dict[str, Any] = {}
    for line, value in found:
        by_line[f"{line} *" if line in by_line else line] = value
    return by_line


def _found(said: Said) -> dict[str, Any]:
    wanted = _CALLS.get(said.line, Call(said.line))
    if wanted.json:
        return {"json": figures_of(json.loads(said.out)), "files": said.files}
    found = figures(parse(said.out), DATA, HEADS)
    for table, row, number in wanted.volatile:
        rows = found["tables"][table - 1]["rows"]
        for each in rows[row - 1 : row] if row else rows:
            del each[1][number - 1 : number]
    if wanted.silent:
        found["loose"] = []
    return {"figures": _with_calls(found) if wanted.calls else found, "files": said.files}


def _with_calls(found: Figures) -> Figures:
    """A plan without the stages that ask nobody: which there are is a matter of naming."""
    first, *others = found["tables"]
    rows = [
        row for row in first["rows"] if not row[1] or any(float(each or 0) for each in row[1][1:])
    ]
    return {"tables": [{**first, "rows": rows}, *others], "loose": found["loose"]}


def _changes(pinned: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    if "json" in pinned:
        yield from _unlike("", pinned["json"], found["json"])
    else:
        yield from differences(pinned["figures"], found["figures"])
    for name, parts in pinned["files"].items():
        there = found["files"].get(name, {})
        yield from (f"{name}: {part}" for part in parts if parts[part] != there.get(part))
        if not name.endswith(".json") and list(parts) != list(there):
            yield f"{name}: columns {', '.join(there)}"


def _unlike(place: str, pinned: object, found: object) -> Iterator[str]:
    """Numbers and keys of a JSON document that differ; keys that are new do no harm."""
    if isinstance(pinned, dict) and isinstance(found, dict):
        for key, value in pinned.items():
            yield from _unlike(f"{place}.{key}", value, found.get(key))
    elif isinstance(pinned, list) and isinstance(found, list) and len(pinned) == len(found):
        for number, (was, now) in enumerate(zip(pinned, found, strict=True)):
            yield from _unlike(f"{place}[{number}]", was, now)
    elif pinned != found:
        yield f"{place}: {pinned} -> {found}"


def _pinned(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    path = _NUMBERS / f"{name}.json"
    pinned = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if os.environ.get("GOLDEN") == "numbers":
        pinned = {line: pinned.get(line, value) for line, value in found.items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_laid_out(pinned), encoding="utf-8")
        pinned = json.loads(path.read_text(encoding="utf-8"))
    return pinned


def _laid_out(pinned: object, depth: int = 0) -> str:
    """JSON in lines of at most a hundred characters, where there is a place to break them."""
    flat = json.dumps(pinned, ensure_ascii=False)
    if len(flat) + depth <= 96 or not isinstance(pinned, dict | list):
        return f"{flat}\n" if not depth else flat
    inner, outer = " " * (depth + 1), " " * depth
    if isinstance(pinned, dict):
        parts = [f"{json.dumps(k)}: {_laid_out(v, depth + 1)}" for k, v in pinned.items()]
        return f"{{\n{inner}{f',{chr(10)}{inner}'.join(parts)}\n{outer}}}" + "\n" * (not depth)
    parts = [_laid_out(value, depth + 1) for value in pinned]
    return f"[\n{inner}{f',{chr(10)}{inner}'.join(parts)}\n{outer}]" + "\n" * (not depth)
