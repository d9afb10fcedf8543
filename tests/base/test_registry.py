"""What may be named in a recipe or on the command line has one entry a name."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from base.registry import EntryTakenError, table_of

_ROOT = Path(__file__).parents[2]
_TABLES = [
    ("checks/registry.py", "_MAKERS", "check", "control_characters"),
    ("moderators/registry.py", "_OFFLINE", "moderator", "baseline"),
    ("moderators/guards/registry.py", "_MAKERS", "guard dialect", "llama-guard"),
    ("moderators/refusal/registry.py", "KINDS", "refusal judge", "keyword"),
    ("moderators/refusal/llm.py", "DESIGNS", "judge design", "or-bench cot"),
    ("moderators/votes.py", "_RULES", "vote rule", "majority"),
    ("generators/mutations/styles.py", "WRITTEN", "style", "question"),
    ("generators/mutations/styles.py", "GROUPS", "style", "ascii"),
    ("generators/mutations/encodings/registry.py", "ENCODINGS", "encoding", "ascii"),
    ("artifacts/user_tables.py", "_READERS", "table format", ".csv"),
    ("artifacts/user_tables.py", "_WRITERS", "table format", ".csv"),
    ("inference/models.py", "PROVIDERS", "provider", "openai"),
    ("refusery/cli/app.py", "_VERBS", "verb", "new"),
]
"""The file, its table, what the entries are, and the first one's name."""


class _Doubled(ast.NodeTransformer):
    """Writes the entries of one table down twice."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.doubled = 0

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        if [each.id for each in node.targets if isinstance(each, ast.Name)] == [self.table]:
            self._double(node.value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        if isinstance(node.target, ast.Name) and node.target.id == self.table and node.value:
            self._double(node.value)
        return node

    def _double(self, value: ast.expr) -> None:
        for call in ast.walk(value):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "table_of":
                twice = ast.parse("(lambda entries: entries * 2)(list(given))", mode="eval").body
                assert isinstance(twice, ast.Call)
                assert isinstance(twice.args[0], ast.Call)
                twice.args[0].args = [call.args[1]]
                call.args[1] = twice
                self.doubled += 1


@pytest.mark.parametrize(
    ("file", "table", "kind", "first"), _TABLES, ids=[" ".join(each[:2]) for each in _TABLES]
)
def test_a_table_with_two_entries_of_one_name_is_refused_at_the_start(
    file: str, table: str, kind: str, first: str
) -> None:
    path = _ROOT / file
    doubled = _Doubled(table)
    tree = ast.fix_missing_locations(doubled.visit(ast.parse(path.read_text("utf-8"))))
    assert doubled.doubled == 1
    name = file.removesuffix(".py").replace("/", ".")
    import_module(name)  # dataclasses look their module up
    code = compile(tree, str(path), "exec", dont_inherit=True)
    with pytest.raises(EntryTakenError) as refused:
        exec(code, {"__name__": name, "__file__": str(path)})
    assert refused.value.rule == f"each {kind} must have a name of its own"
    assert refused.value.value == first
    assert refused.value.exit_code == 2


def test_entries_stand_in_the_order_that_they_are_given_in() -> None:
    assert list(table_of("colour", [("red", 1), ("blue", 2)]).items()) == [("red", 1), ("blue", 2)]


def test_a_style_rule_with_the_name_of_a_check_is_refused() -> None:
    from checks.registry import _MAKERS

    with pytest.raises(EntryTakenError, match="each check must have a name of its own"):
        table_of("check", (*_MAKERS.items(), ("length", lambda: None)))
