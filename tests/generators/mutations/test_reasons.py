"""The page on mutations has every reason that the code of a style's checks and writer gives."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from checks import intent
from checks.intent import RequestKept
from checks.unless_in_base import UnlessInBase
from generators.mutations import writer
from generators.mutations.encodings import registry
from generators.mutations.style_checks import CheckSettings, style_checks
from generators.mutations.styles import NAMES
from pipelines.sorry_bench.mutate import STOPPED
from pipelines.versions.lineage import WITHDRAWN

_PAGE = Path(__file__).parents[3] / "docs" / "mutations.md"
_ALL = CheckSettings("encoder", None, "back", "checker", "judge")
_WORD = re.compile(r"[a-z]+(_[a-z]+)*")


def _checks() -> set[type]:
    every = [check for name in NAMES for check in style_checks(name, _ALL)]
    return {type(each.check if isinstance(each, UnlessInBase) else each) for each in every}


class _Reasons:
    """The texts that the functions of a check's module return, or that stand in tables of it.

    A table is a literal at the module's top. What a name in a `return` line stands for is looked up
    in such tables, in the module's constants and among what its function says of it. Other checks
    of the module are left out: they have reasons of their own.
    """

    def __init__(self, code: str, check: str) -> None:
        tree = ast.parse(code)
        self._top: dict[str, ast.expr] = {}
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._top[name] = value
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    self._top[name] = value
        self._read = [each for each in tree.body if not _is_check(each) or _is_class(each, check)]

    def all(self) -> set[str]:
        found: set[str] = set()
        for function in (each for top in self._read for each in ast.walk(top)):
            if isinstance(function, ast.FunctionDef):
                known = {**self._top, **dict(self._named_in(function))}
                for node in ast.walk(function):
                    if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
                        found.update(_texts(node.value, known))
        return {each for each in found if _WORD.fullmatch(each)}

    def _named_in(self, function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
        """A function's names with what they may stand for: what is assigned, and loops' columns."""
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    yield name, value
                case ast.For() | ast.comprehension():
                    yield from self._columns(node.target, node.iter)

    def _columns(self, target: ast.expr, table: ast.expr) -> Iterator[tuple[str, ast.expr]]:
        """A loop's names, each with its column of a table that stands in the loop or at the top."""
        if isinstance(table, ast.Name):
            table = self._top.get(table.id, table)
        rows = table.elts if isinstance(table, ast.Tuple | ast.List) else []
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        for place, name in enumerate(names):
            if isinstance(name, ast.Name):
                cells = [getattr(row, "elts", [row])[place:][:1] for row in rows]
                yield name.id, ast.BoolOp(ast.Or(), [each for cell in cells for each in cell])


def _is_check(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and any(_is_call(each) for each in node.body)


def _is_call(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "__call__"


def _is_class(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.ClassDef) and node.name == name


def _texts(value: ast.expr, known: dict[str, ast.expr]) -> Iterator[str]:
    """The texts that an expression may be; of a tuple its first, of a score any."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _any([body, orelse], known)
        case ast.BoolOp(values=values):
            yield from _any(values, known)
        case ast.Tuple(elts=[first, *_]):
            yield from _texts(first, known)
        case ast.Name(id=name) if name in known:
            rest = {other: each for other, each in known.items() if other != name}
            yield from _texts(known[name], rest)
        case ast.Call(func=ast.Name(id="Score"), args=values, keywords=more):
            yield from _any([*values, *(each.value for each in more)], known)
        case (
            ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"))
            | ast.Subscript(value=ast.Name(id=name))
        ) if isinstance(table := known.get(name), ast.Dict):
            yield from _any(table.values, known)


def _any(values: list[ast.expr], known: dict[str, ast.expr]) -> Iterator[str]:
    for value in values:
        yield from _texts(value, known)


def _reasons(module: ModuleType, check: type) -> set[str]:
    return _Reasons(inspect.getsource(module), check.__name__).all()


def _told() -> set[str]:
    reasons = _PAGE.read_text(encoding="utf-8").split("## Reasons")[1].split("\n## ")[0]
    return set(re.findall(r"`([a-z_]+)`", reasons))


def test_every_reason_of_a_mutation_is_on_its_page() -> None:
    reasons = {STOPPED, WITHDRAWN, "equal_reference", "not_in_style", "intent_lost"}
    for check in _checks():
        reasons |= _reasons(sys.modules[check.__module__], check)
    reasons |= _Reasons(inspect.getsource(registry), "").all()
    unusable = re.findall(r'UnusableError\("([a-z_]+)"\)', inspect.getsource(writer))
    reasons.update(unusable)
    assert reasons - _told() == set()
    assert {"too_long", "no_style", "same_as_base", "cut"} <= reasons
    assert {"softened", "several_requests", "intent_near", "dialogue", "not_encodable"} <= reasons


def _planted(found: str, line: str) -> set[str]:
    code = inspect.getsource(intent)
    assert code.count(found) == 1
    return _Reasons(code.replace(found, line), RequestKept.__name__).all()


def test_a_new_reason_is_seen_wherever_the_module_has_it() -> None:
    table = '("other_act", "other_acts"),'
    assert _planted(table, f'{table}("brand_new", "other_acts"),') - _told() == {"brand_new"}
    deep = 'return ("opposite", "not")'
    assert _planted(deep, 'return ("brand_new", "not")') - _told() == {"brand_new"}
    own = 'return "softened"'
    assert _planted(own, 'return "brand_new"') - _told() == {"brand_new"}
