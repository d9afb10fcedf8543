from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifacts.errors import TableUnreadableError
from artifacts.json_tables import twice
from artifacts.user_tables import read_any_table

VALUES = st.fixed_dictionaries(
    {
        "prompt": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        "n": st.integers(-(2**40), 2**40),
        "turns": st.lists(st.sampled_from(["a", "b"]), min_size=1),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, min_size=1), st.sampled_from([None, 2]))
def test_a_list_of_objects_reads_as_its_objects_one_a_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]], indent: int | None
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    whole, lines, both = folder / "a.json", folder / "b.jsonl", folder / "c.json"
    whole.write_text(json.dumps(rows, indent=indent), "utf-8")
    lines.write_text("".join(f"{json.dumps(each)}\n" for each in rows), "utf-8")
    both.write_bytes(lines.read_bytes())
    assert read_any_table(whole).to_dicts() == rows
    assert read_any_table(whole).equals(read_any_table(lines))
    assert read_any_table(whole).equals(read_any_table(both))


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("t.jsonl", '{"a": 1}\n\n{"a": \n', r"t\.jsonl, line 3: no JSON"),
        ("t.jsonl", '{"a": 1}\n["x"]\n', "line 2: a list, not an object"),
        ("t.json", '[{"a": 1},\n{"a": 2}\n', "line 3, column 1: no JSON"),
        ("t.json", '[{"a": 1}, "x"]', "item 2: a text, not an object"),
        ("t.json", '[{"a": 1}, null]', "item 2: null, not an object"),
        ("t.json", '{\n"rows": [{"a": 1}]\n}', "one object, not a list of them"),
        ("t.json", "[" * 200 + "]" * 200, "a list that is nested too deeply"),
        ("t.json", "[]", "at least one row"),
        ("t.json", '[{"a": 1, "a": 2}]', "two of 'a'"),
        ("t.jsonl", '{"a": 1, "b": {"c": 1}, "a": 2}\n', "two of 'a'"),
    ],
)
def test_what_is_no_table_has_its_place(tmp_path: Path, name: str, data: str, rule: str) -> None:
    (tmp_path / name).write_text(data)
    with pytest.raises(TableUnreadableError, match=rule):
        read_any_table(tmp_path / name)


def test_two_names_inside_an_object_are_no_two_columns() -> None:
    assert twice(b'{"a": {"b": 1, "b": 2}}\n') is None
