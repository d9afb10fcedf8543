"""Every regular expression of the project, and texts that a backtracking engine is slow on.

The patterns are found, not listed: modules are imported and what they hold is walked, down to the
fields of tables and frozen objects and to what functions without arguments keep. Where a pattern
is made anywhere else, `made_elsewhere` names the place, so that a test can object to it.

The texts are derived from a pattern's own parse tree: what leads to each of its repeats, the
repeat's body many times over, and an end that does not match.
"""

from __future__ import annotations

import ast
import gc
import importlib
import inspect
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any, TypeAlias, TypeGuard

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *(
        "base",
        "inference",
        "measures",
        "taxonomy",
        "checks",
        "generators",
        "moderators",
        "curation",
    ),
    *("artifacts", "auditing", "people", "pipelines", "evaluation", "flows", "refusery"),
)
"""From the lowest floor up, so that a pattern is named by the module that made it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern and where it was found; `calls` are the methods that it is used with."""

    place: str
    pattern: re.Pattern[str]
    calls: tuple[str, ...]


def all_patterns() -> tuple[Found, ...]:
    """Every pattern of the project, each once, by its place."""
    found: dict[tuple[str, int], Found] = {}
    for module in _modules():
        for place, pattern in _held(module):
            key = (pattern.pattern, pattern.flags)
            known = found.get(key)
            calls = _calls(place.rpartition(".")[2], module.__name__)
            if known is not None:
                calls = tuple(sorted({*known.calls, *calls}))
            found[key] = Found(known.place if known else place, pattern, calls)
    for place, text in _inline():
        found.setdefault((text, 0), Found(place, re.compile(text), _ANY_CALL))
    return tuple(found.values())


@cache
def _modules() -> tuple[ModuleType, ...]:
    """The modules that know of patterns, from the lowest floor up."""
    return tuple(
        importlib.import_module(_module_of(path))
        for path in _sources()
        if _knows(path, "import re")
    )


def _knows(path: Path, line: str) -> bool:
    return f"{line}\n" in path.read_text(encoding="utf-8")


def _held(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str]]]:
    seen: set[int] = set()
    for name, value in vars(module).items():
        if isinstance(value, ModuleType) or name.startswith("__"):
            continue
        if getattr(value, "__module__", module.__name__) != module.__name__ and callable(value):
            continue  # imported from elsewhere, and found there
        yield from _inside(f"{module.__name__}.{name}", value, seen, 0)


def _inside(
    place: str, value: object, seen: set[int], depth: int
) -> Iterator[tuple[str, re.Pattern[str]]]:
    if id(value) in seen or depth > 6:
        return
    seen.add(id(value))
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield place, value
        return
    for name, part in _parts(value):
        yield from _inside(f"{place}{name}", part, seen, depth + 1)


