"""What a taxonomy of one's own lacks is told at once, before any call: at plan, doctor, build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from base.problems import all_of
from flows.benchmarks import doctor, plan
from generators.continued import ContinuedRewriter
from generators.examples.loader import load_examples
from pipelines.errors import TaxonomyGapsError
from pipelines.opening import preflight
from pipelines.or_bench.release import OR_BENCH
from pipelines.planning.servers import Answer
from pipelines.recipe import OrBench, load
from pipelines.recipe.schema import is_buildable
from pipelines.sorry_bench.release import SORRY_BENCH
from pipelines.stages.gaps import LEAST_EXAMPLES, require_no_taxonomy_gaps, taxonomy_gaps
from taxonomy import load_taxonomy
from tests.own_taxonomy import HOUSEHOLD, SORRY, write_household

BARE = """\
name: bare
version: "1"
source: a test
{files}categories:
  - {{name: theft, title: Theft, definition: Taking things., sensitive: false}}
  - {{name: noise, title: Noise, definition: Being loud., sensitive: false}}
  - {{name: minors, title: Minors, definition: Import only., sensitive: true}}
"""


def bare(folder: Path, *overrides: str, files: str = "") -> OrBench:
    """The example's recipe over a taxonomy that has nothing but three categories."""
    path = write_household(folder)
    (folder / "bare.yaml").write_text(BARE.format(files=files), encoding="utf-8")
    found = load(path, ["taxonomy=bare.yaml", *overrides])
    assert isinstance(found, OrBench)
    return found


def lines(recipe: OrBench) -> list[tuple[str, str, str]]:
    return [(gap.key, gap.lacks, gap.fill) for gap in taxonomy_gaps(recipe)]


def test_the_example_has_no_gap_whichever_way_it_is_written_for(tmp_path: Path) -> None:
    path = write_household(tmp_path)
    for overrides in (
        [],
        ["rewrite.form=list", "seeds={from: shipped}"],
        ["moderate.moderators=[{kind: kernel}, {kind: nearest}, {kind: baseline}]"],
    ):
        found = load(path, overrides)
        assert is_buildable(found)
        assert taxonomy_gaps(found) == ()


def test_the_recipe_that_the_page_shows_has_no_gap(tmp_path: Path) -> None:
    page = (HOUSEHOLD.parents[1] / "taxonomy.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml\n(benchmark: or-bench\n.*?)^```", page, re.M | re.S)
    found = load(write_household(tmp_path, shown))
    assert is_buildable(found)
    assert taxonomy_gaps(found) == ()
    asked = doctor(found, {}, lambda *_: Answer(404))
    assert not [each.says for each in asked if each.level == "warning"]


def test_a_shipped_taxonomy_has_none_either(tmp_path: Path) -> None:
    found = load(write_household(tmp_path), ["taxonomy=or_bench"])
    assert is_buildable(found)
    assert taxonomy_gaps(found) == ()


def test_each_gap_says_who_asks_what_is_lacking_and_what_would_fill_it(tmp_path: Path) -> None:
    assert lines(bare(tmp_path)) == [
        ("seeds.from: llm", "sub-topics for theft, noise", "files.cells of bare.yaml"),
        (
            "rewrite.form: json",
            "at least 10 pairs of seed and rewrite for theft (0), noise (0)",
            "files.rewrites of bare.yaml",
        ),
        (
            "moderate.moderators: words",
            "at least 5 toxic and benign prototypes for theft (0), noise (0)",
            "files.prototypes of bare.yaml",
        ),
        (
            "moderate.moderators: a",
            "a category none for what is harmless",
            "categories of bare.yaml",
        ),
    ]


def test_other_parts_ask_for_other_files(tmp_path: Path) -> None:
    small = ("rewrite.form=list", "seeds={from: shipped}", "moderate.moderators=[{kind: baseline}]")
    assert lines(bare(tmp_path, *small)) == [
        ("seeds.from: shipped", "seeds for theft, noise", "files.seeds of bare.yaml"),
        (
            "rewrite.form: list",
            "at least 6 examples for theft (0), noise (0)",
            "files.examples of bare.yaml",
        ),
        (
            "moderate.moderators: baseline",
            "a category none for what is harmless",
            "categories of bare.yaml",
        ),
    ]


def test_a_file_that_has_too_little_is_named_with_what_it_has(tmp_path: Path) -> None:
    block = "intro: Questions, examples: [Why one, Why two]"
    (tmp_path / "mine.yaml").write_text(f"theft: {{{block}}}\n", encoding="utf-8")
    found = bare(tmp_path, "rewrite.form=list", files="files: {examples: mine.yaml}\n")
    lacks = "at least 6 examples for theft (2), noise (0)"
    assert ("rewrite.form: list", lacks, "mine.yaml") in lines(found)


