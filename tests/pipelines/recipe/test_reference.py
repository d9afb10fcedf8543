from __future__ import annotations

from pathlib import Path

from pipelines.recipe.base import Part
from pipelines.recipe.reference import MARKER, reference, write_reference

README = Path(__file__).parents[3] / "recipes" / "README.md"


def all_parts(part: type[Part] = Part) -> list[type[Part]]:
    inner = [each for child in part.__subclasses__() for each in all_parts(child)]
    return [*part.__subclasses__(), *inner]


def test_every_key_of_the_schema_has_a_line_with_its_meaning() -> None:
    text = reference()
    lines = text.splitlines()
    for part in all_parts():
        for key in part.keys():
            assert any(line.startswith(f"| `{key}` |") for line in lines), (part, key)
    assert not [line for line in lines if line.startswith("| `") and line.endswith("|  |")]


def test_the_readme_of_the_recipes_holds_the_tables_as_they_are() -> None:
    assert README.read_text(encoding="utf-8").endswith(f"{MARKER}\n\n{reference()}")


def test_what_stands_above_the_marker_stays(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"# Mine\n\n{MARKER}\n\nold\n", encoding="utf-8")
    write_reference(path)
    assert path.read_text(encoding="utf-8") == f"# Mine\n\n{MARKER}\n\n{reference()}"