def _parts(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        yield from ((f"[{key!r}]", part) for key, part in value.items())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from ((f"[{number}]", part) for number, part in enumerate(value))
    elif isinstance(value, type):
        if value.__module__.partition(".")[0] in PACKAGES:
            yield from ((f".{name}", part) for name, part in vars(value).items())
    elif is_dataclass(value):
        yield from ((f".{each.name}", getattr(value, each.name, None)) for each in fields(value))
    elif hasattr(value, "cache_info") and not inspect.signature(value).parameters:  # type: ignore[arg-type]
        yield "()", value()  # type: ignore[operator]


_ANY_CALL = ("finditer", "fullmatch", "match")
_SEARCHING = {"search", "findall", "finditer", "sub", "subn", "split"}


def _calls(name: str, module: str) -> tuple[str, ...]:
    """How a pattern of that name is used; in every way where that cannot be told."""
    used = _uses().get((module, name), set())
    searched = ("finditer",) if used & _SEARCHING else ()
    return tuple(sorted({*searched, *(used & {"match", "fullmatch"})})) or _ANY_CALL


@cache
def _uses() -> Mapping[tuple[str, str], set[str]]:
    """The methods that are called on each name, by module; one that is handed on has all."""
    uses: dict[tuple[str, str], set[str]] = {}
    for path in _sources():
        for name, call in _named_uses(_tree(path)):
            uses.setdefault((_module_of(path), name), set()).update(call)
    return uses


def _named_uses(node: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(node, ast.FunctionDef) and node.name.endswith(("_part", "digest", "_version")):
        return  # it says what a pattern is, and does not use it
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield node.value.id, (node.attr,)
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id, _ANY_CALL
    for child in ast.iter_child_nodes(node):
        yield from _named_uses(child)


@cache
def _sources() -> tuple[Path, ...]:
    return tuple(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


_DIRECT = _SEARCHING | {"match", "fullmatch"}


def _inline() -> Iterator[tuple[str, str]]:
    """Patterns that are written where they are used: in `re.sub("...", ...)`, `spelled("...")`."""
    for path in _sources():
        for node in ast.walk(_tree(path)):
            if (_is_re(node, _DIRECT) or _is_spelled(node)) and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant):
                    yield f"{_module_of(path)}:{node.lineno}", str(text.value)


def _is_spelled(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "spelled"


def _is_re(node: ast.AST, names: set[str]) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in names
    )


def made_elsewhere() -> set[str]:
    """The functions that make a pattern as they run, as `module.function`."""
    return {
        f"{_module_of(path)}.{function.name}"
        for path in _sources()
        if _knows(path, "import re")
        for function in ast.walk(_tree(path))
        if isinstance(function, ast.FunctionDef) and any(map(_makes, ast.walk(function)))
    }


def _makes(node: ast.AST) -> bool:
    if _is_re(node, {"compile"}):
        return True
    return _is_re(node, _DIRECT) and not isinstance(node.args[0], ast.Constant)


Node: TypeAlias = Any
"""What `re` parses a pattern into; it is not documented."""

# What every pattern is tried with, beside what is its own.
_COMMON = (
    *(" ", "\n", "\t", "a", "A", "0", ".", "!", ",", "-", "*", '"', "'", "(", "[", "{", "<", "\\"),
    *("_", "/", ":", "#", "\u4e00", "\u0e01", " \n", "a ", "a. ", "A", "1. ", "- ", "\n\n ", "a:"),
    *("[[ ", "1 ", "1,", ". A", "a\n", "(a", '"a', "aaaaa ", "user: "),
)
_ENDS = ("", "\x00")
_FEW = 8
_LEAD = 40
_CANDIDATES = (
    " \n\ta0A.,-!?:;'\"()[]{}<>*_#/\\|=+@&%$~^`bzBZ19\u00e9\u4e00\u0d05\u0b85\u0905\u0301\u2014\x00"
)


def attacks(pattern: re.Pattern[str]) -> Iterator[Callable[[int], str]]:
    """Texts of a wanted length that lead the pattern into its repeats and then astray."""
    tree = _parser.parse(pattern.pattern, pattern.flags)
    own = dict.fromkeys((lead[-_LEAD:], body) for lead, body in _repeats(tree, ""))
    loops = dict.fromkeys((*own, *(("", unit) for unit in _COMMON)))
    loops |= dict.fromkeys(("", lead + body) for lead, body in own)
    loops |= dict.fromkeys((lead, each) for lead, _ in own for each in (" ", "a ") if lead)
    for lead, body in loops:
        for end in _ENDS if body else ():
            yield _made(lead, body, end)


def _made(lead: str, body: str, end: str) -> Callable[[int], str]:
    return lambda size: lead + body * max(1, (size - len(lead)) // len(body)) + end


def _repeats(tree: Node, lead: str) -> Iterator[tuple[str, str]]:
    """What leads to each repeat of a parse tree, and its body, as texts."""
    for op, argument in tree:
        if op in _REPEATS:
            _, most, body = argument
            if most > _FEW:
                yield from ((lead, text) for text in dict.fromkeys(_variants(body)))
            yield from _repeats(body, lead)
        else:
            for inner in _inner(op, argument):
                yield from _repeats(inner, lead)
        lead += _text(op, argument, 0)


def _inner(op: Node, argument: Node) -> list[Node]:
    """The parse trees inside a node that is no repeat."""
    if op is sre.SUBPATTERN:
        return [argument[3]]
    if op is sre.ATOMIC_GROUP:
        return [argument]
    if op is sre.BRANCH:
        return list(argument[1])
    return [argument[1]] if op in (sre.ASSERT, sre.ASSERT_NOT) else []


def _variants(tree: Node) -> Iterator[str]:
    for pick in range(3):
        yield "".join(_text(op, argument, pick) for op, argument in tree)


def _text(op: Node, argument: Node, pick: int) -> str:
    """A short text that a node matches; `pick` chooses among several."""
    if op is sre.LITERAL:
        return chr(argument)
    if op is sre.NOT_LITERAL:
        return next(each for each in "a \n." if ord(each) != argument)
    if op is sre.ANY:
        return "a .\t"[pick % 4]
    if op is sre.IN:
        members = [each for each in _CANDIDATES if _holds(argument, each)]
        first = argument[0]
        if not members:
            members = [chr(first[1] if first[0] is sre.LITERAL else first[1][0])]
        return members[pick % len(members)]
    if op in _REPEATS:
        least, most, body = argument
        times = max(least, 1 if most and pick % 2 == 0 else least)
        return "".join(_text(*node, pick) for node in body) * min(times, 20)
    if op is sre.SUBPATTERN:
        return "".join(_text(*node, pick) for node in argument[3])
    if op is sre.ATOMIC_GROUP:
        return "".join(_text(*node, pick) for node in argument)
    if op is sre.BRANCH:
        branches = argument[1]
        return "".join(_text(*node, pick) for node in branches[pick % len(branches)])
    return ""


def _holds(items: Node, each: str) -> bool:
    """Whether a character class holds a character."""
    negated = items[0][0] is sre.NEGATE
    code = ord(each)
    held = False
    for op, argument in items:
        if op is sre.LITERAL:
            held |= argument == code
        elif op is sre.RANGE:
            held |= argument[0] <= code <= argument[1]
        elif op is sre.CATEGORY:
            held |= _CATEGORIES[argument](each)
    return held != negated


_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_CATEGORIES: Mapping[Any, Callable[[str], bool]] = {
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_NOT_SPACE: lambda each: not each.isspace(),
    sre.CATEGORY_DIGIT: str.isdigit,
    sre.CATEGORY_NOT_DIGIT: lambda each: not each.isdigit(),
    sre.CATEGORY_WORD: lambda each: each.isalnum() or each == "_",
    sre.CATEGORY_NOT_WORD: lambda each: not (each.isalnum() or each == "_"),
}


def _run(pattern: re.Pattern[str], call: str, text: str) -> None:
    if call == "finditer":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, call)(text)


def seconds(pattern: re.Pattern[str], call: str, text: str, times: int = 1) -> float:
    """The least CPU time of several readings."""
    least = float("inf")
    for _ in range(times):
        start = time.process_time()
        _run(pattern, call, text)
        least = min(least, time.process_time() - start)
    return least


LONGEST = 20_000
_LENGTHS = ((500, 5.0), (LONGEST // 16, 6.0), (LONGEST // 4, 8.0))
"""Lengths, and how much longer four times as much may take: 4 is linear, 16 is quadratic."""
_QUIET_S = 0.0003  # for 5,000 characters; even a quadratic pattern then takes 5 ms for 20,000
_TOO_LONG_S = 1.0


def slow_on(found: Found) -> str | None:
    """The text (shown in short) whose time grows faster than its length, or None."""
    gc.disable()
    try:
        for attack in attacks(found.pattern):
            for call in found.calls:
                if _grows(found.pattern, call, attack):
                    return f"{call} of {attack(60)[:80]!r}"
    finally:
        gc.enable()
    return None


def _grows(pattern: re.Pattern[str], call: str, attack: Callable[[int], str]) -> bool:
    for size in (16, 24, 40, 200):  # what is worse than quadratic is seen while it is short
        if seconds(pattern, call, attack(size)) > _TOO_LONG_S / 10:
            return True
    if seconds(pattern, call, attack(5_000)) < _QUIET_S:
        return False
    for length, most in _LENGTHS:
        short = seconds(pattern, call, attack(length), 2)
        for _ in range(3):
            long = seconds(pattern, call, attack(4 * length))
            if long > _TOO_LONG_S:
                return True
            if long <= most * short:
                return False
    return True