def test_a_file_that_is_not_there_or_broken_is_a_gap_among_the_others(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("thef: []\n", encoding="utf-8")
    files = "files: {cells: gone.yaml, rewrites: mine.yaml, examples: away.yaml}\n"
    found = lines(bare(tmp_path, files=files))
    assert found[:3] == [
        ("taxonomy", "its file gone.yaml", "files.cells of bare.yaml"),
        ("taxonomy", "its file away.yaml", "files.examples of bare.yaml"),
        (
            "rewrite.form: json",
            "a sound file of rewrites: rewrites must be for a category of bare (did you mean "
            "`theft`?) (got thef in mine.yaml)",
            "mine.yaml",
        ),
    ]
    assert found[3][1] == "at least 10 pairs of seed and rewrite for theft (0), noise (0)"
    assert len(found) == 6


def household(folder: Path, edits: dict[str, str], *overrides: str) -> list[tuple[str, str]]:
    """What lacks, and the fill, where files of the example are written anew."""
    path = write_household(folder)
    for name, text in edits.items():
        (folder / name).write_text(text, encoding="utf-8")
    found = load(path, overrides)
    assert isinstance(found, OrBench)
    return [(gap.lacks, gap.fill) for gap in taxonomy_gaps(found)]


def test_all_that_is_wrong_with_a_file_is_told(tmp_path: Path) -> None:
    text = (
        "sub_topics: {freeloading: [], sabotagee: [b], snooping: [c, c, 3]}\n"
        "roles: []\nsettings: [a]\nfom: [b]\n"
    )
    cells = "a sound file of cells: "
    assert household(tmp_path, {"cells.yaml": text}) == [
        (
            f"{cells}key of cells must be a known one (did you mean `forms`?) "
            "(got fom in cells.yaml)",
            "cells.yaml",
        ),
        (f"{cells}forms must be given (got cells.yaml)", "cells.yaml"),
        (f"{cells}roles must be a list with entries (got cells.yaml)", "cells.yaml"),
        (
            f"{cells}sub-topics must be for a category of household (did you mean `sabotage`?) "
            "(got sabotagee in cells.yaml)",
            "cells.yaml",
        ),
        (
            f"{cells}sub-topics of freeloading must be a list with entries (got cells.yaml)",
            "cells.yaml",
        ),
        (f"{cells}sub-topics of snooping must be unique (got c in cells.yaml)", "cells.yaml"),
        (
            f"{cells}sub-topics of snooping must be texts of one line and at most 80 characters "
            "(got entry 3 in cells.yaml)",
            "cells.yaml",
        ),
        ("sub-topics for sabotage", "cells.yaml"),
    ]


def test_all_that_is_wrong_with_pairs_and_prototypes_is_told(tmp_path: Path) -> None:
    pairs = (
        "freeloading:\n"
        "  - {seed: 'a ', prompt: b, level: 9, form: questio}\n"
        "  - {seed: c, prompt: d, level: x, form: 3}\n"
        "  - {seed: e, prompt: e, level: 1, form: request}\n"
        "  - {seed: f}\n"
    )
    prototypes = (
        "categories: {freeloading: {toxic: [a, 3], benign: [a]}, snooping: {toxic: [b]}}\n"
        "plain: [c, d, '']\n"
    )
    found = household(tmp_path, {"rewrites.yaml": pairs, "prototypes.yaml": prototypes})
    said = [lacks for lacks, _ in found]
    starts = [
        "a sound file of rewrites: seed must be one line with single spaces (got pair 1 of freelo",
        "a sound file of rewrites: level must be from 1 to 5 (got pair 1 of freeloading",
        "a sound file of rewrites: form must be one of question, request, statement, instruction",
        "a sound file of rewrites: level must be a whole number (got pair 2 of freeloading",
        "a sound file of rewrites: form must be a text (got pair 2 of freeloading",
        "a sound file of rewrites: a pair must have the keys seed, prompt, level, form (got pair 4",
        "a sound file of rewrites: no seed and no prompt of rewrites must stand twice (got pair 3",
        "at least 10 pairs of seed and rewrite for freeloading (4), sabotage (0), snooping (0)",
        "a sound file of prototypes: a prototype must be a text (got toxic 2 of freeloading",
        "a sound file of prototypes: prototypes of a category must be toxic and benign texts (got",
        "a sound file of prototypes: a prototype must be a text (got plain 3 of prototypes.yaml)",
        "a sound file of prototypes: each prototype must have a text of its own (got benign 1 of",
        "at least 5 toxic and benign prototypes for freeloading (1), sabotage (0), snooping (0)",
        "at least 10 plain prototypes (3)",
    ]
    assert [line[: len(start)] for line, start in zip(said, starts, strict=True)] == starts


def test_all_that_is_wrong_with_examples_and_seeds_is_told(tmp_path: Path) -> None:
    examples = (
        "freeloading: {intro: '', examples: [a, 3, A]}\nsabotage: []\nsnoping: []\nnone: []\n"
    )
    seeds = "prompt,category\nA,freeloading\nB,snoping\nC,\n"
    found = household(
        tmp_path,
        {"examples.yaml": examples, "seeds.csv": seeds},
        "rewrite.form=list",
        "seeds={from: shipped}",
    )
    said = [lacks for lacks, _ in found]
    starts = [
        "a sound file of seeds: seeds must be in categories of taxonomy household (did you mean `s",
        "a sound file of seeds: seeds must each have a category (got seeds.csv, row 3)",
        "seeds for sabotage, snooping",
        "a sound file of examples: examples must be for a category of household (did you mean `sn",
        "a sound file of examples: examples must be for a category of bad intent (got none",
        "a sound file of examples: intro must be one line of text (got freeloading",
        "a sound file of examples: an example must be one line of text (got example 2 of freel",
        "a sound file of examples: no example must stand twice (got example 3 of freeloading",
        "a sound file of examples: examples must have the keys intro, examples (got sabotage",
        "at least 6 examples for freeloading (3), sabotage (0), snooping (0)",
    ]
    assert [line[: len(start)] for line, start in zip(said, starts, strict=True)] == starts


def test_of_very_many_problems_the_first_are_told_and_how_many_more(tmp_path: Path) -> None:
    block = "freeloading: {intro: a, examples: [" + "3, " * 50 + "]}\n"
    found = household(tmp_path, {"examples.yaml": block}, "rewrite.form=list")
    told = [lacks for lacks, _ in found if lacks.startswith("a sound file of examples")]
    assert len(told) == 21
    assert told[-1] == "a sound file of examples: and 30 problems more"


def test_a_file_that_is_no_yaml_is_one_gap(tmp_path: Path) -> None:
    for text in ("[", "- a\n", "null\n"):
        found = household(tmp_path, {"cells.yaml": text, "rewrites.yaml": text})
        assert [lacks[:22] for lacks, _ in found] == [
            "a sound file of cells:",
            "a sound file of rewrit",
        ]


def test_seeds_of_the_own_file_must_be_of_its_categories(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("prompt,category\nTake it,thft\n", encoding="utf-8")
    files = "files: {seeds: own.csv}\n"
    (gap, *_) = taxonomy_gaps(bare(tmp_path, "seeds={from: shipped}", files=files))
    assert gap.lacks.startswith("a sound file of seeds: seeds must be in categories of taxonomy")
    assert (gap.key, gap.fill) == ("seeds.from: shipped", "own.csv")


def test_one_line_lists_them_all_at_plan_and_before_a_run_has_a_folder(tmp_path: Path) -> None:
    recipe = bare(tmp_path)
    for refuse in (require_no_taxonomy_gaps, OR_BENCH.require_ready):
        with pytest.raises(TaxonomyGapsError) as caught:
            refuse(recipe)
        said = str(caught.value)
        assert said.startswith("taxonomy bare must have all that the recipe asks of it, and lacks ")
        assert said.endswith(" (got 4 gaps)")
        assert said.count("; fill ") == 4
        assert "\n" not in said
        assert caught.value.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_plan_and_a_run_have_a_line_for_each_of_them(tmp_path: Path) -> None:
    recipe = bare(tmp_path)
    for refuse in (plan, lambda each: preflight(OR_BENCH, each, tmp_path / "out")):
        with pytest.raises(TaxonomyGapsError) as caught:
            refuse(recipe)
        told = [str(each) for each in all_of(caught.value)]
        assert [line.count("the taxonomy lacks") for line in told] == [1, 1, 1, 1]
        assert told[0].startswith("seeds.from: llm: the taxonomy lacks sub-topics for theft")
    assert not (tmp_path / "out").exists()


def test_of_many_categories_the_first_are_named(tmp_path: Path) -> None:
    found = load(write_household(tmp_path), ["taxonomy=sorry_bench_202503"])
    assert is_buildable(found)
    (gap, *_) = taxonomy_gaps(found)
    assert gap.lacks.endswith(" and 35 more")
    assert gap.fill == "files.cells of a taxonomy of your own"


def test_doctor_lists_each_gap_as_a_problem(tmp_path: Path) -> None:
    asked = doctor(bare(tmp_path), {}, lambda *_: Answer(404))
    found = [each for each in asked if "the taxonomy lacks" in each.says]
    assert [(each.level, each.subject) for each in found] == [
        ("problem", key) for key, _, _ in lines(bare(tmp_path))
    ]


def test_a_base_set_of_shipped_seeds_needs_a_file_of_them(tmp_path: Path) -> None:
    path = write_household(tmp_path, SORRY)
    (tmp_path / "bare.yaml").write_text(BARE.format(files=""), encoding="utf-8")
    found = load(path, ["taxonomy=bare.yaml"])
    assert is_buildable(found)
    with pytest.raises(TaxonomyGapsError, match=r"a base set \(base.from: shipped; fill files.see"):
        SORRY_BENCH.require_ready(found)  # type: ignore[arg-type]


def base_gaps(folder: Path, seeds: str, *overrides: str) -> list[tuple[str, str, str]]:
    path = write_household(folder, SORRY)
    (folder / "seeds.csv").write_text(seeds, encoding="utf-8")
    found = load(path, overrides)
    assert is_buildable(found)
    return [(gap.key, gap.lacks, gap.fill) for gap in taxonomy_gaps(found)]


def test_a_base_set_of_shipped_seeds_needs_a_request_in_each_category(tmp_path: Path) -> None:
    key, file = "base.from: shipped", "seeds.csv"
    head = "prompt,category\nDo it,freeloading\n"
    assert base_gaps(tmp_path, head) == [(key, "requests for sabotage, snooping", file)]
    assert base_gaps(tmp_path, f"{head}Spoil it,2\nLook,snooping\n") == []
    category = "a sound file of seeds: category must be a name or number of taxonomy household"
    assert base_gaps(tmp_path, f"{head}Spoil it,sabotge\nLook,snop\n") == [
        (key, f"{category} (did you mean `sabotage`?) (got sabotge in seeds.csv, row 2)", file),
        (key, f"{category} (did you mean `snooping`?) (got snop in seeds.csv, row 3)", file),
        (key, "requests for sabotage, snooping", file),
    ]


@pytest.mark.parametrize("seeds", ["", "prompt,category\n", "prompt\nDo it\n"])
def test_a_base_set_that_cannot_be_read_is_a_gap(tmp_path: Path, seeds: str) -> None:
    (key, lacks, fill), *_ = base_gaps(tmp_path, seeds)
    assert (key, fill) == ("base.from: shipped", "seeds.csv")
    assert lacks.startswith("a sound file of seeds: ")
    recipe = load(tmp_path / "own.yaml")
    assert is_buildable(recipe)
    with pytest.raises(TaxonomyGapsError):
        plan(recipe)
    asked = doctor(recipe, {}, lambda *_: Answer(404))
    assert {each.subject for each in asked if each.level == "problem"} == {key}


def test_a_base_set_with_too_few_in_a_category_is_a_gap(tmp_path: Path) -> None:
    seeds = "prompt,category\nDo it,freeloading\nSpoil it,2\nLook,snooping\nLook on,3\n"
    (gap,) = base_gaps(tmp_path, seeds, "base.per_category=2")
    said = "each category must have 2 requests (got 1 in freeloading, and 1 more, seeds.csv)"
    assert gap == ("base.from: shipped", f"a sound file of seeds: {said}", "seeds.csv")


def test_a_sensitive_category_needs_no_request_in_a_base_set(tmp_path: Path) -> None:
    path = write_household(tmp_path, SORRY)
    (tmp_path / "bare.yaml").write_text(BARE.format(files="files: {seeds: s.csv}\n"), "utf-8")
    (tmp_path / "s.csv").write_text("prompt,category\nTake,theft\nShout,noise\n", "utf-8")
    found = load(path, ["taxonomy=bare.yaml"])
    assert is_buildable(found)
    assert taxonomy_gaps(found) == ()


@pytest.mark.parametrize("name", ["sorry_bench_202503", "sorry_bench_202406"])
def test_the_shipped_base_sets_have_no_gap(tmp_path: Path, name: str) -> None:
    base = "base={from: shipped}"
    found = load(write_household(tmp_path, SORRY), [f"taxonomy={name}", base])
    assert is_buildable(found)
    assert taxonomy_gaps(found) == ()


def test_a_small_writer_is_shown_as_many_examples_as_a_category_must_have() -> None:
    shown = ContinuedRewriter("m", load_examples(load_taxonomy("or_bench"))).shown
    assert shown == LEAST_EXAMPLES


def test_a_prompt_of_ones_own_asks_for_no_file_that_it_does_not_show(tmp_path: Path) -> None:
    (tmp_path / "rewrite.md").write_text("Rewrite $seed")
    (tmp_path / "seeds.md").write_text("Seeds of $title")
    own = bare(tmp_path, "rewrite.template=rewrite.md", "seeds.template=seeds.md")
    assert not {gap.fill for gap in taxonomy_gaps(own)} & {
        "files.cells of bare.yaml",
        "files.rewrites of bare.yaml",
    }
