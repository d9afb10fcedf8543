from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import taxonomy
from base.problems import all_of
from taxonomy import available, load_taxonomy, seeds_path, shipped_seeds
from taxonomy.model import TaxonomyInvalidError, TaxonomyUnknownError
from taxonomy.question_ids import number_of

HEAD = 'name: small\nversion: "1"\nsource: a test\ncategories:\n'
ENTRY = "  - {name: theft, title: Theft, definition: Taking things., sensitive: false}\n"


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "small.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_every_shipped_taxonomy_loads_under_its_own_name() -> None:
    assert "or_bench" in available()
    assert all(load_taxonomy(name).name == name for name in available())


def test_a_taxonomy_loads_from_a_path_and_from_its_text(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + ENTRY)
    assert load_taxonomy(path) == load_taxonomy(str(path))
    assert load_taxonomy(path).names == ("theft",)


def test_numbers_domains_and_three_titles_fit_a_category(tmp_path: Path) -> None:
    more = (
        "  - {name: child-crimes, title: Crimes Against Children, short_title: Child Crimes,\n"
        "     plot_title: Child, number: 21, domain: Crimes, definition: Any., sensitive: true}\n"
    )
    category = load_taxonomy(written(tmp_path, HEAD + ENTRY + more)).get("child-crimes")
    assert (category.number, category.domain, category.sensitive) == (21, "Crimes", True)
    assert (category.short_title, category.plot_title) == ("Child Crimes", "Child")


def test_the_digest_is_that_of_the_file_and_follows_a_comment(tmp_path: Path) -> None:
    text = HEAD + ENTRY
    first = load_taxonomy(written(tmp_path, text)).digest
    assert first == hashlib.sha256(text.encode()).hexdigest()
    assert load_taxonomy(written(tmp_path, text + "# a comment\n")).digest != first


def test_an_unknown_taxonomy_is_refused_with_the_nearest_shipped_one() -> None:
    for ask in (load_taxonomy, seeds_path, shipped_seeds):
        with pytest.raises(
            TaxonomyUnknownError, match=r"did you mean `or_bench`\?\) \(got orbench\)"
        ):
            ask("orbench")


def test_a_name_cannot_leave_the_data_folder() -> None:
    with pytest.raises(TaxonomyUnknownError):
        load_taxonomy("../data/or_bench")


def test_a_file_that_is_missing_or_a_folder_is_refused_by_its_path(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(TaxonomyUnknownError, match="must exist and be readable") as caught:
            load_taxonomy(path)
        assert caught.value.value == str(path)


def test_a_taxonomy_of_ones_own_has_no_shipped_seeds(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyUnknownError, match="one with shipped seeds"):
        shipped_seeds(load_taxonomy(written(tmp_path, HEAD + ENTRY)).name)


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        (b"\xff\xfe\x00binary", "YAML in UTF-8", "small.yaml"),
        (b"\x00\x01\x02", "YAML in UTF-8", "small.yaml"),
        ("name: [\nversion: }", "YAML in UTF-8", "small.yaml, line 2"),
        ("name: 2024-13-45", "YAML in UTF-8", "small.yaml"),
        ("[" * 2000, "YAML in UTF-8", "small.yaml"),
        ("", "must map keys to values", "small.yaml"),
        ("- theft", "must map keys to values", "small.yaml"),
        (HEAD + "  - theft", "must map keys to values", "small.yaml, category 1"),
        ("name: small\nsource: a test\ncategories: []", "version must be given", "small.yaml"),
        ("name: small\nversion: 1.0", "version must be a non-empty string", "small.yaml"),
        (HEAD + "  []", "must have a category", "small.yaml"),
        (HEAD + ENTRY + ENTRY, "category names must be unique", "theft in small.yaml"),
        (HEAD + ENTRY.replace("title", "titel"), "did you mean `title`", "titel in small.yaml"),
        (HEAD + ENTRY.replace("theft", "Theft!"), "must be lower-case", "category 1"),
        (HEAD + ENTRY.replace("Theft", "''"), "title must be a non-empty string", "category 1"),
        (HEAD + ENTRY.replace("Theft", "'  '"), "title must be one line", "category 1"),
        (HEAD + ENTRY.replace("Theft", r'"The\nft | x"'), "title must be one line", "category 1"),
        (HEAD + ENTRY.replace("Theft", r'"Theft\e[2J"'), "title must be one line", "category 1"),
        (HEAD + ENTRY.replace("Theft", r'"Theft\u202e"'), "title must be one line", "category 1"),
        (HEAD + ENTRY.replace("Theft", "Theft, short_title: ' '"), "short_title must be", "ory 1"),
        (HEAD + ENTRY.replace("Taking things.", "' '"), "definition must be text", "category 1"),
        (
            HEAD + ENTRY.replace("Taking things.", r'"Taking\b"'),
            "definition must be text",
            "category 1",
        ),
        (HEAD.replace("small", "../../evil") + ENTRY, "name must have no / or", "small.yaml"),
        (HEAD.replace("small", r"a\evil") + ENTRY, "name must have no / or", "small.yaml"),
        (HEAD.replace("small", "..") + ENTRY, "no dot at its start", "small.yaml"),
        (HEAD.replace("small", r'"a\0b"') + ENTRY, "name must be one line", "small.yaml"),
        (HEAD.replace("small", "a" * 300) + ENTRY, "at most 80 characters", "small.yaml"),
        (HEAD.replace("a test", r'"\r"') + ENTRY, "source must be text", "small.yaml"),
        (HEAD + ENTRY.replace("title", "7"), "key must be a known one", "7 in small.yaml"),
        (HEAD + ENTRY + "files: {7: a.yaml}", "files must be among", "7 in files of small.yaml"),
        (HEAD + ENTRY + r'files: {cells: "a\0b"}', "cells must be a file's name", "small.yaml"),
        (HEAD + ENTRY + f"files: {{cells: {'a' * 300}}}", "must be a file's name", "small.yaml"),
        (HEAD + ENTRY.replace("false", "maybe"), "sensitive must be true or false", "category 1"),
        (HEAD + ENTRY.replace(", sensitive: false", ""), "sensitive must be given", "category 1"),
        (HEAD + ENTRY.replace("}", ", number: one}"), "must be a whole number", "category 1"),
    ],
)
def test_a_broken_file_is_refused_by_rule_and_place(
    tmp_path: Path, text: str | bytes, rule: str, value: str
) -> None:
    with pytest.raises(TaxonomyInvalidError) as caught:
        load_taxonomy(written(tmp_path, text))
    assert rule in caught.value.rule
    assert value in caught.value.value
    assert "\n" not in str(caught.value)


