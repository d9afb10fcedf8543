"""The files that a taxonomy of one's own names: resolved, inherited, refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from generators.examples.loader import load_examples
from generators.examples.rewrites import load_rewrites
from moderators.prototypes import load_prototypes
from taxonomy import Taxonomy, TaxonomyError, load_taxonomy
from taxonomy.cells import load_cells
from taxonomy.loader import seeds_file
from taxonomy.model import FILES, TaxonomyInvalidError
from tests.own_taxonomy import HOUSEHOLD

OWN = load_taxonomy(HOUSEHOLD / "household.yaml")
HEAD = 'name: small\nversion: "1"\nsource: a test\n'
ENTRY = "  - {{name: {0}, title: {0}, definition: Any., sensitive: {1}}}\n"
ENTRIES = "categories:\n" + ENTRY.format("theft", "false") + ENTRY.format("minors", "true")


def written(folder: Path, files: str = "", entries: str = ENTRIES) -> Path:
    path = folder / "small.yaml"
    path.write_text(HEAD + files + entries, encoding="utf-8")
    return path


def small(folder: Path, files: str = "") -> Taxonomy:
    return load_taxonomy(written(folder, files))


def test_the_example_names_a_file_of_each_kind_beside_it() -> None:
    assert set(OWN.files) == set(FILES)
    assert {path.parent for path in OWN.files.values()} == {HOUSEHOLD}
    assert all(path.is_file() for path in OWN.files.values())


def test_each_reader_takes_the_own_file() -> None:
    names = set(OWN.names)
    assert set(load_cells(OWN).sub_topics) == names
    assert set(load_rewrites(OWN).by_category) == names
    assert set(load_examples(OWN).by_category) == names
    assert set(load_prototypes(OWN).categories) == names
    seeds = seeds_file(OWN)
    assert seeds is not None
    assert (seeds.path, seeds.is_own) == (HOUSEHOLD / "seeds.csv", True)


def test_a_shipped_taxonomy_names_none_and_has_the_shipped_ones() -> None:
    shipped = load_taxonomy("or_bench")
    assert (shipped.files, shipped.path, shipped.base) == ({}, None, None)
    assert load_cells(shipped).count("illegal") > 0
    seeds = seeds_file(shipped)
    assert seeds is not None
    assert (seeds.path.name, seeds.is_own) == ("or_bench.csv", False)


def test_what_is_based_on_a_shipped_one_has_its_files_for_the_categories_it_keeps(
    tmp_path: Path,
) -> None:
    path = tmp_path / "fewer.yaml"
    path.write_text(
        'name: fewer\nversion: "1"\nsource: a test\nbased_on: or_bench\nremoved: [hate, sexual]\n',
        encoding="utf-8",
    )
    fewer, whole = load_taxonomy(path), load_taxonomy("or_bench")
    kept = set(whole.names) - {"hate", "sexual"}
    assert set(fewer.names) == kept
    assert set(load_cells(fewer).sub_topics) == kept
    assert set(load_rewrites(fewer).by_category) == kept
    assert set(load_examples(fewer).by_category) == kept
    assert set(load_prototypes(fewer).categories) == kept
    assert load_cells(fewer).of("illegal") == load_cells(whole).of("illegal")
    assert load_cells(fewer).digest != load_cells(whole).digest


def test_what_is_based_on_a_file_has_its_files_and_its_own_go_first(tmp_path: Path) -> None:
    path = tmp_path / "fewer.yaml"
    for name in ("household.yaml", "cells.yaml", "examples.yaml"):
        (tmp_path / name).write_bytes((HOUSEHOLD / name).read_bytes())
    (tmp_path / "own.yaml").write_text(
        "snooping: {intro: Questions, examples: [Why peek?]}\n", encoding="utf-8"
    )
    path.write_text(
        'name: fewer\nversion: "1"\nsource: a test\nbased_on: household.yaml\n'
        "removed: [sabotage]\nfiles: {examples: own.yaml}\n",
        encoding="utf-8",
    )
    fewer = load_taxonomy(path)
    assert set(load_cells(fewer).sub_topics) == {"freeloading", "snooping"}
    assert load_examples(fewer).of("snooping").texts == ("Why peek?",)
    assert fewer.named_files["cells"] == tmp_path / "cells.yaml"
    assert fewer.named_files["examples"] == tmp_path / "own.yaml"


def test_a_whole_path_may_lead_anywhere(tmp_path: Path) -> None:
    named = small(tmp_path, f"files: {{cells: {HOUSEHOLD / 'cells.yaml'}}}\n")
    assert named.files["cells"] == HOUSEHOLD / "cells.yaml"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ("files: [cells.yaml]\n", "files must be a mapping (got small.yaml)"),
        ("files: {cels: a.yaml}\n", "(did you mean `cells`?) (got cels in files of small.yaml)"),
        ("files: {cells: 3}\n", "cells must be a file's name (got files of small.yaml)"),
        ("files: {cells: ''}\n", "cells must be a file's name (got files of small.yaml)"),
        ("files: {cells: ../a.yaml}\n", "a file must lie beside the taxonomy or below it"),
        ("files: {cells: a/../../a.yaml}\n", "a file must lie beside the taxonomy or below it"),
        ("files: {cells: a.yaml, cells: b.yaml}\n", "must give each key once (got cells in small"),
    ],
)
def test_files_that_are_named_wrongly_are_refused(tmp_path: Path, files: str, said: str) -> None:
    with pytest.raises(TaxonomyError) as caught:
        small(tmp_path, files)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_categories_cannot_share_a_name_or_a_title(tmp_path: Path) -> None:
    one = ENTRY.format("theft", "false")
    for other, said in (
        (one, "category names must be unique (got theft"),
        (one.replace("name: theft", "name: stealing"), "category titles must be unique (got theft"),
        (
            one.replace("name: theft, title: theft", "name: stealing, title: THEFT"),
            "category titles must be unique (got theft",
        ),
    ):
        with pytest.raises(TaxonomyInvalidError) as caught:
            load_taxonomy(written(tmp_path, entries=f"categories:\n{one}{other}"))
        assert said in str(caught.value)


CELLS = "roles: [a cook]\nsettings: [at sea]\nforms: [a question]\nsub_topics: {%s: [tea]}\n"
PAIR = "[{seed: Steal a car, prompt: Who steals cars?, level: 3, form: question}]"
BLOCK = "{intro: Questions, examples: [Why steal?]}"


@pytest.mark.parametrize(
    ("kind", "text", "load"),
    [
        ("cells", CELLS, load_cells),
        ("rewrites", f"%s: {PAIR}\n", load_rewrites),
        ("examples", f"%s: {BLOCK}\n", load_examples),
    ],
)
@pytest.mark.parametrize(
    ("category", "said"),
    [
        ("thef", "must be for a category of small (did you mean `theft`?) (got thef in own.yaml)"),
        ("none", "must be for a category of bad intent (got none in own.yaml)"),
        ("minors", "a sensitive category must have no"),
    ],
)
def test_what_is_written_for_a_category_that_is_not_there_or_sensitive_is_refused_alike(
    tmp_path: Path, kind: str, text: str, load: object, category: str, said: str
) -> None:
    (tmp_path / "own.yaml").write_text(text % category, encoding="utf-8")
    named = small(tmp_path, f"files: {{{kind}: own.yaml}}\n")
    assert callable(load)
    with pytest.raises(Exception, match=r".") as caught:
        load(named)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_category_that_is_given_twice_is_refused_and_not_forgotten(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(f"theft: {BLOCK}\ntheft: {BLOCK}\n", encoding="utf-8")
    with pytest.raises(Exception, match=r"each key once \(got theft in own.yaml, line 2\)"):
        load_examples(small(tmp_path, "files: {examples: own.yaml}\n"))


def test_a_file_that_is_named_and_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    named = small(tmp_path, "files: {examples: gone.yaml, prototypes: gone.yaml}\n")
    for load in (load_examples, load_prototypes):
        with pytest.raises(Exception, match=r"must exist, be readable .* \(got gone.yaml\)"):
            load(named)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theft: [a]", "examples must have the keys intro, examples (got theft in own.yaml)"),
        ("theft: {intro: '', examples: [a]}", "intro must be one line of text (got theft in own"),
        ("theft: {intro: a, examples: []}", "examples must be a list of texts (got theft in own"),
        ("theft: {intro: a, examples: [1]}", "must be one line of text (got example 1 of theft in"),
        ("theft: {intro: a, examples: [b, B]}", "must stand twice (got example 2 of theft in own"),
    ],
)
def test_examples_that_break_a_rule_are_refused_in_one_line_that_shows_no_text(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match=r".") as caught:
        load_examples(small(tmp_path, "files: {examples: own.yaml}\n"))
    assert said in str(caught.value)
