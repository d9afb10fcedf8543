"""The development set is whole: enough rows of each style, each as it says that it is."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from checks.language import script_share
from checks.request_form import Imperative
from checks.unchanged import SameAsBase
from generators.mutations.styles import WRITTEN
from inference.types import Item
from tests.generators.mutations.development import (
    ENGLISH,
    FAULTS,
    TOLD_WITHOUT_A_TRANSLATOR,
    Row,
    Score,
    drawn,
    held_out,
    main,
    others,
    paraphrases,
    passing,
    row_id,
    rows,
    score,
)

SCRIPTS = {"ml": "Malayalam", "ta": "Tamil", "mr": "Devanagari", "zh": "Han", "fr": "Latin"}
NAMED = re.compile(r"(?<!\A)(?<![.] )\b[A-Z][a-z]{2,}")


def of(style: str, good: bool) -> list[Row]:
    return [row for row in rows() if row.style == style and row.good == good]


@pytest.mark.parametrize("style", list(WRITTEN))
def test_each_written_style_has_fifteen_good_and_fifteen_bad_rows(style: str) -> None:
    assert min(len(of(style, True)), len(of(style, False))) >= 15


def test_every_row_is_of_a_written_style() -> None:
    assert {row.style for row in rows()} == set(WRITTEN)


def test_ids_are_those_of_base_style_and_text_and_no_row_is_there_twice() -> None:
    assert [row.id for row in rows()] == [row_id(row.base, row.style, row.text) for row in rows()]
    assert len({row.id for row in rows()}) == len(rows())


def test_no_style_has_two_texts_that_differ_in_case_and_marks_alone() -> None:
    def bare(row: Row) -> tuple[str, str]:
        return row.style, "".join(each for each in row.text.casefold() if each.isalnum())

    assert [row for row, count in Counter(map(bare, rows())).items() if count > 1] == []


def test_there_are_many_bases_and_all_of_them_are_imperatives() -> None:
    bases = {row.base for row in rows()} | {each.base for each in paraphrases()}
    imperative = Imperative()
    assert len({row.base for row in rows()}) >= 40
    assert [base for base in bases if imperative(Item("r", base, "any"), base)] == []


def test_some_bases_have_numbers_and_names_that_can_be_lost() -> None:
    bases = {row.base for row in rows()}
    assert sum(bool(re.search(r"\d", base)) for base in bases) >= 10
    assert sum(bool(NAMED.search(base)) for base in bases) >= 10


def test_good_rows_have_no_fault_and_bad_ones_a_known_one() -> None:
    assert {row.fault for row in rows() if row.good} == {""}
    assert {row.fault for row in rows() if not row.good} == set(FAULTS)


def test_no_good_row_is_its_base() -> None:
    same = SameAsBase()
    assert [row for row in rows() if row.good and same(Item(row.id, row.base, ""), row.text)] == []


@pytest.mark.parametrize("style", ENGLISH)
def test_each_english_style_has_rows_of_the_faults_that_matter_most(style: str) -> None:
    faults = Counter(row.fault for row in of(style, False))
    for fault in ("no_style", "opposite", "softened", "other_object", "answered", "refused"):
        assert faults[fault], fault


@pytest.mark.parametrize("style", [name for name in WRITTEN if name not in ENGLISH])
def test_bad_translations_are_told_without_a_translator(style: str) -> None:
    assert {row.fault for row in of(style, False)} == TOLD_WITHOUT_A_TRANSLATOR


@pytest.mark.parametrize("style", list(WRITTEN))
def test_good_rows_are_in_the_script_of_their_language(style: str) -> None:
    script = SCRIPTS.get(WRITTEN[style].language, "Latin")
    assert [row for row in of(style, True) if script_share(row.text, script) < 0.5] == []


def test_persuasion_is_woven_and_does_not_end_in_its_base() -> None:
    def holds_base(row: Row) -> bool:
        return row.base.rstrip(".").casefold() in row.text.casefold()

    persuasion = [row for row in rows() if WRITTEN[row.style].group == "persuasion"]
    assert [row for row in persuasion if row.good and holds_base(row)] == []
    assert all(holds_base(row) for row in persuasion if row.fault == "unwoven")


@pytest.mark.parametrize("style", list(WRITTEN))
def test_a_third_of_the_good_and_of_the_bad_rows_is_held_out(style: str) -> None:
    for good in (True, False):
        ids = {row.id for row in of(style, good)}
        assert len(ids & held_out()) == round(len(ids) / 3)


def test_what_is_held_out_is_never_tuned_on() -> None:
    tuned, out = drawn("tuned"), drawn("held out")
    assert {row.id for row in out} == held_out()
    assert Counter([*tuned, *out]) == Counter(drawn("all")) == Counter(rows())


def test_a_score_counts_what_passes_and_what_does_not() -> None:
    everything = score(rows(), lambda row: None)
    nothing = score(rows(), lambda row: "no")
    for style in WRITTEN:
        good, bad = len(of(style, True)), len(of(style, False))
        assert (everything[style].good_right, everything[style].bad_right) == (good, 0)
        assert (nothing[style].good_right, nothing[style].bad_right) == (0, bad)
        assert (everything[style].good, everything[style].bad) == (good, bad)


def test_forty_bases_are_paraphrased_and_turned_round() -> None:
    imperative = Imperative()
    bases = [each.base for each in paraphrases()]
    assert len(set(bases)) == len(bases) == 40
    for each in paraphrases():
        assert len({each.base, each.statement, each.opposite}) == 3
        for text in (each.statement, each.opposite):
            assert imperative(Item("r", each.base, "any"), text) is None, text


@pytest.mark.slow
def test_the_offline_checks_tell_nine_of_ten_rows_right() -> None:
    scores = score(drawn("tuned"))
    together = sum(scores.values(), Score(0, 0, 0, 0))
    assert together.good_right >= 0.9 * together.good
    assert together.bad_right >= 0.9 * together.bad
    for name, each in scores.items():
        assert each.good_right >= 0.8 * each.good, name
        assert each.bad_right >= 0.8 * each.bad, name


@pytest.mark.slow
@pytest.mark.parametrize("batch", list(others()))
def test_nine_of_ten_rows_of_other_writers_are_told_right(batch: str) -> None:
    together = sum(score(others()[batch]).values(), Score(0, 0, 0, 0))
    assert together.good_right >= 0.9 * together.good
    assert together.bad_right >= 0.9 * together.bad


def test_rows_of_others_are_of_written_styles_and_have_a_known_fault_or_none() -> None:
    every = [row for batch in others().values() for row in batch]
    assert len({row.id for row in every}) == len(every)
    assert {row.style for row in every} == set(WRITTEN)
    assert {row.fault for row in every if row.good} == {""}
    assert {row.fault for row in every if not row.good} <= set(FAULTS)


@pytest.mark.slow
@pytest.mark.parametrize("style", ENGLISH)
def test_neither_a_paraphrase_nor_the_opposite_request_passes(style: str) -> None:
    for texts in (
        {each.base: each.statement for each in paraphrases()},
        {each.base: each.opposite for each in paraphrases()},
    ):
        assert passing(texts, style) == []


def test_texts_that_pass_are_named_by_their_bases() -> None:
    texts = {"Name a bird.": "Name a fish.", "Name a tree.": "Name a bush."}
    by_text = {"Name a fish.": None, "Name a bush.": "no"}
    assert passing(texts, "slang", lambda row: by_text[row.text]) == ["Name a bird."]


def test_the_command_prints_a_line_a_style(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--held-out", "--wrong"])
    printed = capsys.readouterr().out
    assert "style (held out)" in printed
    assert all(printed.count(f"\n{style} ") >= 1 for style in WRITTEN)
    assert not any(row.text in printed for row in rows())
