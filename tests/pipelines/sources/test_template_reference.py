from __future__ import annotations

from pathlib import Path

from pipelines.recipe.reference import write_below
from pipelines.sources.template_reference import MARKER, by_file, by_places, joined, reference
from pipelines.sources.templates import KEYS

_PAGE = Path(__file__).parents[3] / "docs" / "templates.md"


def test_every_key_is_told_once_with_its_own_places() -> None:
    told = [key for each in by_places(KEYS.values()).values() for key in each]
    assert {key.name: key for key in told} == dict(KEYS)
    assert len(told) == len(KEYS)
    for each in by_places(KEYS.values()).values():
        assert len({(key.needed, key.other) for key in each}) == 1


def test_a_star_stands_for_all_keys_that_open_alike_and_for_no_other() -> None:
    styles = [name for name in KEYS if name.startswith("mutate.template.")]
    languages = [name for name in styles if "translate-" in name]
    assert joined(styles) == "mutate.template.*"
    assert joined(languages) == "mutate.template.translate-*"
    assert joined(languages[:2]) == ", ".join(languages[:2])
    assert joined(["rewrite.template"]) == "rewrite.template"


def test_a_file_of_several_keys_is_one_row() -> None:
    found = by_file(KEYS.values())
    assert len(found) == len({name for key in KEYS.values() for name in key.shipped})
    assert found["generators/mutations/templates/translate"] == "mutate.template.translate-*"


def test_the_table_has_every_file_and_every_place() -> None:
    text = reference()
    for key in KEYS.values():
        for name in key.shipped:
            assert f"`{name.rpartition('/')[2]}`" in text
        for place in key.needed | key.other:
            assert f"`${place}`" in text


def test_the_page_holds_the_table_as_it_is() -> None:
    assert _PAGE.read_text(encoding="utf-8").endswith(f"{MARKER}\n\n{reference()}")


def test_what_stands_above_the_marker_stays(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"# Mine\n\n{MARKER}\n\nold\n", encoding="utf-8")
    write_below(path, MARKER, reference())
    assert path.read_text(encoding="utf-8") == f"# Mine\n\n{MARKER}\n\n{reference()}"
