# ruff: noqa: RUF001 - letters of other scripts are what is tested
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.ngrams import Ngrams, jaccard
from curation.characters import LEAST, MISSED, Bands, duplicates
from curation.contested import Contest, dedup_labelled
from curation.errors import SettingInvalidError
from curation.near import apart, dedup
from curation.rows import Candidate, Dropped, Selection
from tests.programs import Given, drive

CHINESE = Ngrams.of_language("zh")
SPACED = Ngrams.of_language("de")
NEAR = CHINESE.near
PROMPTS = tuple(
    Path(__file__).with_name("chinese_prompts.txt").read_text(encoding="utf-8").splitlines()
)
NOBODY = Given({})
_SWAPPED = {
    "怎样": "如何", "如何": "怎么", "怎么": "怎样", "为什么": "为何", "什么": "啥",
    "哪些": "哪几种", "哪种": "什么", "能不能": "可否",
    "多少": "几", "吗": "么", "会": "能", "的": "之",
}  # fmt: skip
"""A word for another one of the same use; the first that a prompt has is swapped."""


def planted(text: str, way: int) -> str:
    """A near copy: one character, one word, its punctuation, or its width is another.

    0: the character in the middle is left out; 1: a question word or particle is swapped, once;
    2: a comma after the second character, and an exclamation mark at the end; 3: full width for
    what has it, spaces between, and the mark of the end is gone.
    """
    if way == 0:
        middle = len(text) // 2
        return text[:middle] + text[middle + 1 :]
    if way == 1:
        word = next((each for each in _SWAPPED if each in text), "？")
        return text.replace(word, _SWAPPED.get(word, "?"), 1)
    if way == 2:
        return f"{text[:2]}，{text[2:].rstrip('？')}！"
    wide = {ord(" "): "\u3000"} | {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    return "\u3000".join(text.rstrip("？")).translate(wide)


_WORD = "鹦鹉"


def reworded(text: str) -> str:
    """A near copy: the two characters in the middle are another word, which no prompt has."""
    middle = len(text) // 2 - 1
    return text[:middle] + _WORD + text[middle + len(_WORD) :]


def drawn(count: int) -> Sequence[str]:
    """So many of the prompts, by the hash of each."""
    return sorted(PROMPTS, key=lambda text: hashlib.sha256(text.encode()).digest())[:count]


def test_of_two_hundred_distinct_chinese_prompts_at_most_two_are_lost() -> None:
    rows = [Candidate(str(place), text, "own") for place, text in enumerate(PROMPTS)]
    assert len({*PROMPTS}) == 200
    assert all(8 <= len(text) <= 40 for text in PROMPTS)
    assert len(drive(dedup(rows, CHINESE, NEAR), NOBODY).dropped) <= 2


def found(copies: Sequence[str]) -> dict[str, str | None]:
    """The copies that are dropped where they come after all prompts, with what they are near to."""
    assert len({*copies, *PROMPTS}) == len(copies) + len(PROMPTS)
    texts = (*PROMPTS, *copies)
    rows = [Candidate(str(place), text, "own") for place, text in enumerate(texts)]
    dropped = drive(dedup(rows, CHINESE, NEAR), NOBODY).dropped
    return {
        texts[int(each.row)]: PROMPTS[int(each.duplicate_of or 0)]
        for each in dropped
        if int(each.row) >= len(PROMPTS)
    }


def test_of_forty_planted_near_copies_at_least_thirty_five_are_found() -> None:
    made = {planted(text, place % 4): text for place, text in enumerate(drawn(40))}
    near = found([*made])
    assert len(near) >= 35
    assert near.items() <= made.items()


def test_so_many_are_found_where_one_word_of_two_characters_is_another() -> None:
    assert not any(_WORD in text for text in PROMPTS)
    made = {reworded(text): text for text in PROMPTS}
    near = found([*made])
    assert near.items() <= made.items()
    assert len(near) >= 190
    assert sum(reworded(text) in near for text in drawn(40)) >= 35


def test_of_ten_characters_two_may_be_others_and_of_nine_not() -> None:
    kept = [Candidate("a", "怎样撬开那把旧锁呢吧"), Candidate("b", "怎样撬开那把旧锁呢")]
    swapped = [Candidate("c", "怎样撬鹦鹉把旧锁呢吧"), Candidate("d", "怎样撬鹦鹉把旧锁呢")]
    assert [*drive(dedup([kept[0], swapped[0]], CHINESE, NEAR), NOBODY).kept] == ["a"]
    assert [*drive(dedup([kept[1], swapped[1]], CHINESE, NEAR), NOBODY).kept] == ["b", "d"]


def test_no_encoder_is_asked() -> None:
    rows = [Candidate("a", "怎样开锁"), Candidate("b", "怎样开锁！")]
    assert drive(dedup(rows, CHINESE, NEAR), NOBODY) == Selection(
        ("a",), (Dropped("b", "near_duplicate", "a", 1.0),)
    )
    assert NOBODY.requests == []


def test_rows_of_different_groups_do_not_compete() -> None:
    rows = [Candidate("a", "怎样开锁", "one"), Candidate("b", "怎样开锁。", "other")]
    assert drive(dedup(rows, CHINESE, NEAR), NOBODY).kept == ("a", "b")


def test_references_are_only_held_against() -> None:
    known = [Candidate("old#1", "怎样撬开一把旧锁？"), Candidate("old#2", "怎样撬开那一把旧锁？")]
    rows = [Candidate("a", "怎样撬开一把旧锁"), Candidate("b", "如何养一只鹦鹉")]
    found = drive(apart(rows, known, CHINESE, NEAR), NOBODY)
    assert found == Selection(("b",), (Dropped("a", "near_reference", "old#1", 1.0),))


def test_near_rows_of_two_labels_are_contested_and_stay() -> None:
    rows = [
        Candidate("a", "怎样撬开一把旧锁？", "safe"),
        Candidate("b", "怎样撬开一把旧锁！", "toxic"),
        Candidate("c", "怎样撬开一把旧锁。", "safe"),
    ]
    found = drive(dedup_labelled(rows, CHINESE, NEAR), NOBODY)
    assert found.kept == ("a", "b")
    assert found.dropped == (Dropped("c", "near_duplicate", "a", 1.0),)
    assert found.contested == (Contest("b", "a", 1.0),)


def test_words_count_in_scripts_with_spaces() -> None:
    texts = (
        "Wie öffne ich ein altes Vorhängeschloss ohne Schlüssel?",
        "Wie öffne ich ein ALTES Vorhängeschloss ohne den Schlüssel",
        "Wie öffne ich eine alte Dose Bohnen ohne Dosenöffner?",
    )
    rows = [Candidate(str(place), text) for place, text in enumerate(texts)]
    assert [each.row for each in duplicates(rows, SPACED, SPACED.near).values()] == ["1"]


@pytest.mark.parametrize("threshold", [LEAST, 0.3, 0.5, 0.6, 0.75, 0.9])
def test_a_pair_at_the_threshold_is_seldom_missed(threshold: float) -> None:
    bands = Bands.at(threshold)
    assert bands.number * bands.rows <= 128
    assert bands.missed(threshold) <= MISSED
    assert bands.missed(min(1.0, threshold + 0.1)) < bands.missed(threshold)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text("怎样如何开锁猫狗吃了", min_size=4, max_size=9), max_size=40))
def test_the_result_is_that_of_comparing_all_with_all(texts: list[str]) -> None:
    rows = [Candidate(str(place), text) for place, text in enumerate(texts)]
    kept: list[int] = []
    for place, text in enumerate(texts):
        cut = CHINESE.cut(text)
        if all(jaccard(cut, CHINESE.cut(texts[each])) < NEAR for each in kept):
            kept.append(place)
    assert drive(dedup(rows, CHINESE, NEAR), NOBODY).kept == tuple(map(str, kept))


def test_a_threshold_at_which_no_bands_are_fine_enough_is_refused() -> None:
    rule = r"a Jaccard threshold must be at least 0\.06 \(got 0\.02\)"
    with pytest.raises(SettingInvalidError, match=rule):
        drive(dedup([Candidate("a", "b")], CHINESE, 0.02), NOBODY)


@pytest.mark.parametrize("threshold", [0.0, 1.01])
def test_a_threshold_out_of_its_range_is_refused(threshold: float) -> None:
    with pytest.raises(SettingInvalidError):
        drive(dedup([Candidate("a", "b")], CHINESE, threshold), NOBODY)
