"""Which constants the code of a stage reads: found in its functions' code, never told.

From a stage's object on, its methods and those of all that it holds are read for the names of
module constants, of other functions and of classes, and those are gone into in turn. The functions
that make digests are left out: what they read is what is held against this.
"""

from __future__ import annotations

import ast
import dis
import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import NamedTuple

from evaluation import answering
from generators.mutations.encodings.ciphers import Caesar
from generators.mutations.encodings.registry import ENCODINGS
from moderators.refusal.classifier import FORMS, ClassifierJudge

_FOLLOWED = ("checks", "moderators", "generators", "curation", "pipelines", "evaluation", "people")
HOLDERS = (
    *("checks", "moderators", "generators", "curation"),
    *("pipelines.stages.decoding", "inference.types"),
)
"""The packages whose constants decide rows. Those of stages themselves go with STAGE_VERSION."""

# Tables of which one entry is taken: the entry is held by the stage, the others decide nothing.
_CHOSEN_FROM = frozenset({"FORMS", "DESIGNS", "WRITTEN", "ENCODINGS", "LABEL_SETS", "_PARTS"})
_MAKES_DIGESTS = ("digest", "_digest", "_part", "withdrawals", "made_from")
_MAKES_STAGES = frozenset({"OrBenchParts", "SorryBenchParts", "_Parts"})


def _makes_stages(kind: type) -> bool:
    """Whether an object says what is to be made; what is made of it is looked at by itself."""
    return kind.__name__ in _MAKES_STAGES or kind.__module__.startswith("pipelines.recipe")


class Constant(NamedTuple):
    """A constant of a module, or of a class in one (`Class.name`)."""

    module: str
    name: str


def constants(stage: object) -> frozenset[Constant]:
    """The constants of `HOLDERS` that a stage's code reads."""
    walk = _Walk()
    walk.into(stage)
    return frozenset(walk.found)


class _Walk:
    def __init__(self) -> None:
        self.found: set[Constant] = set()
        self._seen: set[int] = set()
        self._kept: list[object] = []  # so that no id is used again

    def into(self, thing: object) -> None:
        """Goes into a function, a class, an object of ours, or what a container holds."""
        if id(thing) in self._seen:
            return
        self._seen.add(id(thing))
        self._kept.append(thing)
        thing = inspect.unwrap(thing) if callable(thing) else thing
        if isinstance(thing, MethodType):
            self.into(thing.__self__)
        elif isinstance(thing, partial):
            for each in (thing.func, *thing.args):
                self.into(each)
        elif isinstance(thing, FunctionType):
            if thing is answering.decoded:
                for code in ENCODINGS.values():
                    self.into(type(code).decoded)
                self.into(Caesar.decode)  # by which its answers are read
            self._into_function(thing)
        elif isinstance(thing, type):
            self._into_class(thing)
        elif isinstance(thing, Mapping):
            for each in thing.values():
                self.into(each)
        elif isinstance(thing, list | tuple | frozenset):
            for each in thing:
                self.into(each)
        elif _is_ours(type(thing)) and not _makes_stages(type(thing)):
            self._into_object(thing)

    def _into_object(self, thing: object) -> None:
        self.into(type(thing))
        if is_dataclass(thing):
            held = [getattr(thing, each.name) for each in fields(thing)]
        else:
            held = list(vars(thing).values())
        for each in held:
            self.into(each)
        if isinstance(thing, ClassifierJudge):
            self.into(FORMS[thing.kind].read)

    def _into_class(self, kind: type) -> None:
        for each in kind.__mro__:
            if not _is_ours(each):
                continue
            for name, value in list(vars(each).items()):
                stated = "ClassVar" in str(each.__annotations__.get(name, ""))
                if stated and hasattr(kind, "digest"):
                    self._note(Constant(each.__module__, f"{each.__name__}.{name}"))
                if isinstance(value, property | classmethod | staticmethod):
                    value = value.fget if isinstance(value, property) else value.__func__
                # How answers in code are read decides no prompt: the stage that does it says so.
                if isinstance(value, FunctionType) and name != "decoded":
                    self.into(value)

    def _into_function(self, function: FunctionType) -> None:
        if not followed(function.__module__):
            return
        if _makes_digests(function.__name__):
            return
        for cell in function.__closure__ or ():
            self.into(cell.cell_contents)
        for name in _defaults(function.__module__).get(function.__name__, ()):
            self._named(function.__module__, name)
        for module, name in _read(function):
            self._named(module, name)

    def _named(self, module: str, name: str) -> None:
        if not followed(module) or name.startswith("__"):
            return
        if not hasattr(sys.modules[module], name):  # a builtin
            return
        value = getattr(sys.modules[module], name)
        if isinstance(value, ModuleType):
            return
        if not callable(value) and name not in _CHOSEN_FROM - {"LABEL_SETS"}:
            self._note(Constant(*origin(module, name)))
        if name not in _CHOSEN_FROM:
            self.into(value)

    def _note(self, constant: Constant) -> None:
        if constant.module.startswith(HOLDERS):
            self.found.add(constant)