def test_a_name_with_separators_reads_no_file_outside(tmp_path: Path) -> None:
    (tmp_path / "evil_cells.yaml").write_text("sub_topics: {}\n")
    outside = os.path.relpath(tmp_path / "evil", Path(taxonomy.__file__).parent / "seeds")
    with pytest.raises(TaxonomyInvalidError, match="name must have no / or"):
        load_taxonomy(written(tmp_path, HEAD.replace("small", outside) + ENTRY))


@pytest.mark.parametrize(
    "title",
    [
        "\u5077\u7a83\uff08\u5c0f\u989d\uff09",
        "\u0d15\u0d4d\u200c\u0d37",  # letters that are kept apart by a sign that is not seen
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "Theft & \u201cfraud\u201d",
    ],
)
def test_a_title_may_be_in_any_script(tmp_path: Path, title: str) -> None:
    entry = ENTRY.replace("Theft", title)
    assert load_taxonomy(written(tmp_path, HEAD + entry)).get("theft").title == title


def _numbered(name: str, number: int | None = None) -> str:
    entry = ENTRY.replace("theft", name).replace("Theft", name)
    return entry if number is None else entry.replace("}", f", number: {number}}}")


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (_numbered("theft", 7) + _numbered("fraud", 7), "(got 7 of theft and fraud in small.yaml)"),
        (_numbered("theft", 2) + _numbered("fraud"), "(got 2 of theft and fraud in small.yaml)"),
        (_numbered("theft") + _numbered("fraud", 1), "(got 1 of theft and fraud in small.yaml)"),
    ],
)
def test_two_categories_cannot_share_a_number_or_the_place_that_counts_without_one(
    tmp_path: Path, entries: str, said: str
) -> None:
    with pytest.raises(TaxonomyInvalidError, match="category numbers must be unique") as caught:
        load_taxonomy(written(tmp_path, HEAD + entries))
    assert said in str(caught.value)


def test_of_categories_numbered_in_part_the_places_of_the_others_count(tmp_path: Path) -> None:
    entries = _numbered("none") + _numbered("theft") + _numbered("fraud", 9) + _numbered("noise")
    found = load_taxonomy(written(tmp_path, HEAD + entries))
    assert found.numbers == {"theft": 1, "fraud": 9, "noise": 3}
    assert [number_of(found, name) for name in found.names] == [1, 9, 3]
    fewer = 'name: fewer\nversion: "1"\nsource: a test\nbased_on: small.yaml\nremoved: [theft]\n'
    (tmp_path / "fewer.yaml").write_text(fewer, encoding="utf-8")
    assert load_taxonomy(tmp_path / "fewer.yaml").numbers == {"fraud": 1, "noise": 2}


@pytest.mark.parametrize("number", [0, -3, 1_000_001, 99999999999999999999])
def test_a_number_is_from_one_to_a_million(tmp_path: Path, number: int) -> None:
    with pytest.raises(TaxonomyInvalidError) as caught:
        load_taxonomy(written(tmp_path, HEAD + _numbered("theft", number)))
    said = "number must be from 1 to 1,000,000 (got small.yaml, category 1)"
    assert str(caught.value) == said
    assert load_taxonomy(written(tmp_path, HEAD + _numbered("theft", 1_000_000)))


def test_shipped_seeds_are_the_rows_of_their_file_in_order() -> None:
    lines = seeds_path("or_bench").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "prompt,category"
    seeds = shipped_seeds("or_bench")
    assert len(seeds) == len(lines) - 1
    assert lines[1] == f"{seeds[0].text},{seeds[0].category}"


def test_loading_a_taxonomy_imports_nothing_heavy() -> None:
    code = (
        "import sys, taxonomy; taxonomy.load_taxonomy('or_bench'); "
        "heavy = {'torch', 'numpy', 'polars', 'pydantic'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_all_that_is_wrong_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\n"
        "categories:\n"
        "  - {name: Two Words, title: One, sensitive: false}\n"
        "  - {name: two, definition: Second., sensitive: maybe, colour: red}\n"
    )
    with pytest.raises(TaxonomyInvalidError) as caught:
        load_taxonomy(path)
    assert [str(each).partition(" (got")[0] for each in all_of(caught.value)] == [
        "version must be given",
        "source must be given",
        "definition must be given",
        "sensitive must be true or false",
        "key must be a known one",
        "title must be given",
    ]
