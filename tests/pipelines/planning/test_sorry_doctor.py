"""What `doctor` finds in recipes for a fine-grained set."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.benchmarks import doctor
from pipelines.planning import Finding
from pipelines.planning.servers import Answer
from pipelines.recipe import load
from tests.base_set import write_tables
from tests.pipelines.planning.test_sorry_plan import BUILT, SORRY
from tests.small_recipe import small_recipe


def examined(folder: Path, *overrides: str) -> dict[str, Finding]:
    recipe = load(small_recipe(folder, SORRY), overrides)
    found = doctor(recipe, {"OPENAI_API_KEY": "k"}, lambda url, headers: Answer(404))
    return {finding.subject: finding for finding in found}


def test_a_base_set_that_is_there_is_counted(tmp_path: Path) -> None:
    found = examined(tmp_path)["base.from"]
    assert found.level == "ok"
    assert "requests" in found.says


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.csv", None, "source must exist"),
        ("empty.csv", "", "must not be empty"),
        ("odd.csv", "prompt,category\nSing.,nonsense\n", "category must be a name or number"),
        ("short.csv", "prompt,category\nSing.,1\n", ""),
    ],
)
def test_a_base_set_that_breaks_a_rule_is_a_problem(
    tmp_path: Path, name: str, content: str | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    found = examined(tmp_path, f"base={{from: {name}, per_category: 2}}")["base.from"]
    assert found.level == "problem"
    assert says in found.says
    assert "Sing" not in found.says


def test_tables_to_pick_from_are_read_each_by_itself(tmp_path: Path) -> None:
    write_tables(tmp_path)
    found = examined(tmp_path, BUILT)
    assert found["base.sources.0.from"] == Finding(
        "ok", "base.sources.0.from", "one.csv has 5 rows"
    )
    assert found["base.sources.1.from"].says == "two.jsonl has 8 rows"
    (tmp_path / "one.csv").unlink()
    found = examined(tmp_path, BUILT)
    assert found["base.sources.0.from"].level == "problem"
    assert found["base.sources.1.from"].level == "ok"


def test_decisions_that_are_not_there_are_a_problem(tmp_path: Path) -> None:
    write_tables(tmp_path)
    given = BUILT.replace("per_category: 3", "per_category: 3, decisions: gone.csv")
    found = examined(tmp_path, given)["base.decisions"]
    assert (found.level, "gone.csv" in found.says) == ("problem", True)


def test_languages_of_the_small_shipped_model_are_warned_of(tmp_path: Path) -> None:
    styles = "styles: [slang, translate-ml]"
    found = examined(tmp_path, f"mutate={{writer: small, {styles}}}")
    recipe = load(small_recipe(tmp_path, SORRY), [f"mutate={{writer: small, {styles}}}"])
    warned = [
        each
        for each in doctor(recipe, {"OPENAI_API_KEY": "k"}, lambda url, headers: Answer(404))
        if "English alone" in each.says
    ]
    assert [each.level for each in warned] == ["warning"]
    assert "translate-ml" in warned[0].says
    assert found["models.small"] == warned[0]
    translated = examined(tmp_path, f"mutate={{writer: small, translator: own, {styles}}}")
    assert "English alone" not in translated["models.small"].says