_READ: dict[CodeType, tuple[tuple[str, str], ...]] = {}


def _read(function: FunctionType) -> tuple[tuple[str, str], ...]:
    """The names that a function reads, looked for once in its code."""
    code = function.__code__
    if code not in _READ:
        _READ[code] = tuple(_names(code, function.__globals__))
    return _READ[code]


def _names(code: CodeType, known: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The names of modules that a function reads, those of its inner functions too."""
    module, imported = str(known["__name__"]), ""
    before: object = None
    for step in dis.get_instructions(code):
        if step.opname == "LOAD_GLOBAL" and step.argval in known:
            before = known[step.argval]
            if not isinstance(before, ModuleType):
                yield module, step.argval
            continue
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD") and isinstance(before, ModuleType):
            if hasattr(before, step.argval):
                yield before.__name__, step.argval
        elif step.opname == "IMPORT_NAME":
            imported = step.argval
        elif step.opname == "IMPORT_FROM" and followed(imported):
            importlib.import_module(imported)
            yield imported, step.argval
        before = None
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner, known)


@cache
def _defaults(module: str) -> dict[str, list[str]]:
    """The names that stand for the defaults of parameters, by a module's functions."""
    found: dict[str, list[str]] = {}
    for each in ast.walk(_tree(module)):
        if isinstance(each, ast.FunctionDef):
            given = [*each.args.defaults, *each.args.kw_defaults]
            names = (value.id for value in given if isinstance(value, ast.Name))
            found.setdefault(each.name, []).extend(names)
    return found


@cache
def origin(module: str, name: str) -> tuple[str, str]:
    """Where a name that a module has from another one is made."""
    for statement in _imports(module):
        for alias in statement.names:
            if (alias.asname or alias.name) == name and statement.module:
                if followed(statement.module):
                    return origin(statement.module, alias.name)
                return statement.module, alias.name
    return module, name


@cache
def _imports(module: str) -> tuple[ast.ImportFrom, ...]:
    return tuple(each for each in ast.walk(_tree(module)) if isinstance(each, ast.ImportFrom))


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8"))


def importers(module: str, name: str) -> Iterator[tuple[ModuleType, str]]:
    """Every loaded module that has a constant from where it is made, that one too."""
    for other, loaded in list(sys.modules.items()):
        if followed(other) and getattr(loaded, "__file__", None):
            for own in list(vars(loaded)):
                if not own.startswith("__") and origin(other, own) == (module, name):
                    yield loaded, own


def followed(module: str) -> bool:
    """Whether the code of a module is read."""
    return module.partition(".")[0] in _FOLLOWED or module == "inference.types"


def _is_ours(kind: type) -> bool:
    return followed(kind.__module__)


def _makes_digests(name: str) -> bool:
    return name == "digest" or name.endswith(_MAKES_DIGESTS)
