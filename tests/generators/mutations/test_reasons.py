"""The page on mutations has every reason that the code of a style's checks and writer gives."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from pathlib import Path

from checks.unless_in_base import UnlessInBase
from generators.mutations import writer
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


def _returned(code: str) -> set[str]:
    """The texts that a check's call gives as they stand in its `return` lines."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(textwrap.dedent(code))):
        if isinstance(node, ast.Return) and node.value is not None:
            values = [node.value]
            while values:
                value = values.pop()
                if isinstance(value, ast.IfExp):
                    values += [value.body, value.orelse]
                elif isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.add(value.value)
    return found


def test_every_reason_of_a_mutation_is_on_its_page() -> None:
    told = set(re.findall(r"`([a-z_]+)`", _PAGE.read_text(encoding="utf-8").split("## Reasons")[1]))
    reasons = {STOPPED, WITHDRAWN, "equal_reference", "not_in_style", "intent_lost"}
    for check in _checks():
        reasons |= _returned(inspect.getsource(check.__call__))
    unusable = re.findall(r'UnusableError\("([a-z_]+)"\)', inspect.getsource(writer))
    reasons.update(unusable)
    assert {each for each in reasons if _WORD.fullmatch(each)} - told == set()
    assert {"too_long", "no_style", "same_as_base", "cut"} <= reasons
